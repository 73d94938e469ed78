//! CreateMultipartUpload, UploadPart, UploadPartCopy, CompleteMultipartUpload, AbortMultipartUpload, ListParts.

use super::conditions::{Reading, writing};
use super::puts::{marked, source_of};
use super::said::said;
use super::shapes::{
    caller, checksum, checksum_members, claims, encryption, etag, given, incoming, limit, owner,
    size, storage_class, timestamp, value_of, version_id, with_checksum,
};
use crate::companions::s3::S3;
use crate::companions::s3::acl::canonical_id;
use crate::companions::s3::completion::{Completion, ListedPart};
use crate::companions::s3::digest::{Algorithm, Coverage};
use crate::companions::s3::errors;
use crate::companions::s3::multipart::{Checking, UploadAt};
use crate::companions::s3::objects::Found;
use crate::companions::s3::store::{PartRow, UploadRow};
use s3s::dto::*;
use s3s::{S3Request, S3Response, S3Result};

pub async fn create_multipart_upload(
    s3: &S3,
    request: S3Request<CreateMultipartUploadInput>,
) -> S3Result<S3Response<CreateMultipartUploadOutput>> {
    let caller = caller(&request)?;
    let mut input = request.input;
    let bucket = s3.bucket(&caller, &input.bucket)?;
    let attributes = said!(input).attributes(&bucket)?;
    let checking = checking(
        input.checksum_algorithm.as_ref(),
        input.checksum_type.as_ref(),
    )?;
    let (id, upload) = s3
        .create_upload(&caller, &input.bucket, &input.key, attributes, checking)
        .await?;
    let (server_side_encryption, ssekms_key_id, bucket_key_enabled) =
        encryption(&upload.attributes.encryption);
    Ok(S3Response::new(CreateMultipartUploadOutput {
        checksum_algorithm: shown_algorithm(&upload),
        checksum_type: shown_coverage(&upload),
        bucket: Some(input.bucket),
        key: Some(input.key),
        upload_id: Some(id),
        server_side_encryption,
        ssekms_key_id,
        bucket_key_enabled,
        ..Default::default()
    }))
}

fn checking(
    algorithm: Option<&ChecksumAlgorithm>,
    coverage: Option<&ChecksumType>,
) -> S3Result<Checking> {
    let algorithm = algorithm.map(|name| {
        Algorithm::from_name(name.as_str()).ok_or_else(errors::invalid_checksum_algorithm)
    });
    let unknown = || errors::invalid_request("Value for x-amz-checksum-type header is invalid.");
    let coverage = coverage.map(|name| Coverage::from_name(name.as_str()).ok_or_else(unknown));
    Ok(Checking {
        algorithm: algorithm.transpose()?,
        coverage: coverage.transpose()?,
    })
}

pub async fn upload_part(
    s3: &S3,
    request: S3Request<UploadPartInput>,
) -> S3Result<S3Response<UploadPartOutput>> {
    let (caller, claims) = (caller(&request)?, claims(&request));
    let input = request.input;
    let claimed = claims.checksum.as_ref().map(|(algorithm, _)| *algorithm);
    let at = UploadAt {
        bucket: input.bucket,
        key: input.key,
        id: input.upload_id,
    };
    let upload = s3.upload(&caller, &at)?;
    let sums = s3
        .put_part(
            &caller,
            &at,
            number(input.part_number)?,
            incoming(input.body),
            claims,
        )
        .await?;
    let (server_side_encryption, ssekms_key_id, bucket_key_enabled) =
        encryption(&upload.attributes.encryption);
    // What was sent is confirmed, else what is kept.
    let value = claimed.and_then(|algorithm| Some(value_of(algorithm, &sums.value_of(algorithm)?)));
    let kept = sums.kept();
    let sum = value.unwrap_or_else(|| value_of(kept.algorithm, &kept.value));
    Ok(S3Response::new(with_checksum!(
        UploadPartOutput {
            e_tag: Some(etag(&sums.etag())),
            server_side_encryption,
            ssekms_key_id,
            bucket_key_enabled,
            ..Default::default()
        },
        sum
    )))
}

pub async fn upload_part_copy(
    s3: &S3,
    request: S3Request<UploadPartCopyInput>,
) -> S3Result<S3Response<UploadPartCopyOutput>> {
    let caller = caller(&request)?;
    let input = request.input;
    let from = source_of(input.copy_source)?;
    let source = s3
        .find(&caller, &from)
        .map_err(|error| marked(&from, error))?;
    let conditions = Reading {
        if_match: input.copy_source_if_match,
        if_none_match: input.copy_source_if_none_match,
        if_modified_since: input.copy_source_if_modified_since,
        if_unmodified_since: input.copy_source_if_unmodified_since,
    };
    conditions.check_source(&source)?;
    let range = copied_range(&source, input.copy_source_range.as_deref())?;
    let at = UploadAt {
        bucket: input.bucket,
        key: input.key,
        id: input.upload_id,
    };
    let upload = s3.upload(&caller, &at)?;
    let shown_source = version_id(&source.bucket, &source.row);
    let row = s3
        .copy_part(
            &caller,
            &at,
            number(input.part_number)?,
            (from, source),
            range,
        )
        .await?;
    let (server_side_encryption, ssekms_key_id, bucket_key_enabled) =
        encryption(&upload.attributes.encryption);
    let result = with_checksum!(
        CopyPartResult {
            e_tag: Some(etag(&row.etag)),
            last_modified: Some(timestamp(row.modified)),
        },
        value_of(upload.algorithm, &row.checksum)
    );
    Ok(S3Response::new(UploadPartCopyOutput {
        copy_part_result: Some(result),
        copy_source_version_id: shown_source,
        server_side_encryption,
        ssekms_key_id,
        bucket_key_enabled,
        ..Default::default()
    }))
}

/// `bytes=first-last`, both within the source.
fn copied_range(source: &Found, text: Option<&str>) -> S3Result<std::ops::Range<u64>> {
    let size = source.object.size;
    let Some(text) = text else { return Ok(0..size) };
    let malformed = || {
        errors::invalid_argument(
            "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets \
             of the first and last bytes to copy",
        )
    };
    match Range::parse(text).map_err(|_| malformed())? {
        Range::Int {
            first,
            last: Some(last),
        } if last < size => Ok(first..last + 1),
        Range::Int {
            first,
            last: Some(last),
        } => Err(errors::copied_range_outside(first, last, size)),
        _ => Err(malformed()),
    }
}

fn number(number: i32) -> S3Result<u64> {
    u64::try_from(number).map_err(|_| errors::part_number_out_of_range())
}

pub async fn complete_multipart_upload(
    s3: &S3,
    request: S3Request<CompleteMultipartUploadInput>,
) -> S3Result<S3Response<CompleteMultipartUploadOutput>> {
    let caller = caller(&request)?;
    let host = request
        .headers
        .get("host")
        .and_then(|host| host.to_str().ok())
        .unwrap_or("localhost")
        .to_owned();
    let mut input = request.input;
    let coverage = checking(None, input.checksum_type.as_ref())?.coverage;
    let asked = Completion {
        parts: listed(input.multipart_upload.take())?,
        conditions: writing(input.if_match.take(), input.if_none_match.take())?,
        checksum: given(checksum_members!(input)),
        coverage,
        size: input
            .mpu_object_size
            .and_then(|size| u64::try_from(size).ok()),
    };
    let at = UploadAt {
        bucket: input.bucket,
        key: input.key,
        id: input.upload_id,
    };
    let row = s3.complete_upload(&caller, &at, asked).await?;
    let bucket = s3.bucket(&caller, &at.bucket)?;
    let object = row
        .object
        .as_ref()
        .ok_or_else(|| errors::internal("an upload made no object"))?;
    let (server_side_encryption, ssekms_key_id, bucket_key_enabled) =
        encryption(&object.attributes.encryption);
    let sum = checksum(&object.checksum);
    let checksum_type = sum.checksum_type.clone();
    Ok(S3Response::new(with_checksum!(
        CompleteMultipartUploadOutput {
            checksum_type,
            location: Some(format!("http://{host}/{}/{}", at.bucket, at.key)),
            bucket: Some(at.bucket),
            key: Some(at.key),
            e_tag: Some(etag(&object.etag)),
            version_id: version_id(&bucket, &row),
            server_side_encryption,
            ssekms_key_id,
            bucket_key_enabled,
            ..Default::default()
        },
        sum
    )))
}

fn listed(upload: Option<CompletedMultipartUpload>) -> S3Result<Vec<ListedPart>> {
    let parts = upload.and_then(|upload| upload.parts).unwrap_or_default();
    let one = |mut part: CompletedPart| {
        let number = part
            .part_number
            .and_then(|number| u64::try_from(number).ok());
        Some(ListedPart {
            number: number?,
            checksum: given(checksum_members!(part)),
            etag: part.e_tag?.into_value(),
        })
    };
    let parts: Option<Vec<ListedPart>> = parts.into_iter().map(one).collect();
    parts.ok_or_else(errors::malformed_xml)
}

pub async fn abort_multipart_upload(
    s3: &S3,
    request: S3Request<AbortMultipartUploadInput>,
) -> S3Result<S3Response<AbortMultipartUploadOutput>> {
    let caller = caller(&request)?;
    let input = request.input;
    let at = UploadAt {
        bucket: input.bucket,
        key: input.key,
        id: input.upload_id,
    };
    s3.abort_upload(&caller, &at).await?;
    Ok(S3Response::new(AbortMultipartUploadOutput::default()))
}

pub async fn list_parts(
    s3: &S3,
    request: S3Request<ListPartsInput>,
) -> S3Result<S3Response<ListPartsOutput>> {
    let caller = caller(&request)?;
    let input = request.input;
    let most = limit(input.max_parts, 1000, "max-parts")?;
    let after = u64::try_from(input.part_number_marker.unwrap_or(0)).unwrap_or(0);
    let at = UploadAt {
        bucket: input.bucket,
        key: input.key,
        id: input.upload_id,
    };
    let upload = s3.upload(&caller, &at)?;
    let mut parts = s3.list_parts(&at, after, most + 1)?;
    let truncated = parts.len() > most;
    parts.truncate(most);
    let last = parts.last().map_or(0, |(number, _)| *number);
    let class = storage_class(upload.attributes.storage_class.as_ref());
    Ok(S3Response::new(ListPartsOutput {
        checksum_algorithm: shown_algorithm(&upload),
        checksum_type: shown_coverage(&upload),
        initiator: Some(Initiator {
            display_name: None,
            id: Some(initiator(&upload)),
        }),
        is_truncated: Some(truncated),
        max_parts: i32::try_from(most).ok(),
        next_part_number_marker: i32::try_from(last).ok(),
        part_number_marker: i32::try_from(after).ok(),
        owner: Some(owner(&caller.account)),
        parts: Some(
            parts
                .iter()
                .map(|(number, row)| part(*number, row, &upload))
                .collect(),
        ),
        storage_class: Some(class.unwrap_or(StorageClass::from_static(StorageClass::STANDARD))),
        bucket: Some(at.bucket),
        key: Some(at.key),
        upload_id: Some(at.id),
        ..Default::default()
    }))
}

fn part(number: u64, row: &PartRow, upload: &UploadRow) -> Part {
    let sum = match upload.algorithm_named {
        true => value_of(upload.algorithm, &row.checksum),
        false => Checksum::default(),
    };
    with_checksum!(
        Part {
            e_tag: Some(etag(&row.etag)),
            last_modified: Some(timestamp(row.modified)),
            part_number: i32::try_from(number).ok(),
            size: Some(size(row.size)),
        },
        sum
    )
}

/// Shown only when the customer named it.
pub fn shown_algorithm(upload: &UploadRow) -> Option<ChecksumAlgorithm> {
    upload
        .algorithm_named
        .then(|| ChecksumAlgorithm::from_static(upload.algorithm.name()))
}

pub fn shown_coverage(upload: &UploadRow) -> Option<ChecksumType> {
    upload
        .algorithm_named
        .then(|| ChecksumType::from_static(upload.coverage.name()))
}

/// A principal's ARN, or the canonical id of an account whose root it is.
pub fn initiator(upload: &UploadRow) -> String {
    let account = upload
        .initiator
        .strip_suffix(":root")
        .and_then(|arn| arn.rsplit(':').next());
    let account = account.and_then(crate::aws::Account::parse);
    account.map_or_else(
        || upload.initiator.clone(),
        |account| canonical_id(&account),
    )
}
