//! PutObject, CopyObject.

use super::conditions::{Reading, writing};
use super::said::{Said, said};
use super::shapes::{
    caller, checksum, claims, encryption, etag, incoming, timestamp, version_id, with_checksum,
};
use crate::companions::s3::claims::Expected;
use crate::companions::s3::digest::{Algorithm, Digests};
use crate::companions::s3::errors;
use crate::companions::s3::objects::{Found, LARGEST_PUT};
use crate::companions::s3::store::{Attributes, BucketRow, ObjectRow, VersionRow};
use crate::companions::s3::versions::At;
use crate::companions::s3::{Claims, S3};
use s3s::dto::*;
use s3s::{S3Request, S3Response, S3Result};

pub async fn put_object(
    s3: &S3,
    request: S3Request<PutObjectInput>,
) -> S3Result<S3Response<PutObjectOutput>> {
    let (caller, claims) = (caller(&request)?, claims(&request));
    let mut input = request.input;
    if input.write_offset_bytes.is_some() {
        return Err(errors::not_implemented("x-amz-write-offset-bytes"));
    }
    let bucket = s3.bucket(&caller, &input.bucket)?;
    let attributes = said!(input).attributes(&bucket)?;
    let conditions = writing(input.if_match.take(), input.if_none_match.take())?;
    let claims = naming(claims, input.checksum_algorithm.as_ref());
    let at = At {
        bucket: input.bucket,
        key: input.key,
        version: None,
    };
    let row = s3
        .put(
            &caller,
            at,
            attributes,
            conditions,
            incoming(input.body),
            &claims,
        )
        .await?;
    Ok(S3Response::new(stored(&bucket, &row)?))
}

fn stored(bucket: &BucketRow, row: &VersionRow) -> S3Result<PutObjectOutput> {
    let object = object_of(row)?;
    let (server_side_encryption, ssekms_key_id, bucket_key_enabled) =
        encryption(&object.attributes.encryption);
    let sum = checksum(&object.checksum);
    let checksum_type = sum.checksum_type.clone();
    Ok(with_checksum!(
        PutObjectOutput {
            checksum_type,
            server_side_encryption,
            ssekms_key_id,
            bucket_key_enabled,
            e_tag: Some(etag(&object.etag)),
            version_id: version_id(bucket, row),
            ..Default::default()
        },
        sum
    ))
}

/// A named algorithm without a value is computed and kept.
fn naming(mut claims: Claims, algorithm: Option<&ChecksumAlgorithm>) -> Claims {
    let named = algorithm.and_then(|algorithm| Algorithm::from_name(algorithm.as_str()));
    if claims.checksum.is_none() {
        claims.checksum = named.map(|algorithm| (algorithm, Expected::Nothing));
    }
    claims
}

pub async fn copy_object(
    s3: &S3,
    request: S3Request<CopyObjectInput>,
) -> S3Result<S3Response<CopyObjectOutput>> {
    let caller = caller(&request)?;
    let mut input = request.input;
    let from = source_of(std::mem::replace(&mut input.copy_source, nothing()))?;
    let source = s3
        .find(&caller, &from)
        .map_err(|error| marked(&from, error))?;
    source_conditions(&mut input).check_source(&source)?;
    if source.object.size > LARGEST_PUT {
        return Err(errors::copy_source_too_large());
    }
    let target = At {
        bucket: std::mem::take(&mut input.bucket),
        key: std::mem::take(&mut input.key),
        version: None,
    };
    let bucket = s3.bucket(&caller, &target.bucket)?;
    let algorithm = input.checksum_algorithm.take();
    let attributes = copied_attributes(input, &bucket, &source, &from, &target)?;
    let sums = match digests(&source.object, algorithm.as_ref())? {
        Some(digests) => Some(
            s3.hash(&from, &source, &(0..source.object.size), digests)
                .await?,
        ),
        None => None,
    };
    let shown_source = version_id(&source.bucket, &source.row);
    let row = s3
        .copy(&caller, (from, source), target, attributes, sums)
        .await?;
    let mut output = copied(&bucket, &row)?;
    output.copy_source_version_id = shown_source;
    Ok(S3Response::new(output))
}

fn copied(bucket: &BucketRow, row: &VersionRow) -> S3Result<CopyObjectOutput> {
    let object = object_of(row)?;
    let (server_side_encryption, ssekms_key_id, bucket_key_enabled) =
        encryption(&object.attributes.encryption);
    let sum = checksum(&object.checksum);
    let checksum_type = sum.checksum_type.clone();
    let result = with_checksum!(
        CopyObjectResult {
            checksum_type,
            e_tag: Some(etag(&object.etag)),
            last_modified: Some(timestamp(row.modified)),
        },
        sum
    );
    Ok(CopyObjectOutput {
        server_side_encryption,
        ssekms_key_id,
        bucket_key_enabled,
        copy_object_result: Some(result),
        version_id: version_id(bucket, row),
        ..Default::default()
    })
}

fn object_of(row: &VersionRow) -> S3Result<&ObjectRow> {
    row.object
        .as_ref()
        .ok_or_else(|| errors::internal("a put made no object"))
}

/// Where a copy's source is. Errors: `NotImplemented` for access points.
pub fn source_of(source: CopySource) -> S3Result<At> {
    match source {
        CopySource::Bucket {
            bucket,
            key,
            version_id,
        } => Ok(At {
            bucket: bucket.into(),
            key: key.into(),
            version: version_id.map(Into::into),
        }),
        _ => Err(errors::not_implemented(
            "x-amz-copy-source of an access point",
        )),
    }
}

fn nothing() -> CopySource {
    CopySource::Bucket {
        bucket: "".into(),
        key: "".into(),
        version_id: None,
    }
}

/// A delete marker may not be copied by its id.
pub fn marked(from: &At, error: s3s::S3Error) -> s3s::S3Error {
    match (error.code(), &from.version) {
        (s3s::S3ErrorCode::MethodNotAllowed, Some(_)) => errors::copy_of_marker(),
        _ => error,
    }
}

fn source_conditions(input: &mut CopyObjectInput) -> Reading {
    Reading {
        if_match: input.copy_source_if_match.take(),
        if_none_match: input.copy_source_if_none_match.take(),
        if_modified_since: input.copy_source_if_modified_since.take(),
        if_unmodified_since: input.copy_source_if_unmodified_since.take(),
    }
}

/// A copy takes over the source's headers, metadata and tags unless they are replaced; never its ACL, encryption or class.
fn copied_attributes(
    mut input: CopyObjectInput,
    bucket: &BucketRow,
    source: &Found,
    from: &At,
    to: &At,
) -> S3Result<Attributes> {
    let replace = directive(
        input
            .metadata_directive
            .as_ref()
            .map(MetadataDirective::as_str),
    )?;
    let replace_tags = directive(
        input
            .tagging_directive
            .as_ref()
            .map(TaggingDirective::as_str),
    )?;
    let said: Said = said!(input);
    let nothing_changes = !replace
        && said.storage_class.is_none()
        && said.encryption.is_none()
        && said.website_redirect.is_none();
    if nothing_changes
        && from.version.is_none()
        && (&from.bucket, &from.key) == (&to.bucket, &to.key)
    {
        return Err(errors::copy_to_itself());
    }
    let said = said.attributes(bucket)?;
    let old = source.object.attributes.clone();
    let tags = if replace_tags {
        said.tags.clone()
    } else {
        old.tags.clone()
    };
    Ok(match replace {
        true => Attributes { tags, ..said },
        false => Attributes {
            tags,
            acl: said.acl,
            encryption: said.encryption,
            storage_class: said.storage_class,
            website_redirect: said.website_redirect,
            ..old
        },
    })
}

/// Whether what is said replaces what the source has.
fn directive(text: Option<&str>) -> S3Result<bool> {
    match text {
        None | Some("COPY") => Ok(false),
        Some("REPLACE") => Ok(true),
        Some(_) => Err(errors::invalid_argument("Unknown metadata directive.")),
    }
}

/// What is to be computed anew: the ETag of a multipart object's copy, and a checksum the source does not have.
fn digests(source: &ObjectRow, algorithm: Option<&ChecksumAlgorithm>) -> S3Result<Option<Digests>> {
    let asked = match algorithm {
        Some(name) => Some(
            Algorithm::from_name(name.as_str()).ok_or_else(errors::invalid_checksum_algorithm)?,
        ),
        None => None,
    };
    let kept = asked.unwrap_or(source.checksum.algorithm);
    let as_it_is = source.parts.is_none() && kept == source.checksum.algorithm;
    Ok((!as_it_is).then(|| Digests::new(kept)))
}
