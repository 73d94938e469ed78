//! CreateBucket, HeadBucket, ListBuckets, DeleteBucket, and a bucket's location, versioning and policy status.

use super::lists::{name_in, token_of};
use super::said::Grants;
use super::shapes::{Document, caller, limit, owner, tag_pairs, timestamp};
use crate::companions::s3::S3;
use crate::companions::s3::acl::{Acl, Target};
use crate::companions::s3::buckets::NewBucket;
use crate::companions::s3::errors;
use crate::companions::s3::names::{BUCKET_TAGS, Tags, tags_of};
use crate::companions::s3::store::Versioning;
use crate::companions::s3::subresources::Kind;
use s3s::dto::*;
use s3s::xml::{Deserialize, Deserializer};
use s3s::{S3Request, S3Response, S3Result};

pub async fn create_bucket(
    s3: &S3,
    request: S3Request<CreateBucketInput>,
) -> S3Result<S3Response<CreateBucketOutput>> {
    let caller = caller(&request)?;
    let tags = tags_in(request.extensions.get::<Document>())?;
    let input = request.input;
    let location = input
        .create_bucket_configuration
        .and_then(|configuration| configuration.location_constraint);
    let grants = Grants {
        full_control: input.grant_full_control,
        read: input.grant_read,
        read_acp: input.grant_read_acp,
        write: input.grant_write,
        write_acp: input.grant_write_acp,
    };
    let asked = NewBucket {
        location: location.map(|location| location.as_str().to_owned()),
        acl: new_acl(input.acl.as_ref(), grants)?,
        ownership: input
            .object_ownership
            .map(|ownership| ownership.as_str().to_owned()),
        object_lock: input.object_lock_enabled_for_bucket.unwrap_or(false),
        tags,
    };
    s3.create_bucket(&caller, &input.bucket, asked).await?;
    Ok(S3Response::new(CreateBucketOutput {
        location: Some(format!("/{}", input.bucket)),
    }))
}

fn new_acl(canned: Option<&BucketCannedACL>, grants: Grants) -> S3Result<Acl> {
    match (canned, grants.list()?) {
        (None, None) => Ok(Acl::Private),
        (Some(name), None) => Acl::canned(name.as_str(), Target::Bucket),
        (None, Some(grants)) => Acl::of_grants(grants),
        (Some(_), Some(_)) => Err(errors::invalid_request(
            "Specifying both Canned ACLs and Header Grants is not allowed",
        )),
    }
}

/// The protocol's shape of the request does not know tags yet.
fn tags_in(document: Option<&Document>) -> S3Result<Tags> {
    let text = document
        .and_then(|document| std::str::from_utf8(&document.0).ok())
        .unwrap_or_default();
    let Some((_, rest)) = text.split_once("<Tags>") else {
        return Ok(Tags::new());
    };
    let (tags, _) = rest
        .split_once("</Tags>")
        .ok_or_else(errors::malformed_xml)?;
    let tagging = format!("<Tagging><TagSet>{tags}</TagSet></Tagging>");
    let tagging = Tagging::deserialize(&mut Deserializer::new(tagging.as_bytes()))
        .map_err(|_| errors::malformed_xml())?;
    tags_of(tag_pairs(tagging), BUCKET_TAGS)
}

pub async fn head_bucket(
    s3: &S3,
    request: S3Request<HeadBucketInput>,
) -> S3Result<S3Response<HeadBucketOutput>> {
    let caller = caller(&request)?;
    let bucket = s3.bucket(&caller, &request.input.bucket)?;
    Ok(S3Response::new(HeadBucketOutput {
        access_point_alias: Some(false),
        bucket_region: Some(bucket.region.as_str().to_owned()),
        ..Default::default()
    }))
}

pub async fn list_buckets(
    s3: &S3,
    request: S3Request<ListBucketsInput>,
) -> S3Result<S3Response<ListBucketsOutput>> {
    let caller = caller(&request)?;
    let input = request.input;
    let most = limit(input.max_buckets, 10_000, "max-buckets")?;
    let mut after = input
        .continuation_token
        .as_deref()
        .map_or(Ok(String::new()), name_in)?;
    let prefix = input.prefix.clone().unwrap_or_default();
    let region = input.bucket_region.as_deref();
    let mut buckets = Vec::new();
    let mut more = true;
    while more && buckets.len() <= most {
        let rows = s3.list_buckets(&caller.account, &after, 1000);
        more = rows.len() == 1000;
        after = rows.last().map_or(after, |(name, _)| name.clone());
        let wanted = rows.into_iter().filter(|(name, row)| {
            name.starts_with(&prefix) && region.is_none_or(|region| row.region.as_str() == region)
        });
        buckets.extend(wanted);
    }
    let truncated = buckets.len() > most;
    buckets.truncate(most);
    let next = buckets
        .last()
        .filter(|_| truncated)
        .map(|(name, _)| token_of(name));
    let bucket = |(name, row): (
        String,
        std::sync::Arc<crate::companions::s3::store::BucketRow>,
    )| Bucket {
        bucket_region: Some(row.region.as_str().to_owned()),
        creation_date: Some(timestamp(row.created)),
        name: Some(name),
    };
    Ok(S3Response::new(ListBucketsOutput {
        buckets: Some(buckets.into_iter().map(bucket).collect()),
        continuation_token: next,
        owner: Some(owner(&caller.account)),
        prefix: input.prefix,
    }))
}

pub async fn delete_bucket(
    s3: &S3,
    request: S3Request<DeleteBucketInput>,
) -> S3Result<S3Response<DeleteBucketOutput>> {
    let caller = caller(&request)?;
    s3.delete_bucket(&caller, &request.input.bucket).await?;
    Ok(S3Response::new(DeleteBucketOutput::default()))
}

pub async fn get_bucket_location(
    s3: &S3,
    request: S3Request<GetBucketLocationInput>,
) -> S3Result<S3Response<GetBucketLocationOutput>> {
    let caller = caller(&request)?;
    let bucket = s3.bucket(&caller, &request.input.bucket)?;
    let region = Some(bucket.region.as_str()).filter(|region| *region != "us-east-1");
    Ok(S3Response::new(GetBucketLocationOutput {
        location_constraint: region.map(|region| BucketLocationConstraint::from(region.to_owned())),
    }))
}

pub async fn get_bucket_versioning(
    s3: &S3,
    request: S3Request<GetBucketVersioningInput>,
) -> S3Result<S3Response<GetBucketVersioningOutput>> {
    let caller = caller(&request)?;
    let bucket = s3.bucket(&caller, &request.input.bucket)?;
    let status = match bucket.versioning {
        Versioning::Never => None,
        Versioning::Enabled => Some(BucketVersioningStatus::ENABLED),
        Versioning::Suspended => Some(BucketVersioningStatus::SUSPENDED),
    };
    Ok(S3Response::new(GetBucketVersioningOutput {
        mfa_delete: None,
        status: status.map(BucketVersioningStatus::from_static),
    }))
}

pub async fn put_bucket_versioning(
    s3: &S3,
    request: S3Request<PutBucketVersioningInput>,
) -> S3Result<S3Response<PutBucketVersioningOutput>> {
    let caller = caller(&request)?;
    let input = request.input;
    let configuration = input.versioning_configuration;
    if configuration
        .mfa_delete
        .as_ref()
        .is_some_and(|mfa| mfa.as_str() == MFADelete::ENABLED)
    {
        return Err(errors::not_implemented("MfaDelete"));
    }
    let versioning = match configuration
        .status
        .as_ref()
        .map(BucketVersioningStatus::as_str)
    {
        Some(BucketVersioningStatus::ENABLED) => Versioning::Enabled,
        Some(BucketVersioningStatus::SUSPENDED) => Versioning::Suspended,
        Some(_) => return Err(errors::malformed_xml()),
        None => return Err(errors::illegal_versioning()),
    };
    s3.change_bucket(&caller, &input.bucket, move |row| {
        if versioning == Versioning::Suspended && row.object_lock() {
            return Err(errors::versioning_locked());
        }
        row.versioning = versioning;
        Ok(())
    })
    .await?;
    Ok(S3Response::new(PutBucketVersioningOutput::default()))
}

/// No policy makes a bucket public here.
pub async fn get_bucket_policy_status(
    s3: &S3,
    request: S3Request<GetBucketPolicyStatusInput>,
) -> S3Result<S3Response<GetBucketPolicyStatusOutput>> {
    let caller = caller(&request)?;
    let policy = Kind::of("policy").ok_or_else(|| errors::internal("policies are not known"))?;
    s3.configuration(&caller, &request.input.bucket, policy)?;
    Ok(S3Response::new(GetBucketPolicyStatusOutput {
        policy_status: Some(PolicyStatus {
            is_public: Some(false),
        }),
    }))
}
