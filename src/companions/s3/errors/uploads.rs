//! Errors about multipart uploads.

use super::{error, invalid_argument, invalid_request};
use s3s::{S3Error, S3ErrorCode};

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
