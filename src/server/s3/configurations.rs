//! Reads and writes configurations of buckets that are kept as they were written.

use crate::companions::s3::subresources::{Kind, LIFECYCLE_SIZE_HEADER, Shown};
use crate::companions::s3::{Caller, S3, errors};
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderValue, Method, StatusCode, header};
use s3s::{Body, S3Result};

/// Errors: those of the bucket and of the document.
pub async fn answer(
    s3: &S3,
    caller: &Caller,
    head: &Parts,
    bucket: &str,
    kind: &'static Kind,
    document: &Bytes,
) -> S3Result<http::Response<Body>> {
    match head.method {
        Method::GET => s3.configuration(caller, bucket, kind).map(shown),
        Method::DELETE => {
            s3.delete_configuration(caller, bucket, kind).await?;
            Ok(empty(StatusCode::NO_CONTENT))
        }
        _ => {
            let text = String::from_utf8(document.to_vec()).map_err(|_| errors::malformed_xml())?;
            let size = head
                .headers
                .get(LIFECYCLE_SIZE_HEADER)
                .and_then(|value| value.to_str().ok());
            s3.put_configuration(caller, bucket, kind, text, size.map(str::to_owned))
                .await?;
            // Policies alone are answered with 204.
            Ok(empty(if kind.name == "policy" {
                StatusCode::NO_CONTENT
            } else {
                StatusCode::OK
            }))
        }
    }
}

fn shown(shown: Shown) -> http::Response<Body> {
    let kind = if shown.json {
        "application/json"
    } else {
        "application/xml"
    };
    let mut response = http::Response::new(Body::from(shown.text));
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    if let Some((name, value)) = shown.header
        && let Ok(value) = HeaderValue::from_str(&value)
    {
        response.headers_mut().insert(name, value);
    }
    response
}

fn empty(status: StatusCode) -> http::Response<Body> {
    let mut response = http::Response::new(Body::empty());
    *response.status_mut() = status;
    response
}
