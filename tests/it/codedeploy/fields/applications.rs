//! Applications, tags and ARNs.

use super::{house, long, many, of, refused};
use serde_json::{Value, json};

#[tokio::test]
async fn applications_tags_and_arns() {
    let arn = |rest: &str| format!("arn:aws:codedeploy:us-east-1:000000000000:{rest}");
    let tags = |tags: Value| json!({"applicationName": "new", "tags": tags});
    let tagged = |arn: &str, tags: Value| json!({"ResourceArn": arn, "Tags": tags});
    let tag = |key: &str, value: &str| json!({"Key": key, "Value": value});
    let some = json!([tag("k", "v")]);
    let full: Vec<Value> = many(51).iter().map(|key| tag(key, "")).collect();
    let app = arn("application:s");
    refused(
        house,
        &[
            (
                "CreateApplication",
                "ApplicationNameRequiredException",
                json!({}),
            ),
            (
                "CreateApplication",
                "ApplicationNameRequiredException",
                json!({"applicationName": ""}),
            ),
            (
                "CreateApplication",
                "ApplicationNameRequiredException",
                json!({"applicationName": null}),
            ),
            (
                "CreateApplication",
                "InvalidApplicationNameException",
                json!({"applicationName": long(101)}),
            ),
            (
                "CreateApplication",
                "InvalidApplicationNameException",
                json!({"applicationName": "a b"}),
            ),
            (
                "CreateApplication",
                "InvalidApplicationNameException",
                json!({"applicationName": "a/b"}),
            ),
            (
                "CreateApplication",
                "InvalidApplicationNameException",
                json!({"applicationName": "a:b"}),
            ),
            (
                "CreateApplication",
                "ApplicationAlreadyExistsException",
                json!({"applicationName": "s"}),
            ),
            (
                "CreateApplication",
                "InvalidComputePlatformException",
                json!({"applicationName": "new", "computePlatform": "Docker"}),
            ),
            (
                "GetApplication",
                "ApplicationDoesNotExistException",
                json!({"applicationName": "S"}),
            ),
            (
                "UpdateApplication",
                "ApplicationNameRequiredException",
                json!({}),
            ),
            (
                "UpdateApplication",
                "InvalidApplicationNameException",
                json!({"applicationName": "s", "newApplicationName": "a b"}),
            ),
            (
                "UpdateApplication",
                "ApplicationDoesNotExistException",
                json!({"applicationName": "x", "newApplicationName": "y"}),
            ),
            (
                "UpdateApplication",
                "ApplicationAlreadyExistsException",
                json!({"applicationName": "s", "newApplicationName": "l"}),
            ),
            (
                "BatchGetApplications",
                "ApplicationNameRequiredException",
                json!({"applicationNames": []}),
            ),
            (
                "BatchGetApplications",
                "BatchLimitExceededException",
                json!({"applicationNames": many(101)}),
            ),
            (
                "CreateApplication",
                "InvalidTagsToAddException",
                tags(json!([tag("aws:k", "v")])),
            ),
            (
                "CreateApplication",
                "InvalidTagsToAddException",
                tags(json!([tag(&long(129), "v")])),
            ),
            (
                "CreateApplication",
                "InvalidTagsToAddException",
                tags(json!([tag("k", &long(257))])),
            ),
            (
                "CreateApplication",
                "InvalidTagsToAddException",
                tags(json!([tag("k", "1"), tag("k", "2")])),
            ),
            (
                "CreateApplication",
                "InvalidTagsToAddException",
                tags(json!(full)),
            ),
            (
                "CreateDeploymentGroup",
                "InvalidTagsToAddException",
                of(json!({"tags": [tag("k", "1"), tag("k", "2")]})),
            ),
            (
                "TagResource",
                "ResourceArnRequiredException",
                tagged("", some.clone()),
            ),
            (
                "TagResource",
                "InvalidArnException",
                tagged("s", some.clone()),
            ),
            (
                "TagResource",
                "ArnNotSupportedException",
                tagged("arn:aws:s3:::b", some.clone()),
            ),
            (
                "TagResource",
                "ArnNotSupportedException",
                tagged(&arn("instance/i_0123456789"), some.clone()),
            ),
            (
                "TagResource",
                "ApplicationDoesNotExistException",
                tagged(&arn("application:x"), some.clone()),
            ),
            (
                "TagResource",
                "ApplicationDoesNotExistException",
                tagged(&arn("deploymentgroup:x/g"), some.clone()),
            ),
            (
                "TagResource",
                "DeploymentGroupDoesNotExistException",
                tagged(&arn("deploymentgroup:s/x"), some.clone()),
            ),
            (
                "TagResource",
                "DeploymentConfigDoesNotExistException",
                tagged(&arn("deploymentconfig:x"), some.clone()),
            ),
            (
                "TagResource",
                "TagRequiredException",
                tagged(&app, json!([])),
            ),
            (
                "TagResource",
                "InvalidTagsToAddException",
                tagged(&app, json!([tag("aws:k", "v")])),
            ),
            (
                "TagResource",
                "InvalidTagsToAddException",
                tagged(&app, json!([tag(&long(129), "v")])),
            ),
            (
                "TagResource",
                "InvalidTagsToAddException",
                tagged(&app, json!([tag("k", "1"), tag("k", "2")])),
            ),
            (
                "TagResource",
                "InvalidTagsToAddException",
                tagged(&app, json!(full)),
            ),
            (
                "UntagResource",
                "TagRequiredException",
                json!({"ResourceArn": app, "TagKeys": []}),
            ),
            (
                "UntagResource",
                "ResourceArnRequiredException",
                json!({"ResourceArn": "", "TagKeys": ["k"]}),
            ),
            (
                "ListTagsForResource",
                "ResourceArnRequiredException",
                json!({"ResourceArn": ""}),
            ),
            (
                "ListTagsForResource",
                "InvalidArnException",
                json!({"ResourceArn": "s"}),
            ),
            (
                "ListTagsForResource",
                "ArnNotSupportedException",
                json!({"ResourceArn": "arn:aws:s3:::b"}),
            ),
        ],
    )
    .await;
}
