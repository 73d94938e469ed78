//! RegisterWebhookWithThirdParty (contract codepipeline §3.4, §8.1).

use super::sample::created;
use super::webhook::{git_pipeline, only, put, signed, webhook};
use crate::support::caller::{CODEPIPELINE, Caller, both, with};
use serde_json::json;

#[tokio::test]
async fn the_call_succeeds_and_the_item_says_that_github_was_not_asked() {
    // contract codepipeline §8.1: failure is shown in the item, the call itself succeeds
    let shown = both(CODEPIPELINE, async |caller| {
        git_pipeline(&caller).await;
        let git = with(signed("w", "hush"), "/targetAction", json!("Git"));
        put(&caller, git).await;
        let body = json!({"webhookName": "w"});
        let answer = caller.ok("RegisterWebhookWithThirdParty", body).await;
        let item = only(&caller).await;
        assert_eq!(item["errorCode"], "RegistrationNotOffered");
        let said = item["errorMessage"].as_str().unwrap();
        assert!(said.contains("by hand"), "{said}");
        answer
    });
    assert_eq!(shown.await, "{}\n");
}

#[tokio::test]
async fn other_targets_than_github_say_so() {
    // contract codepipeline §8.1: works only for GitHub v1 targets
    let caller = Caller::new(CODEPIPELINE).await;
    created(&caller, "p").await;
    put(&caller, webhook("w")).await;
    let body = json!({"webhookName": "w"});
    caller.ok("RegisterWebhookWithThirdParty", body).await;
    assert_eq!(only(&caller).await["errorCode"], "UnsupportedActionType");
    let again = put(&caller, webhook("w")).await;
    assert_eq!(again["errorCode"], "UnsupportedActionType");
}

#[tokio::test]
async fn a_webhook_that_is_not_there_is_not_found() {
    // contract codepipeline §3.4; the text is ours
    let caller = Caller::new(CODEPIPELINE).await;
    let said = "The webhook 'w' does not exist";
    let body = json!({"webhookName": "w"});
    let (operation, code) = ("RegisterWebhookWithThirdParty", "WebhookNotFoundException");
    caller.expect_refusal(operation, body, code, said).await;
    let said = "1 validation error detected: Value at 'webhookName' failed to satisfy constraint: Member must not be null";
    let code = "ValidationException";
    caller
        .expect_refusal(operation, json!({}), code, said)
        .await;
}
