//! Errors about buckets and their settings.

use super::{error, invalid_request};
use s3s::{S3Error, S3ErrorCode};

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
