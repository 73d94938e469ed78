//! DeleteWebhook (contract codepipeline §3.4, §8.1).

use super::sample::created;
use super::webhook::{deliver, only, put, webhook};
use crate::support::caller::{CODEPIPELINE, Caller, both, tags};
use serde_json::json;

#[tokio::test]
async fn a_webhook_goes_with_its_tags_and_no_longer_listens() {
    // contract codepipeline §1.1, §2.2, §8.1
    let shown = both(CODEPIPELINE, async |caller| {
        created(&caller, "p").await;
        let body = json!({"webhook": webhook("w"), "tags": tags(&[("a", "1")])});
        let shown = caller.ok("PutWebhook", body).await["webhook"].clone();
        let answer = caller.ok("DeleteWebhook", json!({"name": "w"})).await;
        let listed = caller.ok("ListWebhooks", json!({})).await;
        assert_eq!(listed, json!({"webhooks": []}));
        let delivered = deliver(&caller, &shown, &[], r#"{"ref":"refs/heads/main"}"#).await;
        assert_eq!(delivered.status, http::StatusCode::NOT_FOUND);
        let again = put(&caller, webhook("w")).await;
        assert_eq!(again.get("tags"), None, "{again}");
        answer
    });
    assert_eq!(shown.await, "{}\n");
}

#[tokio::test]
async fn a_webhook_that_is_not_there_is_deleted_just_as_well() {
    // contract codepipeline §3.4
    let caller = Caller::new(CODEPIPELINE).await;
    let answer = caller.ok("DeleteWebhook", json!({"name": "w"})).await;
    assert_eq!(answer, json!({}));
}

#[tokio::test]
async fn webhooks_of_others_and_of_a_deleted_pipeline_stay() {
    // contract codepipeline §3.1: webhooks that target a deleted pipeline stay
    let caller = Caller::new(CODEPIPELINE).await;
    created(&caller, "p").await;
    let shown = put(&caller, webhook("w")).await;
    let elsewhere = caller.in_region("eu-west-1");
    elsewhere.ok("DeleteWebhook", json!({"name": "w"})).await;
    caller.ok("DeletePipeline", json!({"name": "p"})).await;
    assert_eq!(only(&caller).await, shown);
}
