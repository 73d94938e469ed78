//! StartSandbox (contract codebuild §3.8, §12.5).

use super::sample::{created, project_arn};
use crate::support::caller::{CODEBUILD, Caller, both};
use expect_test::expect;
use serde_json::json;

#[tokio::test]
async fn a_sandbox_is_queued_in_the_answer() {
    // contract codebuild §3.8: {"sandbox": …}, QUEUED; §12.5: members
    let shown = both(CODEBUILD, async |caller| {
        created(&caller, "hello").await;
        let input = json!({"projectName": project_arn("hello")});
        let started = caller.ok("StartSandbox", input).await;
        // A sandbox is no build.
        assert_eq!(caller.ok("ListBuilds", json!({})).await["ids"], json!([]));
        started
    });
    expect![[""]].assert_eq(&shown.await);
}

#[tokio::test]
async fn a_token_starts_one_sandbox() {
    // contract codebuild §1.3
    let caller = Caller::new(CODEBUILD).await;
    created(&caller, "hello").await;
    created(&caller, "other").await;
    let input = json!({"projectName": "hello", "idempotencyToken": "t"});
    let first = caller.ok("StartSandbox", input.clone()).await;
    assert_eq!(caller.ok("StartSandbox", input).await, first);
    let input = json!({"projectName": "other", "idempotencyToken": "t"});
    let said = caller.refused("StartSandbox", input).await;
    assert!(said.message.contains("parameter mismatch"), "{said:?}");
}

#[tokio::test]
async fn a_project_is_needed_and_has_to_be_there() {
    // contract codebuild §3.8: absent is InvalidInput; §1.1
    let caller = Caller::new(CODEBUILD).await;
    let said = "Project name is required";
    caller
        .expect_refusal("StartSandbox", json!({}), "InvalidInputException", said)
        .await;
    let said = "Project cannot be found: arn:aws:codebuild:us-east-1:000000000000:project/nobody";
    let input = json!({"projectName": "nobody"});
    caller
        .expect_refusal("StartSandbox", input, "ResourceNotFoundException", said)
        .await;
}
