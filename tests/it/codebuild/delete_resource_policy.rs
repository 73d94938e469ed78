//! DeleteResourcePolicy (contract codebuild §3.6).

use super::put_resource_policy::shared;
use super::sample::{created, project_arn};
use crate::support::caller::{CODEBUILD, Caller, both};
use serde_json::json;

const DELETE: &str = "DeleteResourcePolicy";

#[tokio::test]
async fn the_answer_is_an_empty_structure_whether_or_not_there_was_a_policy() {
    // contract codebuild §3.6: idempotent
    let shown = both(CODEBUILD, async |caller| {
        created(&caller, "hello").await;
        let arn = project_arn("hello");
        caller
            .ok("PutResourcePolicy", shared(&arn, json!("111111111111")))
            .await;
        for arn in [&arn, &arn, &project_arn("nope")] {
            let body = json!({"resourceArn": arn});
            assert_eq!(caller.ok(DELETE, body).await, json!({}));
        }
        let gone = caller
            .refused("GetResourcePolicy", json!({"resourceArn": arn}))
            .await;
        json!(gone.code)
    });
    assert_eq!(shown.await, "\"ResourceNotFoundException\"\n");
}

#[tokio::test]
async fn what_is_no_arn_is_refused() {
    // contract codebuild §1.1
    let caller = Caller::new(CODEBUILD).await;
    let said = "Invalid ARN provided: 'x' is not the ARN of a project or report group";
    let body = json!({"resourceArn": "x"});
    caller
        .expect_refusal(DELETE, body, "InvalidInputException", said)
        .await;
}
