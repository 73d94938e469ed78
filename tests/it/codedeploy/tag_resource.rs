//! TagResource (contract codedeploy §3.7).

use super::sample::{app, config, group, refusals};
use crate::support::caller::{CODEDEPLOY, both};
use crate::support::normal::normalised;
use serde_json::json;

#[tokio::test]
async fn tags_merge_on_applications_groups_and_configurations() {
    // contract codedeploy §3.7
    let shown = both(CODEDEPLOY, async |caller| {
        app(&caller, "a", "Server").await;
        group(&caller, "a", "g").await;
        config(&caller, "c").await;
        let mut shown = Vec::new();
        for of in ["application:a", "deploymentgroup:a/g", "deploymentconfig:c"] {
            let arn = format!("arn:aws:codedeploy:us-east-1:000000000000:{of}");
            for value in ["1", "2"] {
                let answer = caller
                    .ok(
                        "TagResource",
                        json!({"ResourceArn": arn, "Tags": [{"Key": "k", "Value": value}]}),
                    )
                    .await;
                assert_eq!(answer, json!({}));
            }
            shown.push(
                caller
                    .ok("ListTagsForResource", json!({"ResourceArn": arn}))
                    .await,
            );
        }
        let tagging = |arn: &str| json!({"ResourceArn": arn, "Tags": [{"Key": "k"}]});
        let cases = refusals(&caller, "TagResource", [
            tagging("arn:aws:codedeploy:us-east-1:000000000000:application:b"), tagging("arn:aws:codedeploy:us-east-1:000000000000:deploymentgroup:a/h"), tagging("arn:aws:codedeploy:us-east-1:000000000000:deploymentconfig:d"),
            tagging("arn:aws:codedeploy:us-east-1:000000000000:instance/x_1234567890"), tagging("arn:aws:s3:::b"), tagging("nonsense"), tagging(""),
            json!({"ResourceArn": "arn:aws:codedeploy:us-east-1:000000000000:application:a", "Tags": []}),
        ]).await;
        json!([shown, cases])
    });
    assert_eq!(
        shown.await,
        normalised(
            json!([[{"Tags": [{"Key": "k", "Value": "2"}]}, {"Tags": [{"Key": "k", "Value": "2"}]}, {"Tags": [{"Key": "k", "Value": "2"}]}], [
                "ApplicationDoesNotExistException", "DeploymentGroupDoesNotExistException", "DeploymentConfigDoesNotExistException",
                "ArnNotSupportedException", "ArnNotSupportedException", "InvalidArnException", "ResourceArnRequiredException", "TagRequiredException",
            ]])
        )
    );
}
