//! How one request is read and answered: awsJson, rpcv2Cbor, awsQuery or restJson1.
//!
//! Invariant: headers of the request do not matter here. Which protocol it is has been decided before; a missing or generic
//! content type and any `Accept` are served.

use super::nesting::{self, Malformed};
use super::query::{Dialect, Form, FormDeserializer, Query};
use super::{body, rest};
use aws_smithy_http_server::body::{BoxBody, empty};
use aws_smithy_http_server::schema::protocol::{AwsJson1_0, AwsJson1_1, RpcV2Cbor};
use aws_smithy_http_server::schema::{DeserializeError, HttpModeledError, ServerProtocol};
use aws_smithy_schema::Schema;
use aws_smithy_schema::serde::{SerdeError, SerializableStruct};
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderValue, StatusCode, header};
use slipway_runtime::{Structure, Violations};
use std::sync::LazyLock;

pub type Response = http::Response<BoxBody>;
pub(super) type Collected = aws_smithy_runtime_api::http::Request<Bytes>;

/// The protocol of one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wire {
    /// awsJson 1.1.
    Json,
    Cbor,
    /// Of a service that also speaks awsQuery: errors carry their query code in a header, since clients know them by it.
    Compatible(Modern),
    Query(Query),
    /// restJson1: the operation is in the path.
    Rest,
}

/// What a service may speak beside awsQuery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Modern {
    /// awsJson 1.0.
    Json,
    Cbor,
}

/// A body that has been looked over and may be decoded.
#[derive(Debug)]
pub enum Body {
    Json(Collected),
    Cbor(Collected),
    Form(Form, Dialect),
    Rest(Collected),
}

static OLD_JSON: LazyLock<AwsJson1_0> = LazyLock::new(AwsJson1_0::default);
static JSON: LazyLock<AwsJson1_1> = LazyLock::new(AwsJson1_1::default);
static CBOR: LazyLock<RpcV2Cbor> = LazyLock::new(RpcV2Cbor::default);

impl Wire {
    /// Looks the body over.
    pub fn open(self, head: &Parts, bytes: Bytes) -> Result<Body, Malformed> {
        let blank = bytes.iter().all(u8::is_ascii_whitespace);
        // What requests say does not depend on the version of awsJson.
        match self.plain() {
            Self::Json if blank => Ok(Body::Json(collected(
                Bytes::new(),
                "application/x-amz-json-1.1",
            ))),
            Self::Json => nesting::check_json(&bytes)
                .map(|()| Body::Json(collected(bytes, "application/x-amz-json-1.1"))),
            Self::Cbor if bytes.is_empty() => Ok(Body::Cbor(collected(bytes, "application/cbor"))),
            Self::Cbor => nesting::check_cbor(&bytes)
                .map(|()| Body::Cbor(collected(bytes, "application/cbor"))),
            Self::Query(_) | Self::Compatible(_) => {
                Form::parse(head.uri.query(), &bytes).map(|form| Body::Form(form, self.dialect()))
            }
            // What is in the body is known to the operation's schema alone: it is looked over when it is read.
            Self::Rest => rest::request(head, bytes)
                .map(Body::Rest)
                .map_err(|_| Malformed::Unexpected(0)),
        }
    }

    /// An operation's output. `unit`: the model gives none, and JSON and CBOR answers have no body.
    pub fn answer(
        self,
        request_id: &str,
        output: &Schema<'_>,
        unit: bool,
        value: &dyn SerializableStruct,
    ) -> Response {
        match self {
            Self::Json | Self::Cbor | Self::Compatible(_) if unit => self.without_body(),
            Self::Compatible(Modern::Json) => OLD_JSON.serialize_response(output, value),
            Self::Compatible(Modern::Cbor) => CBOR.serialize_response(output, value),
            Self::Json => JSON.serialize_response(output, value),
            Self::Cbor => CBOR.serialize_response(output, value),
            Self::Query(query) => query
                .answer(request_id, output, value)
                .unwrap_or_else(unwritten),
            Self::Rest => rest::answer(output, value),
        }
    }

    /// A modelled error, or a fault.
    pub fn error(self, request_id: &str, error: &dyn HttpModeledError) -> Response {
        match self {
            Self::Json => JSON.serialize_error(error),
            Self::Cbor => CBOR.serialize_error(error),
            Self::Query(query) => query.error(request_id, error).unwrap_or_else(unwritten),
            Self::Rest => rest::error(error),
            Self::Compatible(Modern::Json) => with_code(OLD_JSON.serialize_error(error), error),
            Self::Compatible(Modern::Cbor) => with_code(CBOR.serialize_error(error), error),
        }
    }

    /// How form fields are to be read.
    pub fn dialect(self) -> Dialect {
        match self {
            Self::Query(query) => query.dialect,
            _ => Dialect::Aws,
        }
    }

    /// How long a body may be: functions come with their code.
    pub fn longest(self) -> usize {
        match self {
            Self::Rest => body::LONGEST_WITH_CODE,
            _ => body::LONGEST,
        }
    }

    /// The protocol without regard to awsQuery beside it.
    fn plain(self) -> Self {
        match self {
            Self::Compatible(Modern::Json) => Self::Json,
            Self::Compatible(Modern::Cbor) => Self::Cbor,
            other => other,
        }
    }

    fn without_body(self) -> Response {
        let mut response = http::Response::new(empty());
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(0));
        match self {
            Self::Cbor | Self::Compatible(Modern::Cbor) => {
                headers.insert("smithy-protocol", HeaderValue::from_static("rpc-v2-cbor"))
            }
            Self::Compatible(Modern::Json) => headers.insert(
                header::CONTENT_TYPE,
                HeaderValue::from_static("application/x-amz-json-1.0"),
            ),
            _ => headers.insert(
                header::CONTENT_TYPE,
                HeaderValue::from_static("application/x-amz-json-1.1"),
            ),
        };
        response
    }
}

/// `x-amzn-query-error: <code>;<whose fault>` (Smithy, awsQueryCompatible).
fn with_code(mut response: Response, error: &dyn HttpModeledError) -> Response {
    let fault = match response.status().is_server_error() {
        true => "Receiver",
        false => "Sender",
    };
    let code = slipway_runtime::error_code(error.schema());
    if let Ok(value) = HeaderValue::from_str(&format!("{code};{fault}")) {
        response.headers_mut().insert("x-amzn-query-error", value);
    }
    response
}

/// The runtime's protocols want a request with the content type they expect.
fn collected(bytes: Bytes, content_type: &'static str) -> Collected {
    let mut request = Collected::new(bytes);
    request.headers_mut().insert("content-type", content_type);
    request
}

/// A value that cannot be written is a bug of ours.
fn unwritten(error: SerdeError) -> Response {
    tracing::error!(%error, "an answer cannot be written");
    let mut response = http::Response::new(empty());
    *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
    response
}

impl Body {
    /// Reads and checks an operation's input in one pass.
    pub fn read<T: Structure>(
        &self,
        input: &Schema<'_>,
        violations: &mut Violations,
    ) -> Result<Option<T>, SerdeError> {
        match self {
            Self::Json(request) => read(&*JSON, input, request, violations),
            Self::Cbor(request) => read(&*CBOR, input, request, violations),
            Self::Rest(request) => rest::read(input, request, violations),
            Self::Form(form, dialect) => {
                slipway_runtime::read(&mut FormDeserializer::new(form, *dialect), violations)
            }
        }
    }
}

fn read<T: Structure>(
    protocol: &dyn ServerProtocol,
    input: &Schema<'_>,
    request: &Collected,
    violations: &mut Violations,
) -> Result<Option<T>, SerdeError> {
    let mut deserializer =
        protocol
            .deserialize_request(input, request)
            .map_err(|error| match error {
                DeserializeError::Serde(error) => error,
                other => SerdeError::custom(other.to_string()),
            })?;
    slipway_runtime::read(&mut *deserializer, violations)
}
