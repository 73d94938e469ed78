//! Errors about requests as such.

use super::{custom, error};
use s3s::{S3Error, S3ErrorCode};
use std::fmt::Display;

pub fn invalid_argument(message: impl Into<String>) -> S3Error {
    error(S3ErrorCode::InvalidArgument, message)
}

pub fn invalid_request(message: impl Into<String>) -> S3Error {
    error(S3ErrorCode::InvalidRequest, message)
}

pub fn invalid_tag(message: impl Into<String>) -> S3Error {
    error(S3ErrorCode::InvalidTag, message)
}

pub fn too_many_tags(most: usize) -> S3Error {
    let message = match most {
        10 => "Object tags cannot be greater than 10".to_owned(),
        most => format!("Bucket tag count cannot be greater than {most}"),
    };
    custom("BadRequest", 400, message)
}

pub fn malformed_xml() -> S3Error {
    error(
        S3ErrorCode::MalformedXML,
        "The XML you provided was not well-formed or did not validate against our published schema",
    )
}

pub fn malformed_policy(message: impl Into<String>) -> S3Error {
    error(S3ErrorCode::MalformedPolicy, message)
}

pub fn not_implemented(what: impl Display) -> S3Error {
    error(
        S3ErrorCode::NotImplemented,
        format!("A header you provided implies functionality that is not implemented: {what}"),
    )
}

pub fn unknown_subresource(name: &str) -> S3Error {
    error(
        S3ErrorCode::NotImplemented,
        format!("The sub-resource '{name}' is not implemented"),
    )
}

pub fn expired_token() -> S3Error {
    error(S3ErrorCode::ExpiredToken, "The provided token has expired.")
}

/// `key` may be empty: then the bucket is meant; without a bucket, all of S3.
pub fn no_session_policy(who: &str, action: &str, bucket: &str, key: &str) -> S3Error {
    let resource = match (bucket, key) {
        ("", _) => "*".to_owned(),
        (bucket, "") => format!("arn:aws:s3:::{bucket}"),
        (bucket, key) => format!("arn:aws:s3:::{bucket}/{key}"),
    };
    error(
        S3ErrorCode::AccessDenied,
        format!(
            "User: {who} is not authorized to perform: {action} on resource: \"{resource}\" because no session policy allows the {action} action"
        ),
    )
}

pub fn request_expired() -> S3Error {
    error(S3ErrorCode::AccessDenied, "Request has expired")
}

pub fn request_not_yet_valid() -> S3Error {
    error(S3ErrorCode::AccessDenied, "Request is not yet valid")
}

pub fn request_expires_missing() -> S3Error {
    error(
        S3ErrorCode::AccessDenied,
        "Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters",
    )
}

pub fn request_timeout() -> S3Error {
    error(
        S3ErrorCode::RequestTimeout,
        "Your socket connection to the server was not read from or written to within the timeout period. Idle connections will be \
         closed.",
    )
}

pub fn document_too_large() -> S3Error {
    error(
        S3ErrorCode::MaxMessageLengthExceeded,
        "Your request was too big.",
    )
}

pub fn malformed_chunk() -> S3Error {
    invalid_request(
        "The body is not well-formed aws-chunked: a chunk must be its size in hexadecimal digits, a line end, the bytes, a line end",
    )
}

pub fn missing_checksum() -> S3Error {
    invalid_request("Missing required header for this request: Content-MD5 OR x-amz-checksum-*")
}

pub fn invalid_content_sha256() -> S3Error {
    invalid_argument(
        "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER, STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD, STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER or a valid sha256 value.",
    )
}

pub fn presign_parameters(message: impl Into<String>) -> S3Error {
    error(S3ErrorCode::AuthorizationQueryParametersError, message)
}

pub fn invalid_uri() -> S3Error {
    error(S3ErrorCode::InvalidURI, "Couldn't parse the specified URI.")
}

pub fn missing_configuration(code: &'static str, message: &'static str) -> S3Error {
    custom(code, 404, message)
}

pub fn no_such_tag_set() -> S3Error {
    error(S3ErrorCode::NoSuchTagSet, "The TagSet does not exist")
}

pub fn malformed_acl() -> S3Error {
    error(
        S3ErrorCode::MalformedACLError,
        "The XML you provided was not well-formed or did not validate against our published schema",
    )
}

pub fn missing_acl() -> S3Error {
    error(
        S3ErrorCode::MissingSecurityHeader,
        "Your request was missing a required header",
    )
}

pub fn copied_range_outside(first: u64, last: u64, size: u64) -> S3Error {
    invalid_argument(format!(
        "Range specified is not valid for source object of size: {size} (bytes={first}-{last})"
    ))
}

pub fn invalid_storage_class() -> S3Error {
    error(
        S3ErrorCode::InvalidStorageClass,
        "The storage class you specified is not valid",
    )
}

/// The same error, with headers beside it. Values that no header can hold are left out.
pub fn with_headers(
    mut error: S3Error,
    pairs: impl IntoIterator<Item = (&'static str, String)>,
) -> S3Error {
    let mut holder = s3s::S3Response::new(());
    for (name, value) in pairs {
        if let Ok(value) = value.parse() {
            holder.headers.insert(name, value);
        }
    }
    error.set_headers(holder.headers);
    error
}

/// What is said in an error document that the protocol crate left without a message.
pub fn usual_message(document: &str) -> &'static str {
    let is = |code: &str| document.contains(&format!("<Code>{code}</Code>"));
    let known = [
        ("InvalidBucketName", "The specified bucket is not valid."),
        ("InvalidURI", "Couldn't parse the specified URI."),
        ("KeyTooLongError", "Your key is too long"),
        (
            "MalformedXML",
            "The XML you provided was not well-formed or did not validate against our published schema",
        ),
        (
            "MethodNotAllowed",
            "The specified method is not allowed against this resource.",
        ),
        ("MissingRequestBodyError", "Request Body is empty"),
        (
            "NotImplemented",
            "A header you provided implies functionality that is not implemented",
        ),
    ];
    let found = known.iter().find(|(code, _)| is(code));
    found.map_or(
        "The request cannot be served as it was sent.",
        |(_, message)| message,
    )
}
