//! What every answer of S3 has: request ids, and errors that name what was asked for.

use super::target::names;
use crate::companions::s3::errors;
use crate::companions::s3::protocol::Status;
use http::{HeaderValue, Method, StatusCode, header};
use http_body_util::BodyExt;
use percent_encoding::percent_decode_str;
use quick_xml::escape::escape;
use s3s::{Body, S3Error};

/// Longest error document that gets its names; ours are far shorter.
const LONGEST_ERROR: u64 = 64 * 1024;

pub fn of_error(error: S3Error) -> http::Response<Body> {
    error.to_http_response().unwrap_or_else(|failure| {
        tracing::error!(%failure, "an S3 error cannot be written");
        let mut response = http::Response::new(Body::empty());
        *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
        response
    })
}

/// Adds ids, completes error documents, and takes bodies away where there must be none.
pub async fn finish(
    response: http::Response<Body>,
    method: &Method,
    path: &str,
    id: &str,
) -> http::Response<Body> {
    let (mut head, body) = response.into_parts();
    if let Some(Status(status)) = head.extensions.remove()
        && let Ok(status) = StatusCode::from_u16(status)
    {
        head.status = status;
    }
    let bare = *method == Method::HEAD
        || head.status == StatusCode::NOT_MODIFIED
        || head.status == StatusCode::NO_CONTENT;
    let failed = head.status.is_client_error() || head.status.is_server_error();
    let body = match (failed, bare) {
        (_, true) => Body::empty(),
        (true, false) => {
            head.headers.insert(
                header::CONTENT_TYPE,
                HeaderValue::from_static("application/xml"),
            );
            complete(body, path, id).await
        }
        (false, false) => body,
    };
    if bare && (failed || head.status == StatusCode::NOT_MODIFIED) {
        head.headers.remove(header::CONTENT_TYPE);
    }
    if let Ok(value) = HeaderValue::from_str(id) {
        head.headers.insert("x-amz-request-id", value.clone());
        head.headers.insert("x-amz-id-2", value);
    }
    http::Response::from_parts(head, body)
}

/// `<Error>` with the bucket, the key, and the request's id.
async fn complete(body: Body, path: &str, id: &str) -> Body {
    let size = http_body::Body::size_hint(&body).upper();
    if size.is_none_or(|size| size > LONGEST_ERROR) {
        return body;
    }
    let Ok(collected) = body.collect().await else {
        return Body::empty();
    };
    let bytes = collected.to_bytes();
    let text = String::from_utf8_lossy(&bytes);
    match text.strip_suffix("</Error>") {
        Some(start) => Body::from(format!("{start}{}</Error>", details(start, path, id))),
        None => Body::from(bytes),
    }
}

fn details(error: &str, path: &str, id: &str) -> String {
    let decoded = percent_decode_str(path).decode_utf8_lossy();
    let (bucket, key) = names(&decoded);
    let mut text = String::new();
    let mut add =
        |name: &str, value: &str| text.push_str(&format!("<{name}>{}</{name}>", escape(value)));
    if !error.contains("<Message>") {
        add("Message", errors::usual_message(error));
    }
    let is = |code: &str| error.contains(&format!("<Code>{code}</Code>"));
    if is("NoSuchKey") || is("NoSuchVersion") {
        add("Key", &key);
    } else if [
        "NoSuchBucket",
        "BucketNotEmpty",
        "BucketAlreadyExists",
        "BucketAlreadyOwnedByYou",
    ]
    .into_iter()
    .any(is)
    {
        add("BucketName", &bucket);
    } else {
        add("Resource", &decoded);
    }
    add("RequestId", id);
    add("HostId", id);
    text
}
