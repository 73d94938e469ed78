//! DeleteObject, DeleteObjects.

use super::conditions::deleting;
use super::shapes::caller;
use crate::companions::s3::S3;
use crate::companions::s3::errors;
use crate::companions::s3::versions::{At, Deleted};
use s3s::dto::*;
use s3s::{S3Error, S3Request, S3Response, S3Result};

const MOST: usize = 1000;

pub async fn delete_object(
    s3: &S3,
    request: S3Request<DeleteObjectInput>,
) -> S3Result<S3Response<DeleteObjectOutput>> {
    let caller = caller(&request)?;
    let input = request.input;
    if input.if_match_size.is_some() || input.if_match_last_modified_time.is_some() {
        return Err(errors::not_implemented(
            "x-amz-if-match-size, x-amz-if-match-last-modified-time",
        ));
    }
    let at = At {
        bucket: input.bucket,
        key: input.key,
        version: input.version_id,
    };
    let deleted = s3.delete(&caller, at, deleting(input.if_match)).await?;
    Ok(S3Response::new(DeleteObjectOutput {
        delete_marker: deleted.marker.then_some(true),
        version_id: deleted.version,
        ..Default::default()
    }))
}

pub async fn delete_objects(
    s3: &S3,
    request: S3Request<DeleteObjectsInput>,
) -> S3Result<S3Response<DeleteObjectsOutput>> {
    let caller = caller(&request)?;
    let input = request.input;
    let quiet = input.delete.quiet.unwrap_or(false);
    if input.delete.objects.is_empty() || input.delete.objects.len() > MOST {
        return Err(errors::malformed_xml());
    }
    let asked: Vec<(String, Option<String>)> = input
        .delete
        .objects
        .iter()
        .map(|object| (object.key.clone(), object.version_id.clone()))
        .collect();
    let one = |object: ObjectIdentifier| {
        let condition = deleting(object.e_tag.map(ETagCondition::ETag));
        (
            At {
                bucket: input.bucket.clone(),
                key: object.key,
                version: object.version_id,
            },
            condition,
        )
    };
    let objects = input.delete.objects.into_iter().map(one).collect();
    let outcomes = s3
        .delete_all(&caller, input.bucket.clone(), objects)
        .await?;
    let (mut deleted, mut failed) = (Vec::new(), Vec::new());
    for ((key, version), outcome) in asked.into_iter().zip(outcomes) {
        match outcome {
            Ok(_) if quiet => {}
            Ok(outcome) => deleted.push(shown(key, version, outcome)),
            Err(error) => failed.push(refused(key, version, &error)),
        }
    }
    Ok(S3Response::new(DeleteObjectsOutput {
        deleted: Some(deleted),
        errors: Some(failed),
        ..Default::default()
    }))
}

fn shown(key: String, version: Option<String>, outcome: Deleted) -> DeletedObject {
    DeletedObject {
        delete_marker: outcome.marker.then_some(true),
        delete_marker_version_id: outcome.version.filter(|_| outcome.marker),
        key: Some(key),
        version_id: version,
    }
}

fn refused(key: String, version: Option<String>, error: &S3Error) -> Error {
    Error {
        code: Some(error.code().as_str().to_owned()),
        key: Some(key),
        message: error.message().map(str::to_owned),
        version_id: version,
    }
}
