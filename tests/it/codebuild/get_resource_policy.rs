//! GetResourcePolicy (contract codebuild §3.6). What it shows: `put_resource_policy`.

use super::put_resource_policy::shared;
use super::sample::{created, project_arn};
use crate::support::caller::{CODEBUILD, Caller, both};
use serde_json::json;

const GET: &str = "GetResourcePolicy";

#[tokio::test]
async fn the_text_is_shown_as_it_was_put() {
    // contract codebuild §3.6: verbatim
    let shown = both(CODEBUILD, async |caller| {
        created(&caller, "hello").await;
        let arn = project_arn("hello");
        caller
            .ok("PutResourcePolicy", shared(&arn, json!("111111111111")))
            .await;
        caller.ok(GET, json!({"resourceArn": arn})).await
    });
    let put = shared(&project_arn("hello"), json!("111111111111"));
    let expected = json!({"policy": put["policy"]});
    assert_eq!(shown.await, crate::support::normal::normalised(expected));
}

#[tokio::test]
async fn without_a_policy_it_is_not_found() {
    // contract codebuild §3.6
    let caller = Caller::new(CODEBUILD).await;
    created(&caller, "hello").await;
    for arn in [project_arn("hello"), project_arn("nope")] {
        let said = format!("Resource policy cannot be found: {arn}");
        let body = json!({"resourceArn": arn});
        caller
            .expect_refusal(GET, body, "ResourceNotFoundException", &said)
            .await;
    }
    let said = "Invalid ARN provided: 'x' is not the ARN of a project or report group";
    let body = json!({"resourceArn": "x"});
    caller
        .expect_refusal(GET, body, "InvalidInputException", said)
        .await;
}
