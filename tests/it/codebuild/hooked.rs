//! Projects that can have webhooks, and the parts of an answer that differ from run to run.

use super::sample::project;
use crate::support::caller::{Caller, with};
use serde_json::{Value, json};

/// A project with a source of this type, and a credential for its provider.
pub async fn created(caller: &Caller, name: &str, source: &str) {
    connected(caller, source).await;
    let location = match source {
        "BITBUCKET" => "https://bitbucket.org/owner/repo.git",
        "GITLAB" => "https://gitlab.com/group/sub/repo",
        "GITLAB_SELF_MANAGED" => "https://git.example.com/owner/repo.git",
        "GITHUB_ENTERPRISE" => "https://ghe.example.com/owner/repo",
        _ => "https://github.com/owner/repo.git",
    };
    located(caller, name, source, location).await;
}

/// The same without a credential.
pub async fn located(caller: &Caller, name: &str, source: &str, location: &str) {
    let source = json!({"type": source, "location": location});
    let body = with(project(name), "/source", source);
    caller.ok("CreateProject", body).await;
}

pub async fn connected(caller: &Caller, server: &str) {
    let body = json!({"serverType": server, "authType": "PERSONAL_ACCESS_TOKEN", "token": "t0ken"});
    caller.ok("ImportSourceCredentials", body).await;
}

/// A new webhook as CreateWebhook shows it.
pub async fn webhook(caller: &Caller, body: Value) -> Value {
    caller.ok("CreateWebhook", body).await["webhook"].clone()
}

/// The project's webhook as BatchGetProjects shows it.
pub async fn of_project(caller: &Caller, name: &str) -> Value {
    let got = caller
        .ok("BatchGetProjects", json!({"names": [name]}))
        .await;
    got["projects"][0]["webhook"].clone()
}

/// The webhook without what is random.
pub fn plain(mut webhook: Value) -> Value {
    for (member, mark) in [("payloadUrl", "<payload>"), ("secret", "<secret>")] {
        if webhook.get(member).is_some() {
            webhook[member] = json!(mark);
        }
    }
    if let Some(url) = webhook["url"].as_str() {
        let (before, number) = url.rsplit_once('/').unwrap();
        assert!(number.parse::<u32>().is_ok(), "{url}");
        webhook["url"] = json!(format!("{before}/<number>"));
    }
    webhook
}

pub fn filter(kind: &str, pattern: &str) -> Value {
    json!({"type": kind, "pattern": pattern})
}
