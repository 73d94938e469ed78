//! Revisions.

use super::{house, long, refused};
use crate::codedeploy::deploying::merged;
use serde_json::{Value, json};

#[tokio::test]
async fn revisions() {
    let s3 = json!({"revisionType": "S3", "s3Location": {"bucket": "b", "key": "k", "bundleType": "zip"}});
    let list = |members: Value| merged(json!({"applicationName": "s"}), members);
    let register = |revision: Value| json!({"applicationName": "s", "revision": revision});
    refused(house, &[
        ("RegisterApplicationRevision", "RevisionRequiredException", json!({"applicationName": "s"})),
        ("RegisterApplicationRevision", "ApplicationDoesNotExistException", json!({"applicationName": "x", "revision": s3})),
        ("RegisterApplicationRevision", "InvalidRevisionException", register(json!({"revisionType": "ODD"}))),
        ("RegisterApplicationRevision", "InvalidRevisionException", register(json!({"revisionType": "S3"}))),
        ("RegisterApplicationRevision", "InvalidRevisionException", register(json!({"revisionType": "GitHub", "s3Location": {"bucket": "b", "key": "k", "bundleType": "zip"}}))),
        ("RegisterApplicationRevision", "InvalidRevisionException", register(json!({"revisionType": "S3", "s3Location": {"bucket": "b", "key": "k"}}))),
        ("RegisterApplicationRevision", "DescriptionTooLongException", merged(register(s3.clone()), json!({"description": long(257)}))),
        ("GetApplicationRevision", "RevisionRequiredException", json!({"applicationName": "s"})),
        ("GetApplicationRevision", "RevisionDoesNotExistException", register(s3.clone())),
        ("BatchGetApplicationRevisions", "RevisionRequiredException", json!({"applicationName": "s", "revisions": []})),
        ("BatchGetApplicationRevisions", "BatchLimitExceededException", json!({"applicationName": "s", "revisions": vec![s3.clone(); 26]})),
        ("ListApplicationRevisions", "InvalidSortByException", list(json!({"sortBy": "odd"}))),
        ("ListApplicationRevisions", "InvalidSortOrderException", list(json!({"sortOrder": "odd"}))),
        ("ListApplicationRevisions", "InvalidDeployedStateFilterException", list(json!({"deployed": "odd"}))),
        ("ListApplicationRevisions", "BucketNameFilterRequiredException", list(json!({"s3KeyPrefix": "k"}))),
        ("ListApplicationRevisions", "InvalidBucketNameFilterException", list(json!({"s3Bucket": "a/bucket"}))),
        ("ListApplicationRevisions", "InvalidKeyPrefixFilterException", list(json!({"s3Bucket": "bucket", "s3KeyPrefix": long(1025)}))),
        ("ListApplicationRevisions", "InvalidNextTokenException", list(json!({"nextToken": "x"}))),
    ])
    .await;
}
