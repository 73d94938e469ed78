//! S3's errors in AWS's wording, once.

use super::digest::Algorithm;
use crate::store::{StoreError, WriteError};
use s3s::{S3Error, S3ErrorCode};
use std::fmt::Display;

fn error(code: S3ErrorCode, message: impl Into<String>) -> S3Error {
    S3Error::with_message(code, message.into())
}

/// For codes the protocol crate does not list.
fn custom(code: &'static str, status: u16, message: impl Into<String>) -> S3Error {
    let mut error = error(S3ErrorCode::Custom(code.into()), message);
    error.set_status_code(status.try_into().expect("a literal status code"));
    error
}

// Buckets

pub fn no_such_bucket() -> S3Error {
    error(
        S3ErrorCode::NoSuchBucket,
        "The specified bucket does not exist",
    )
}

pub fn invalid_bucket_name() -> S3Error {
    error(
        S3ErrorCode::InvalidBucketName,
        "The specified bucket is not valid.",
    )
}

pub fn bucket_already_exists() -> S3Error {
    error(
        S3ErrorCode::BucketAlreadyExists,
        "The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a \
         different name and try again.",
    )
}

pub fn bucket_already_owned_by_you() -> S3Error {
    error(
        S3ErrorCode::BucketAlreadyOwnedByYou,
        "Your previous request to create the named bucket succeeded and you already own it.",
    )
}

pub fn bucket_not_empty(versioned: bool) -> S3Error {
    let message = match versioned {
        true => {
            "The bucket you tried to delete is not empty. You must delete all versions in the bucket."
        }
        false => "The bucket you tried to delete is not empty",
    };
    error(S3ErrorCode::BucketNotEmpty, message)
}

pub fn too_many_buckets() -> S3Error {
    error(
        S3ErrorCode::TooManyBuckets,
        "You have attempted to create more buckets than allowed",
    )
}

pub fn unspecified_location() -> S3Error {
    illegal_location("unspecified")
}

pub fn illegal_location(constraint: &str) -> S3Error {
    error(
        S3ErrorCode::IllegalLocationConstraintException,
        format!(
            "The {constraint} location constraint is incompatible for the region specific endpoint this request was sent to."
        ),
    )
}

pub fn invalid_location() -> S3Error {
    error(
        S3ErrorCode::InvalidLocationConstraint,
        "The specified location-constraint is not valid",
    )
}

pub fn access_denied() -> S3Error {
    error(S3ErrorCode::AccessDenied, "Access Denied")
}

pub fn illegal_versioning() -> S3Error {
    error(
        S3ErrorCode::IllegalVersioningConfigurationException,
        "The Versioning element must be specified",
    )
}

pub fn versioning_locked() -> S3Error {
    error(
        S3ErrorCode::InvalidBucketState,
        "An Object Lock configuration is present on this bucket, so the versioning state cannot be changed.",
    )
}

pub fn versioning_needed(name: &str) -> S3Error {
    match name {
        "replication" => invalid_request(
            "Versioning must be 'Enabled' on the bucket to apply a replication configuration",
        ),
        _ => error(
            S3ErrorCode::InvalidBucketState,
            "Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration",
        ),
    }
}

// Objects

pub fn no_such_key() -> S3Error {
    error(S3ErrorCode::NoSuchKey, "The specified key does not exist.")
}

pub fn no_such_version() -> S3Error {
    error(
        S3ErrorCode::NoSuchVersion,
        "The specified version does not exist.",
    )
}

pub fn invalid_version_id() -> S3Error {
    error(S3ErrorCode::InvalidArgument, "Invalid version id specified")
}

pub fn method_not_allowed() -> S3Error {
    error(
        S3ErrorCode::MethodNotAllowed,
        "The specified method is not allowed against this resource.",
    )
}

pub fn precondition_failed() -> S3Error {
    error(
        S3ErrorCode::PreconditionFailed,
        "At least one of the pre-conditions you specified did not hold",
    )
}

pub fn not_modified() -> S3Error {
    error(S3ErrorCode::NotModified, "Not Modified")
}

pub fn invalid_range() -> S3Error {
    error(
        S3ErrorCode::InvalidRange,
        "The requested range is not satisfiable",
    )
}

pub fn invalid_part_number() -> S3Error {
    custom(
        "InvalidPartNumber",
        416,
        "The requested partnumber is not satisfiable",
    )
}

pub fn key_too_long() -> S3Error {
    error(S3ErrorCode::KeyTooLongError, "Your key is too long")
}

pub fn metadata_too_large() -> S3Error {
    error(
        S3ErrorCode::MetadataTooLarge,
        "Your metadata headers exceed the maximum allowed metadata size",
    )
}

pub fn entity_too_large() -> S3Error {
    error(
        S3ErrorCode::EntityTooLarge,
        "Your proposed upload exceeds the maximum allowed size",
    )
}

pub fn copy_source_too_large() -> S3Error {
    error(
        S3ErrorCode::InvalidRequest,
        "The specified copy source is larger than the maximum allowable size for a copy source: 5368709120",
    )
}

pub fn copy_to_itself() -> S3Error {
    error(
        S3ErrorCode::InvalidRequest,
        "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, \
         storage class, website redirect location or encryption attributes.",
    )
}

pub fn copy_of_marker() -> S3Error {
    error(
        S3ErrorCode::InvalidRequest,
        "The source of a copy request may not specifically refer to a delete marker by version id.",
    )
}

pub fn invalid_encryption_algorithm() -> S3Error {
    error(
        S3ErrorCode::InvalidEncryptionAlgorithmError,
        "The encryption request that you specified is not valid. The valid value is AES256.",
    )
}

pub fn acl_not_supported() -> S3Error {
    error(
        S3ErrorCode::AccessControlListNotSupported,
        "The bucket does not allow ACLs",
    )
}

pub fn acl_with_enforced_ownership() -> S3Error {
    error(
        S3ErrorCode::InvalidBucketAclWithObjectOwnership,
        "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting",
    )
}

// Bodies

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

// Multipart uploads

pub fn no_such_upload() -> S3Error {
    error(
        S3ErrorCode::NoSuchUpload,
        "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.",
    )
}

pub fn invalid_part() -> S3Error {
    error(
        S3ErrorCode::InvalidPart,
        "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag \
         may not match the part's entity tag.",
    )
}

pub fn invalid_part_order() -> S3Error {
    error(
        S3ErrorCode::InvalidPartOrder,
        "The list of parts was not in ascending order. Parts must be ordered by part number.",
    )
}

pub fn part_too_small() -> S3Error {
    error(
        S3ErrorCode::EntityTooSmall,
        "Your proposed upload is smaller than the minimum allowed size",
    )
}

pub fn part_number_out_of_range() -> S3Error {
    invalid_argument("Part number must be an integer between 1 and 10000, inclusive")
}

pub fn checksum_type_mismatch(used: &str, wanted: &str) -> S3Error {
    invalid_request(format!(
        "Checksum Type mismatch occurred, expected checksum Type: {wanted}, actual checksum Type: {used}"
    ))
}

pub fn missing_part_checksum(algorithm: &str, part: u64) -> S3Error {
    invalid_request(format!(
        "The upload was created using a {algorithm} checksum. The complete request must include the checksum for each part. It was \
         missing for part {part} in the request."
    ))
}

pub fn wrong_mpu_size() -> S3Error {
    invalid_request(
        "The provided 'x-amz-mp-object-size' header value does not match what was computed.",
    )
}

// Requests

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

// Ourselves

/// A full disk, an unreadable file: the customer can do nothing but look at the host.
pub fn internal(what: impl Display) -> S3Error {
    error(
        S3ErrorCode::InternalError,
        format!("We encountered an internal error. Please try again. ({what})"),
    )
}

pub fn from_store(failure: StoreError) -> S3Error {
    internal(failure)
}

pub fn from_write(failure: WriteError<S3Error>) -> S3Error {
    match failure {
        WriteError::Refused(error) => error,
        WriteError::Storage(failure) => from_store(failure),
    }
}
