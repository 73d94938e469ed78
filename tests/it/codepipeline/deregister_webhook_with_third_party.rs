//! DeregisterWebhookWithThirdParty (contract codepipeline §3.4, §8.1).

use super::sample::created;
use super::webhook::{only, put, webhook};
use crate::support::caller::{CODEPIPELINE, Caller, both};
use serde_json::json;

#[tokio::test]
async fn the_error_of_a_registration_goes() {
    // contract codepipeline §8.1; our reading: nothing is registered anywhere
    let shown = both(CODEPIPELINE, async |caller| {
        created(&caller, "p").await;
        let before = put(&caller, webhook("w")).await;
        let body = json!({"webhookName": "w"});
        caller
            .ok("RegisterWebhookWithThirdParty", body.clone())
            .await;
        let operation = "DeregisterWebhookWithThirdParty";
        let answer = caller.ok(operation, body.clone()).await;
        assert_eq!(only(&caller).await, before);
        assert_eq!(caller.ok(operation, body).await, answer);
        answer
    });
    assert_eq!(shown.await, "{}\n");
}

#[tokio::test]
async fn a_webhook_that_is_not_there_is_not_found() {
    // contract codepipeline §3.4; the text is ours
    let caller = Caller::new(CODEPIPELINE).await;
    let operation = "DeregisterWebhookWithThirdParty";
    let said = "The webhook 'w' does not exist";
    let body = json!({"webhookName": "w"});
    let code = "WebhookNotFoundException";
    caller.expect_refusal(operation, body, code, said).await;
    let said = "1 validation error detected: Value at 'webhookName' failed to satisfy constraint: Member must not be null";
    let code = "ValidationException";
    caller
        .expect_refusal(operation, json!({}), code, said)
        .await;
}
