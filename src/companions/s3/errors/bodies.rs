//! Errors about bodies and the checksums claimed for them.

use super::{custom, error};
use crate::companions::s3::digest::Algorithm;
use s3s::{S3Error, S3ErrorCode};

pub fn incomplete_body() -> S3Error {
    error(
        S3ErrorCode::IncompleteBody,
        "You did not provide the number of bytes specified by the Content-Length HTTP header",
    )
}

pub fn bad_md5() -> S3Error {
    error(
        S3ErrorCode::BadDigest,
        "The Content-MD5 you specified did not match what we received.",
    )
}

pub fn invalid_digest() -> S3Error {
    error(
        S3ErrorCode::InvalidDigest,
        "The Content-MD5 you specified is not valid.",
    )
}

pub fn bad_checksum(algorithm: Algorithm) -> S3Error {
    let name = algorithm.name();
    error(
        S3ErrorCode::BadDigest,
        format!("The {name} you specified did not match the calculated checksum."),
    )
}

pub fn invalid_checksum_value(algorithm: Algorithm) -> S3Error {
    let header = algorithm.header();
    error(
        S3ErrorCode::InvalidRequest,
        format!("Value for {header} header is invalid."),
    )
}

pub fn invalid_checksum_algorithm() -> S3Error {
    error(
        S3ErrorCode::InvalidRequest,
        "Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, \
         SHA256]",
    )
}

pub fn several_checksums() -> S3Error {
    error(
        S3ErrorCode::InvalidRequest,
        "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.",
    )
}

pub fn content_sha256_mismatch() -> S3Error {
    custom(
        "XAmzContentSHA256Mismatch",
        400,
        "The provided 'x-amz-content-sha256' header does not match what was computed.",
    )
}

pub fn malformed_trailer() -> S3Error {
    custom(
        "MalformedTrailerError",
        400,
        "The request contained trailing data that was not well-formed or did not conform to our published schema.",
    )
}

pub fn missing_content_length() -> S3Error {
    error(
        S3ErrorCode::MissingContentLength,
        "You must provide the Content-Length HTTP header.",
    )
}
