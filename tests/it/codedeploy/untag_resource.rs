//! UntagResource (contract codedeploy §3.7).

use super::sample::refusals;
use crate::support::caller::{CODEDEPLOY, both};
use crate::support::normal::normalised;
use serde_json::json;

#[tokio::test]
async fn keys_are_taken_away_and_unknown_ones_ignored() {
    // contract codedeploy §3.7
    let shown = both(CODEDEPLOY, async |caller| {
        caller.ok("CreateApplication", json!({"applicationName": "a", "tags": [{"Key": "k", "Value": "v"}, {"Key": "l", "Value": ""}]})).await;
        let arn = "arn:aws:codedeploy:us-east-1:000000000000:application:a";
        let answer = caller
            .ok(
                "UntagResource",
                json!({"ResourceArn": arn, "TagKeys": ["k", "none"]}),
            )
            .await;
        assert_eq!(answer, json!({}));
        let cases = refusals(
            &caller,
            "UntagResource",
            [json!({"ResourceArn": arn, "TagKeys": []})],
        )
        .await;
        json!([
            caller
                .ok("ListTagsForResource", json!({"ResourceArn": arn}))
                .await,
            cases
        ])
    });
    assert_eq!(
        shown.await,
        normalised(json!([{"Tags": [{"Key": "l", "Value": ""}]}, ["TagRequiredException"]]))
    );
}
