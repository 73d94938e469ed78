//! Errors about objects, versions and what is said about them.

use super::{custom, error};
use s3s::{S3Error, S3ErrorCode};

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
