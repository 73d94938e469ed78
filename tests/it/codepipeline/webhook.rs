//! A webhook of the sample's source, and deliveries to it.

use super::sample::{create, pipeline, with_secret};
use crate::support::Answer;
use crate::support::caller::{Caller, with};
use serde_json::{Value, json};

/// Without authentication, for pushes to `main`.
pub fn webhook(name: &str) -> Value {
    json!({
        "name": name,
        "targetPipeline": "p",
        "targetAction": "Zip",
        "filters": [{"jsonPath": "$.ref", "matchEquals": "refs/heads/main"}],
        "authentication": "UNAUTHENTICATED",
        "authenticationConfiguration": {},
    })
}

/// The same, signed by GitHub.
pub fn signed(name: &str, secret: &str) -> Value {
    let body = with(webhook(name), "/authentication", json!("GITHUB_HMAC"));
    let secret = json!({"SecretToken": secret});
    with(body, "/authenticationConfiguration", secret)
}

/// Puts a webhook and gives what is shown of it.
pub async fn put(caller: &Caller, webhook: Value) -> Value {
    let answer = caller.ok("PutWebhook", json!({"webhook": webhook})).await;
    answer["webhook"].clone()
}

/// A pipeline `p` whose source is GitHub's, branch `main`.
pub async fn git_pipeline(caller: &Caller) {
    create(caller, with_secret(pipeline("p"), "hush")).await;
}

/// The only webhook there is.
pub async fn only(caller: &Caller) -> Value {
    let listed = caller.ok("ListWebhooks", json!({})).await;
    let webhooks = listed["webhooks"].as_array().unwrap();
    assert_eq!(webhooks.len(), 1, "{listed}");
    webhooks[0].clone()
}

/// The item without its URL, which is of this server and unguessable.
pub fn without_url(caller: &Caller, mut item: Value) -> Value {
    let url = item["url"].as_str().unwrap().to_owned();
    let begin = format!("http://{}/_slipway/webhooks/", caller.server.address);
    let token = url.strip_prefix(&begin).unwrap_or_else(|| panic!("{url}"));
    assert_eq!(token.len(), 40, "{url}");
    assert!(token.bytes().all(|b| b.is_ascii_alphanumeric()), "{url}");
    item["url"] = json!("<url>");
    item
}

/// POSTs a body to the URL of a shown webhook.
pub async fn deliver(
    caller: &Caller,
    webhook: &Value,
    headers: &[(&str, &str)],
    body: &str,
) -> Answer {
    let begin = format!("http://{}", caller.server.address);
    let path = webhook["url"].as_str().unwrap().strip_prefix(&begin);
    let mut request = caller.server.post(path.unwrap());
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(body.to_owned().into()).unwrap();
    caller.server.send(request).await
}

/// Ids of the executions of `p` that webhooks started, with what the trigger says, the newest first.
pub async fn started(caller: &Caller) -> Vec<(String, String)> {
    let listed = caller
        .ok("ListPipelineExecutions", json!({"pipelineName": "p"}))
        .await;
    let all = listed["pipelineExecutionSummaries"].as_array().unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    all.iter()
        .filter(|of| of["trigger"]["triggerType"] == "Webhook")
        .map(|of| {
            let detail = &of["trigger"]["triggerDetail"];
            (text(&of["pipelineExecutionId"]), text(detail))
        })
        .collect()
}
