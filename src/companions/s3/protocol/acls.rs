//! ACLs of buckets and objects.

use super::said::{Grants, acl_of};
use super::shapes::{caller, owner};
use crate::companions::s3::S3;
use crate::companions::s3::acl::{self, Acl, Target};
use crate::companions::s3::encryption::acl_for;
use crate::companions::s3::errors;
use crate::companions::s3::store::BucketRow;
use crate::companions::s3::versions::At;
use s3s::dto::*;
use s3s::{S3Request, S3Response, S3Result};

pub async fn get_bucket_acl(
    s3: &S3,
    request: S3Request<GetBucketAclInput>,
) -> S3Result<S3Response<GetBucketAclOutput>> {
    let caller = caller(&request)?;
    let bucket = s3.bucket(&caller, &request.input.bucket)?;
    Ok(S3Response::new(GetBucketAclOutput {
        grants: Some(shown(&bucket.acl, &bucket)),
        owner: Some(owner(&bucket.owner)),
    }))
}

pub async fn get_object_acl(
    s3: &S3,
    request: S3Request<GetObjectAclInput>,
) -> S3Result<S3Response<GetObjectAclOutput>> {
    let caller = caller(&request)?;
    let input = request.input;
    let at = At {
        bucket: input.bucket,
        key: input.key,
        version: input.version_id,
    };
    let found = s3.find(&caller, &at)?;
    Ok(S3Response::new(GetObjectAclOutput {
        grants: Some(shown(&found.object.attributes.acl, &found.bucket)),
        owner: Some(owner(&found.bucket.owner)),
        request_charged: None,
    }))
}

pub async fn put_bucket_acl(
    s3: &S3,
    request: S3Request<PutBucketAclInput>,
) -> S3Result<S3Response<PutBucketAclOutput>> {
    let caller = caller(&request)?;
    let mut input = request.input;
    let asked = Asked {
        canned: input.acl.as_ref().map(|acl| acl.as_str().to_owned()),
        policy: input.access_control_policy.take(),
        grants: Grants {
            full_control: input.grant_full_control,
            read: input.grant_read,
            read_acp: input.grant_read_acp,
            write: input.grant_write,
            write_acp: input.grant_write_acp,
        },
    };
    s3.change_bucket(&caller, &input.bucket, move |row| {
        row.acl = asked.acl(row, Target::Bucket)?;
        Ok(())
    })
    .await?;
    Ok(S3Response::new(PutBucketAclOutput::default()))
}

pub async fn put_object_acl(
    s3: &S3,
    request: S3Request<PutObjectAclInput>,
) -> S3Result<S3Response<PutObjectAclOutput>> {
    let caller = caller(&request)?;
    let mut input = request.input;
    let asked = Asked {
        canned: input.acl.as_ref().map(|acl| acl.as_str().to_owned()),
        policy: input.access_control_policy.take(),
        grants: Grants {
            full_control: input.grant_full_control,
            read: input.grant_read,
            read_acp: input.grant_read_acp,
            write: input.grant_write,
            write_acp: input.grant_write_acp,
        },
    };
    let at = At {
        bucket: input.bucket,
        key: input.key,
        version: input.version_id,
    };
    s3.amend(&caller, at, move |bucket, attributes| {
        attributes.acl = asked.acl(bucket, Target::Object)?;
        Ok(())
    })
    .await?;
    Ok(S3Response::new(PutObjectAclOutput::default()))
}

/// A list, in one of its three forms.
struct Asked {
    canned: Option<String>,
    policy: Option<AccessControlPolicy>,
    grants: Grants,
}

impl Asked {
    fn acl(self, bucket: &BucketRow, target: Target) -> S3Result<Acl> {
        if let Some(policy) = self.policy {
            let grants = policy
                .grants
                .unwrap_or_default()
                .into_iter()
                .map(read_grant);
            let grants: Option<Vec<acl::Grant>> = grants.collect();
            return acl_for(
                bucket,
                Acl::of_grants(grants.ok_or_else(errors::malformed_acl)?)?,
            );
        }
        let headers = self.grants.list()?;
        match (self.canned, headers) {
            (None, None) => Err(errors::missing_acl()),
            (Some(name), None) => acl_for(bucket, Acl::canned(&name, target)?),
            (None, Some(grants)) => acl_for(bucket, Acl::of_grants(grants)?),
            (Some(name), Some(_)) => acl_of(bucket, Some(&name), Grants::default(), target),
        }
    }
}

fn read_grant(grant: Grant) -> Option<acl::Grant> {
    let grantee = grant.grantee?;
    let read = match grantee.type_.as_str() {
        Type::CANONICAL_USER => acl::Grantee::User(grantee.id?),
        Type::AMAZON_CUSTOMER_BY_EMAIL => acl::Grantee::Email(grantee.email_address?),
        Type::GROUP => acl::Grantee::Group(grantee.uri?),
        _ => return None,
    };
    Some(acl::Grant {
        grantee: read,
        permission: grant.permission?.as_str().to_owned(),
    })
}

fn shown(acl: &Acl, bucket: &BucketRow) -> Vec<Grant> {
    let grant = |grant: acl::Grant| Grant {
        grantee: Some(shown_grantee(grant.grantee)),
        permission: Some(Permission::from(grant.permission)),
    };
    acl.grants(&bucket.owner).into_iter().map(grant).collect()
}

fn shown_grantee(grantee: acl::Grantee) -> Grantee {
    let empty = |type_: &'static str| Grantee {
        display_name: None,
        email_address: None,
        id: None,
        type_: Type::from_static(type_),
        uri: None,
    };
    match grantee {
        acl::Grantee::User(id) => Grantee {
            id: Some(id),
            ..empty(Type::CANONICAL_USER)
        },
        acl::Grantee::Email(email) => Grantee {
            email_address: Some(email),
            ..empty(Type::AMAZON_CUSTOMER_BY_EMAIL)
        },
        acl::Grantee::Group(uri) => Grantee {
            uri: Some(uri),
            ..empty(Type::GROUP)
        },
    }
}
