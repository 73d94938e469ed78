//! DeleteWebhook (contract codebuild §3.5).

use super::hooked::{created, of_project, webhook};
use super::sample::project_arn;
use crate::support::caller::{CODEBUILD, Caller, both};
use serde_json::{Value, json};

#[tokio::test]
async fn the_project_has_no_webhook_any_more() {
    // contract codebuild §3.5
    let shown = both(CODEBUILD, async |caller| {
        created(&caller, "hello", "GITHUB").await;
        let body = json!({"projectName": "hello"});
        let first = webhook(&caller, body.clone()).await;
        let answer = caller.ok("DeleteWebhook", body.clone()).await;
        assert_eq!(of_project(&caller, "hello").await, Value::Null);
        let again = webhook(&caller, body).await;
        assert_ne!(again["payloadUrl"], first["payloadUrl"]);
        answer
    });
    assert_eq!(shown.await, "{}\n");
}

#[tokio::test]
async fn without_a_project_or_webhook_it_is_not_found() {
    // contract codebuild §3.5
    let caller = Caller::new(CODEBUILD).await;
    let body = json!({"projectName": "hello"});
    let arn = project_arn("hello");
    let not_found = "ResourceNotFoundException";
    let said = format!("Project cannot be found: {arn}");
    caller
        .expect_refusal("DeleteWebhook", body.clone(), not_found, &said)
        .await;
    created(&caller, "hello", "GITHUB").await;
    let said = format!("Webhook cannot be found for project: {arn}");
    caller
        .expect_refusal("DeleteWebhook", body, not_found, &said)
        .await;
}
