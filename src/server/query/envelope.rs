//! The frames around awsQuery answers and errors.
//!
//! Invariant: every frame carries the request id, as clients read it from there.

use super::write::{XmlSerializer, escape};
use crate::server::wire::Response;
use aws_smithy_http_server::body::to_boxed;
use aws_smithy_http_server::schema::HttpModeledError;
use aws_smithy_schema::Schema;
use aws_smithy_schema::serde::{SerdeError, SerializableStruct};
use http::{HeaderValue, StatusCode, header};

/// Which of the two query protocols it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// awsQuery.
    Aws,
    /// ec2Query: all lists are flat, members' names begin with a capital, answers have no result element.
    Ec2,
}

/// The query protocol of one service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Query {
    pub dialect: Dialect,
    /// The XML namespace of its answers.
    pub namespace: &'static str,
}

impl Query {
    /// `<NameResponse><NameResult>…</NameResult><ResponseMetadata>…`; without a result where the model gives no output.
    pub fn answer(
        self,
        request_id: &str,
        output: &Schema<'_>,
        value: &dyn SerializableStruct,
    ) -> Result<Response, SerdeError> {
        let name = slipway_runtime::operation_name(output).ok_or_else(|| {
            SerdeError::custom(format!("{} names no operation", output.shape_id()))
        })?;
        let members = XmlSerializer::members(value)?;
        if self.dialect == Dialect::Ec2 {
            return Ok(self.ec2_answer(
                request_id,
                name,
                output.original_name().is_some(),
                &members,
            ));
        }
        let result = match output.original_name() {
            Some(_) => format!("<{name}Result>{members}</{name}Result>"),
            None => String::new(),
        };
        let namespace = self.namespace;
        let text = format!(
            "<{name}Response xmlns=\"{namespace}\">{result}<ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata></{name}Response>"
        );
        Ok(response(StatusCode::OK, text))
    }

    /// `<NameResponse><requestId>…</requestId>…`; where the model gives no output, `return` says that it is done.
    fn ec2_answer(self, request_id: &str, name: &str, output: bool, members: &str) -> Response {
        let namespace = self.namespace;
        let done = if output { "" } else { "<return>true</return>" };
        response(
            StatusCode::OK,
            format!(
                "<{name}Response xmlns=\"{namespace}\"><requestId>{request_id}</requestId>{done}{members}</{name}Response>"
            ),
        )
    }

    /// `<ErrorResponse><Error><Type>Sender</Type><Code>…`.
    pub fn error(
        self,
        request_id: &str,
        error: &dyn HttpModeledError,
    ) -> Result<Response, SerdeError> {
        let status =
            StatusCode::from_u16(error.status_code()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let fault = if status.is_server_error() {
            "Receiver"
        } else {
            "Sender"
        };
        let mut code = String::new();
        escape(slipway_runtime::error_code(error.schema()), &mut code);
        // Models write the member in lower case; the frame's is `Message`.
        let members = XmlSerializer::members(error)?;
        let members =
            members
                .replacen("<message>", "<Message>", 1)
                .replacen("</message>", "</Message>", 1);
        if self.dialect == Dialect::Ec2 {
            let text = format!(
                "<Response><Errors><Error><Code>{code}</Code>{members}</Error></Errors><RequestID>{request_id}</RequestID></Response>"
            );
            return Ok(response(status, text));
        }
        let namespace = self.namespace;
        let text = format!(
            "<ErrorResponse xmlns=\"{namespace}\"><Error><Type>{fault}</Type><Code>{code}</Code>{members}</Error><RequestId>{request_id}</RequestId></ErrorResponse>"
        );
        Ok(response(status, text))
    }
}

fn response(status: StatusCode, text: String) -> Response {
    let length = text.len();
    let mut response = http::Response::new(to_boxed(text));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/xml"));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    response
}
