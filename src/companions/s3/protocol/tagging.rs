//! Tags of objects and buckets.

use super::shapes::{Status, caller, tag_pairs, tag_set, version_id};
use crate::companions::s3::S3;
use crate::companions::s3::errors;
use crate::companions::s3::names::{BUCKET_TAGS, OBJECT_TAGS, Tags, tags_of};
use crate::companions::s3::versions::At;
use s3s::dto::*;
use s3s::{S3Request, S3Response, S3Result};

pub async fn get_object_tagging(
    s3: &S3,
    request: S3Request<GetObjectTaggingInput>,
) -> S3Result<S3Response<GetObjectTaggingOutput>> {
    let caller = caller(&request)?;
    let input = request.input;
    let at = At {
        bucket: input.bucket,
        key: input.key,
        version: input.version_id,
    };
    let found = s3.find(&caller, &at)?;
    Ok(S3Response::new(GetObjectTaggingOutput {
        tag_set: tag_set(&found.object.attributes.tags),
        version_id: version_id(&found.bucket, &found.row),
    }))
}

pub async fn put_object_tagging(
    s3: &S3,
    request: S3Request<PutObjectTaggingInput>,
) -> S3Result<S3Response<PutObjectTaggingOutput>> {
    let caller = caller(&request)?;
    let input = request.input;
    let at = At {
        bucket: input.bucket,
        key: input.key,
        version: input.version_id,
    };
    let tags = tags_of(tag_pairs(input.tagging), OBJECT_TAGS)?;
    let version_id = set(s3, &caller, at, tags).await?;
    Ok(S3Response::new(PutObjectTaggingOutput { version_id }))
}

pub async fn delete_object_tagging(
    s3: &S3,
    request: S3Request<DeleteObjectTaggingInput>,
) -> S3Result<S3Response<DeleteObjectTaggingOutput>> {
    let caller = caller(&request)?;
    let input = request.input;
    let at = At {
        bucket: input.bucket,
        key: input.key,
        version: input.version_id,
    };
    let version_id = set(s3, &caller, at, Tags::new()).await?;
    Ok(S3Response::new(DeleteObjectTaggingOutput { version_id }))
}

async fn set(
    s3: &S3,
    caller: &crate::companions::s3::Caller,
    at: At,
    tags: Tags,
) -> S3Result<Option<String>> {
    let bucket = s3.bucket(caller, &at.bucket)?;
    let change = move |_: &_, attributes: &mut crate::companions::s3::store::Attributes| {
        attributes.tags = tags;
        Ok(())
    };
    let row = s3.amend(caller, at, change).await?;
    Ok(version_id(&bucket, &row))
}

pub async fn get_bucket_tagging(
    s3: &S3,
    request: S3Request<GetBucketTaggingInput>,
) -> S3Result<S3Response<GetBucketTaggingOutput>> {
    let caller = caller(&request)?;
    let bucket = s3.bucket(&caller, &request.input.bucket)?;
    match bucket.tags.is_empty() {
        true => Err(errors::no_such_tag_set()),
        false => Ok(S3Response::new(GetBucketTaggingOutput {
            tag_set: tag_set(&bucket.tags),
        })),
    }
}

pub async fn put_bucket_tagging(
    s3: &S3,
    request: S3Request<PutBucketTaggingInput>,
) -> S3Result<S3Response<PutBucketTaggingOutput>> {
    let caller = caller(&request)?;
    let tags = tags_of(tag_pairs(request.input.tagging), BUCKET_TAGS)?;
    set_of_bucket(s3, &caller, &request.input.bucket, tags).await?;
    let mut response = S3Response::new(PutBucketTaggingOutput::default());
    response.extensions.insert(Status(204));
    Ok(response)
}

pub async fn delete_bucket_tagging(
    s3: &S3,
    request: S3Request<DeleteBucketTaggingInput>,
) -> S3Result<S3Response<DeleteBucketTaggingOutput>> {
    let caller = caller(&request)?;
    set_of_bucket(s3, &caller, &request.input.bucket, Tags::new()).await?;
    Ok(S3Response::new(DeleteBucketTaggingOutput::default()))
}

async fn set_of_bucket(
    s3: &S3,
    caller: &crate::companions::s3::Caller,
    bucket: &str,
    tags: Tags,
) -> S3Result<()> {
    s3.change_bucket(caller, bucket, move |row| {
        row.tags = tags;
        Ok(())
    })
    .await
}
