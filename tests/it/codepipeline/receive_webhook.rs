//! Deliveries to webhooks (contract codepipeline §8.2).

use super::sample::created;
use super::webhook::{deliver, git_pipeline, only, put, signed, started, webhook};
use crate::support::caller::{CODEPIPELINE, Caller, with};
use hmac::{Hmac, KeyInit, Mac};
use http::{Method, StatusCode};
use http_body_util::Full;
use serde_json::{Value, json};
use slipway::aws::{Account, Region, Scope};

const MAIN: &str = r#"{"ref":"refs/heads/main"}"#;
const TOPIC: &str = r#"{"ref":"refs/heads/topic"}"#;

/// As GitHub signs.
pub fn sha1(secret: &str, body: &str) -> String {
    let mut mac = Hmac::<sha1::Sha1>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(body.as_bytes());
    format!("sha1={}", hex::encode(mac.finalize().into_bytes()))
}

fn sha256(secret: &str, body: &str) -> String {
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(body.as_bytes());
    format!("sha256={}", hex::encode(mac.finalize().into_bytes()))
}

async fn with_webhook(definition: Value) -> (Caller, Value) {
    let caller = Caller::new(CODEPIPELINE).await;
    created(&caller, "p").await;
    let shown = put(&caller, definition).await;
    (caller, shown)
}

#[tokio::test]
async fn a_match_starts_an_execution_and_is_remembered() {
    // contract codepipeline §5.4, §8.2 step 4
    let (caller, shown) = with_webhook(webhook("w")).await;
    let answer = deliver(&caller, &shown, &[], MAIN).await;
    assert_eq!(answer.status, StatusCode::OK);
    let arn = "arn:aws:codepipeline:us-east-1:000000000000:webhook:w";
    let id = answer.json()["pipelineExecutionId"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(started(&caller).await, [(id.clone(), arn.to_owned())]);
    let body = json!({"pipelineName": "p", "pipelineExecutionId": id});
    let execution = caller.ok("GetPipelineExecution", body).await;
    let begun = &execution["pipelineExecution"];
    let trigger = json!({"triggerType": "Webhook", "triggerDetail": arn});
    assert_eq!(begun["trigger"], trigger);
    assert!(only(&caller).await["lastTriggered"].is_number());
    deliver(&caller, &shown, &[], MAIN).await;
    assert_eq!(started(&caller).await.len(), 2);
}

#[tokio::test]
async fn without_a_match_nothing_starts_and_the_answer_is_200() {
    // contract codepipeline §8.2 step 4
    let (caller, shown) = with_webhook(webhook("w")).await;
    for body in [TOPIC, "{}", "[]", "7"] {
        let answer = deliver(&caller, &shown, &[], body).await;
        assert_eq!(answer.status, StatusCode::OK, "{body}");
        assert!(
            answer.text().contains("'$.ref' does not match"),
            "{answer:?}"
        );
    }
    assert_eq!(started(&caller).await, []);
    assert_eq!(only(&caller).await, shown);
}

#[tokio::test]
async fn values_of_the_target_actions_configuration_stand_in_filters() {
    // contract codepipeline §8.2 step 3
    let caller = Caller::new(CODEPIPELINE).await;
    git_pipeline(&caller).await;
    let filters = json!([
        {"jsonPath": "$.ref", "matchEquals": "refs/heads/{Branch}"},
        {"jsonPath": "$.repository.full_name", "matchEquals": "{Owner}/{Repo}"},
    ]);
    let git = with(webhook("w"), "/targetAction", json!("Git"));
    let shown = put(&caller, with(git, "/filters", filters)).await;
    let body = r#"{"ref":"refs/heads/main","repository":{"full_name":"o/r"}}"#;
    deliver(&caller, &shown, &[], body).await;
    assert_eq!(started(&caller).await.len(), 1);
    for (one, other) in [("o/r", "o/x"), ("main", "topic")] {
        deliver(&caller, &shown, &[], &body.replace(one, other)).await;
    }
    assert_eq!(started(&caller).await.len(), 1);
}

#[tokio::test]
async fn the_delivered_commit_pins_a_git_source() {
    // contract codepipeline §8.2; our reading of the payload: GitHub's push event
    let caller = Caller::new(CODEPIPELINE).await;
    git_pipeline(&caller).await;
    let shown = put(&caller, with(webhook("w"), "/targetAction", json!("Git"))).await;
    let commit = "0d1a26e67d8f5eaf1f6ba5c57fc3c7d91ac0fd1c";
    let body = json!({"ref": "refs/heads/main", "head_commit": {"id": commit}});
    let answer = deliver(&caller, &shown, &[], &body.to_string()).await;
    let scope = Scope::new(
        Account::parse("000000000000").unwrap(),
        Region::parse("us-east-1").unwrap(),
    );
    let id = answer.json()["pipelineExecutionId"]
        .as_str()
        .unwrap()
        .to_owned();
    let tables = &caller.server.app.codepipeline.tables;
    let execution = tables
        .find_execution(&(scope, "p".to_owned()), &id, caller.server.app.now())
        .unwrap();
    assert_eq!(execution.pins["Git"].revision.as_deref(), Some(commit));
}

#[tokio::test]
async fn a_signed_delivery_starts_and_any_other_is_refused() {
    // contract codepipeline §8.2 step 2
    let (caller, shown) = with_webhook(signed("w", "hush")).await;
    let (good, strong) = (sha1("hush", MAIN), sha256("hush", MAIN));
    let (foreign, other) = (sha1("guess", MAIN), sha1("hush", TOPIC));
    for headers in [
        vec![],
        vec![("x-hub-signature", foreign.as_str())],
        vec![("x-hub-signature", other.as_str())],
        vec![("x-hub-signature-256", good.as_str())],
        vec![("authorization", "hush")],
    ] {
        let answer = deliver(&caller, &shown, &headers, MAIN).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{headers:?}");
        assert!(!answer.text().contains("hush"), "{answer:?}");
    }
    assert_eq!(started(&caller).await, []);
    assert_eq!(only(&caller).await, shown);
    for headers in [
        [("x-hub-signature", good.as_str())],
        [("X-Hub-Signature-256", strong.as_str())],
    ] {
        let answer = deliver(&caller, &shown, &headers, MAIN).await;
        assert_eq!(answer.status, StatusCode::OK, "{headers:?}");
    }
    assert_eq!(started(&caller).await.len(), 2);
}

#[tokio::test]
async fn the_senders_address_must_be_in_the_range() {
    // contract codepipeline §8.2 step 2; headers about the sender are not believed
    let caller = Caller::new(CODEPIPELINE).await;
    created(&caller, "p").await;
    for (name, range, status) in [
        ("here", "127.0.0.0/8", StatusCode::OK),
        ("there", "203.0.113.0/24", StatusCode::FORBIDDEN),
    ] {
        let body = with(webhook(name), "/authentication", json!("IP"));
        let body = with(
            body,
            "/authenticationConfiguration",
            json!({"AllowedIPRange": range}),
        );
        let shown = put(&caller, body).await;
        let forwarded = [("x-forwarded-for", "203.0.113.7")];
        let answer = deliver(&caller, &shown, &forwarded, MAIN).await;
        assert_eq!(answer.status, status, "{name}");
    }
    assert_eq!(started(&caller).await.len(), 1);
}

#[tokio::test]
async fn other_methods_unknown_tokens_and_other_bodies_are_refused() {
    // contract codepipeline §8.2 step 1
    let (caller, shown) = with_webhook(webhook("w")).await;
    let url = shown["url"].as_str().unwrap();
    let path = &url[url.find("/_slipway").unwrap()..];
    for method in [Method::GET, Method::PUT, Method::DELETE] {
        let request = caller.server.request(method, path);
        let answer = caller.server.send(request.body(Full::default()).unwrap());
        let answer = answer.await;
        assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
        assert_eq!(answer.header("allow"), Some("POST"));
    }
    for path in [
        "/_slipway/webhooks/",
        "/_slipway/webhooks/nope",
        &path[..path.len() - 1],
    ] {
        let request = caller.server.post(path).body(MAIN.to_owned().into());
        let answer = caller.server.send(request.unwrap()).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
    }
    let deep = "[".repeat(200) + &"]".repeat(200);
    for body in ["", "ref=main", "{", &deep] {
        let answer = deliver(&caller, &shown, &[], body).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{body}");
    }
    let long = format!("\"{}\"", "x".repeat(10 << 20));
    let answer = deliver(&caller, &shown, &[], &long).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(started(&caller).await, []);
}

#[tokio::test]
async fn a_pipeline_or_action_that_is_gone_starts_nothing() {
    // contract codepipeline §3.1: webhooks stay; the answers are ours
    let (caller, shown) = with_webhook(webhook("w")).await;
    let mut renamed = super::sample::pipeline("p");
    renamed["stages"][0]["actions"][0]["name"] = json!("Other");
    caller
        .ok("UpdatePipeline", json!({"pipeline": renamed}))
        .await;
    let answer = deliver(&caller, &shown, &[], MAIN).await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    assert!(answer.text().contains("'Zip'"), "{answer:?}");
    caller.ok("DeletePipeline", json!({"name": "p"})).await;
    let answer = deliver(&caller, &shown, &[], MAIN).await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    assert!(answer.text().contains("'p'"), "{answer:?}");
    assert_eq!(only(&caller).await, shown);
}

#[tokio::test]
async fn a_page_may_not_deliver_and_a_tunnel_may() {
    // product.md §3, browser
    let (caller, shown) = with_webhook(webhook("w")).await;
    let origin = [("origin", "https://evil.example")];
    let answer = deliver(&caller, &shown, &origin, MAIN).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    let url = shown["url"].as_str().unwrap();
    let path = &url[url.find("/_slipway").unwrap()..];
    let request = http::Request::post(path).header("host", "abc.tunnel.example");
    let request = request.body(MAIN.to_owned().into()).unwrap();
    assert_eq!(caller.server.send(request).await.status, StatusCode::OK);
    assert_eq!(started(&caller).await.len(), 1);
}
