//! GetObject, HeadObject, GetObjectAttributes.

use super::conditions::{Reading, Stretch, stretch};
use super::shapes::{
    Status, caller, checksum, encryption, etag, from_http_date, outgoing, size, storage_class,
    timestamp, value_of, version_id, with_checksum,
};
use crate::companions::s3::digest::Coverage;
use crate::companions::s3::errors;
use crate::companions::s3::objects::Found;
use crate::companions::s3::store::{Body, Manifest};
use crate::companions::s3::versions::{At, Versions};
use crate::companions::s3::{Caller, S3};
use s3s::dto::*;
use s3s::{S3Error, S3ErrorCode, S3Request, S3Response, S3Result};

pub async fn get_object(
    s3: &S3,
    request: S3Request<GetObjectInput>,
) -> S3Result<S3Response<GetObjectOutput>> {
    let caller = caller(&request)?;
    let mut input = request.input;
    let conditions = reading!(input);
    let at = At {
        bucket: input.bucket,
        key: input.key,
        version: input.version_id,
    };
    let choose = |s3: &S3, found: &Found| {
        conditions.check(found)?;
        let chosen = stretch(s3, found, input.range.as_ref(), input.part_number)?;
        Ok((chosen.bytes.clone(), chosen))
    };
    let opened = s3.open_range(&caller, &at, choose);
    let (found, body, chosen) = opened.map_err(|error| explained(s3, &caller, &at, error))?;
    let mut output = shown!(
        GetObjectOutput,
        &found,
        &chosen,
        wants_checksum(input.checksum_mode.as_ref())
    );
    output.body = Some(outgoing(body, chosen.length()));
    output.tag_count = i32::try_from(found.object.attributes.tags.len())
        .ok()
        .filter(|count| *count > 0);
    Ok(S3Response::new(output))
}

pub async fn head_object(
    s3: &S3,
    request: S3Request<HeadObjectInput>,
) -> S3Result<S3Response<HeadObjectOutput>> {
    let caller = caller(&request)?;
    let mut input = request.input;
    let conditions = reading!(input);
    let at = At {
        bucket: input.bucket,
        key: input.key,
        version: input.version_id,
    };
    let found = s3
        .find(&caller, &at)
        .map_err(|error| explained(s3, &caller, &at, error))?;
    conditions.check(&found)?;
    let chosen = stretch(s3, &found, input.range.as_ref(), input.part_number)?;
    let output = shown!(
        HeadObjectOutput,
        &found,
        &chosen,
        wants_checksum(input.checksum_mode.as_ref())
    );
    let mut response = S3Response::new(output);
    if chosen.partial {
        response.extensions.insert(Status(206));
    }
    Ok(response)
}

pub async fn get_object_attributes(
    s3: &S3,
    request: S3Request<GetObjectAttributesInput>,
) -> S3Result<S3Response<GetObjectAttributesOutput>> {
    let caller = caller(&request)?;
    let input = request.input;
    let at = At {
        bucket: input.bucket,
        key: input.key,
        version: input.version_id,
    };
    let found = s3
        .find(&caller, &at)
        .map_err(|error| explained(s3, &caller, &at, error))?;
    let wanted = Wanted::of(&input.object_attributes)?;
    let class = storage_class(found.object.attributes.storage_class.as_ref());
    let parts = match &found.object.body {
        Body::Parts(id)
            if found.object.parts.is_some()
                && wanted.0.contains(&ObjectAttributes::OBJECT_PARTS) =>
        {
            Some(parts_page(
                &s3.manifest(id)?,
                &found,
                input.part_number_marker,
                input.max_parts,
            )?)
        }
        _ => None,
    };
    Ok(S3Response::new(GetObjectAttributesOutput {
        checksum: wanted.of_one(ObjectAttributes::CHECKSUM, || {
            checksum(&found.object.checksum)
        }),
        e_tag: wanted.of_one(ObjectAttributes::ETAG, || etag(&found.object.etag)),
        last_modified: Some(timestamp(found.row.modified)),
        object_parts: parts,
        object_size: wanted.of_one(ObjectAttributes::OBJECT_SIZE, || size(found.object.size)),
        storage_class: wanted.of_one(ObjectAttributes::STORAGE_CLASS, || {
            class.unwrap_or(StorageClass::from_static(StorageClass::STANDARD))
        }),
        version_id: version_id(&found.bucket, &found.row),
        ..Default::default()
    }))
}

/// What a reader demands, from a request's members.
macro_rules! reading {
    ($input:expr) => {
        Reading {
            if_match: $input.if_match.take(),
            if_none_match: $input.if_none_match.take(),
            if_modified_since: $input.if_modified_since.take(),
            if_unmodified_since: $input.if_unmodified_since.take(),
        }
    };
}
use reading;

/// The members that GetObject and HeadObject share.
macro_rules! shown {
    ($output:ident, $found:expr, $stretch:expr, $with_checksum:expr) => {{
        let (found, stretch): (&Found, &Stretch) = ($found, $stretch);
        let said = &found.object.attributes;
        let (server_side_encryption, ssekms_key_id, bucket_key_enabled) =
            encryption(&said.encryption);
        let sum = match $with_checksum && !stretch.partial {
            true => checksum(&found.object.checksum),
            false => Checksum::default(),
        };
        let checksum_type = sum.checksum_type.clone();
        with_checksum!(
            $output {
                checksum_type,
                server_side_encryption,
                ssekms_key_id,
                bucket_key_enabled,
                accept_ranges: Some("bytes".to_owned()),
                content_length: Some(size(stretch.length())),
                content_range: stretch.content_range(found.object.size),
                e_tag: Some(etag(&found.object.etag)),
                last_modified: Some(timestamp(found.row.modified)),
                version_id: version_id(&found.bucket, &found.row),
                parts_count: stretch.parts.and_then(|parts| i32::try_from(parts).ok()),
                storage_class: storage_class(said.storage_class.as_ref()),
                content_type: Some(
                    said.content_type
                        .clone()
                        .unwrap_or_else(|| DEFAULT_TYPE.to_owned())
                ),
                cache_control: said.cache_control.clone(),
                content_disposition: said.content_disposition.clone(),
                content_encoding: said.content_encoding.clone(),
                content_language: said.content_language.clone(),
                expires: said.expires.as_deref().and_then(from_http_date),
                website_redirect_location: said.website_redirect.clone(),
                metadata: Some(said.metadata.clone().into_iter().collect()),
                ..Default::default()
            },
            sum
        )
    }};
}
use shown;

/// What AWS stores when nothing is said.
const DEFAULT_TYPE: &str = "binary/octet-stream";

fn wants_checksum(mode: Option<&ChecksumMode>) -> bool {
    mode.is_some_and(|mode| mode.as_str().eq_ignore_ascii_case(ChecksumMode::ENABLED))
}

/// A reader who meets a delete marker is told so in headers.
fn explained(s3: &S3, caller: &Caller, at: &At, error: S3Error) -> S3Error {
    if !matches!(
        error.code(),
        S3ErrorCode::NoSuchKey | S3ErrorCode::MethodNotAllowed
    ) {
        return error;
    }
    let Ok(bucket) = s3.bucket(caller, &at.bucket) else {
        return error;
    };
    let Ok((_, row)) = s3.committed().find(at) else {
        return error;
    };
    if row.object.is_some() {
        return error;
    }
    let mut headers = vec![("x-amz-delete-marker", "true".to_owned())];
    headers.extend(version_id(&bucket, &row).map(|id| ("x-amz-version-id", id)));
    if at.version.is_some() {
        headers.push(("allow", "DELETE".to_owned()));
        headers.extend(
            super::shapes::http_date(&timestamp(row.modified)).map(|date| ("last-modified", date)),
        );
    }
    errors::with_headers(error, headers)
}

/// The names in `x-amz-object-attributes`, several of them in one header.
struct Wanted(Vec<&'static str>);

const ATTRIBUTES: [&str; 5] = [
    ObjectAttributes::CHECKSUM,
    ObjectAttributes::ETAG,
    ObjectAttributes::OBJECT_PARTS,
    ObjectAttributes::OBJECT_SIZE,
    ObjectAttributes::STORAGE_CLASS,
];

impl Wanted {
    fn of(headers: &[ObjectAttributes]) -> S3Result<Self> {
        let names = headers.iter().flat_map(|header| header.as_str().split(','));
        let known = names.map(|name| ATTRIBUTES.into_iter().find(|known| *known == name.trim()));
        let known: Option<Vec<&'static str>> = known.collect();
        known
            .map(Self)
            .ok_or_else(|| errors::invalid_argument("Invalid attribute name specified."))
    }

    fn of_one<T>(&self, name: &str, value: impl FnOnce() -> T) -> Option<T> {
        self.0.contains(&name).then(value)
    }
}

fn parts_page(
    manifest: &Manifest,
    found: &Found,
    after: Option<i32>,
    most: Option<i32>,
) -> S3Result<GetObjectAttributesParts> {
    let most = super::shapes::limit(most, 1000, "max-parts")?;
    let after = u64::try_from(after.unwrap_or(0)).unwrap_or(0);
    let algorithm = found.object.checksum.algorithm;
    let composite = found.object.checksum.coverage == Coverage::Composite;
    let shown: Vec<ObjectPart> = manifest
        .parts
        .iter()
        .filter(|part| part.number > after)
        .take(most)
        .map(|part| {
            let sum = if composite {
                value_of(algorithm, &part.checksum)
            } else {
                Checksum::default()
            };
            with_checksum!(
                ObjectPart {
                    part_number: i32::try_from(part.number).ok(),
                    size: Some(size(part.size)),
                },
                sum
            )
        })
        .collect();
    let last = shown.last().and_then(|part| part.part_number);
    let remaining = manifest
        .parts
        .iter()
        .filter(|part| part.number > after)
        .count();
    Ok(GetObjectAttributesParts {
        is_truncated: Some(remaining > shown.len()),
        max_parts: i32::try_from(most).ok(),
        next_part_number_marker: last,
        part_number_marker: i32::try_from(after).ok(),
        total_parts_count: i32::try_from(manifest.parts.len()).ok(),
        parts: Some(shown),
    })
}
