//! Deliveries to webhooks of projects (contract codebuild §12.3).

use super::hooked::{created, filter, located, webhook};
use crate::support::Answer;
use crate::support::caller::{CODEBUILD, Caller, ROLE};
use hmac::{Hmac, KeyInit, Mac};
use http::StatusCode;
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

const COMMIT: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

fn push(branch: &str) -> Value {
    json!({
        "ref": format!("refs/heads/{branch}"), "before": "b".repeat(40), "after": COMMIT, "deleted": false,
        "head_commit": {"id": COMMIT, "message": "a change"}, "commits": [], "sender": {"id": 7},
        "repository": {"name": "repo", "clone_url": "https://github.com/owner/repo.git"},
    })
}

async fn deliver(caller: &Caller, hook: &Value, headers: &[(&str, &str)], body: &str) -> Answer {
    let url = hook["payloadUrl"].as_str().unwrap();
    let path = &url[url.find("/webhooks?").unwrap()..];
    let mut request = caller.server.post(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(body.to_owned().into()).unwrap();
    caller.server.send(request).await
}

fn signature(hook: &Value, body: &str) -> String {
    let secret = hook["secret"].as_str().unwrap();
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(body.as_bytes());
    format!("sha256={}", hex::encode(mac.finalize().into_bytes()))
}

/// As GitHub sends it.
async fn signed(caller: &Caller, hook: &Value, event: &str, id: &str, body: &Value) -> Answer {
    let body = body.to_string();
    let signature = signature(hook, &body);
    let headers = [
        ("x-github-event", event),
        ("x-github-delivery", id),
        ("x-hub-signature-256", signature.as_str()),
        ("user-agent", "GitHub-Hookshot/044aadd"),
    ];
    deliver(caller, hook, &headers, &body).await
}

async fn builds(caller: &Caller) -> usize {
    let listed = caller.ok("ListBuilds", json!({})).await;
    listed["ids"].as_array().unwrap().len()
}

#[tokio::test]
async fn a_signed_push_starts_a_build_of_its_commit_once() {
    // contract codebuild §6 (webhook variables), §12.2, §12.3
    let caller = Caller::new(CODEBUILD).await;
    created(&caller, "hello", "GITHUB").await;
    let groups = json!([[
        filter("EVENT", "PUSH"),
        filter("HEAD_REF", "^refs/heads/main$")
    ]]);
    let body = json!({"projectName": "hello", "manualCreation": true, "filterGroups": groups});
    let hook = webhook(&caller, body).await;
    let answer = signed(&caller, &hook, "push", "d1", &push("main")).await;
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    let id = answer.json()["buildId"].clone();
    let got = caller.ok("BatchGetBuilds", json!({"ids": [id]})).await;
    let build = &got["builds"][0];
    assert_eq!(build["sourceVersion"], COMMIT);
    assert_eq!(build["initiator"], "GitHub-Hookshot/044aadd");
    let variables = build["environment"]["environmentVariables"]
        .as_array()
        .unwrap();
    let named = |name: &str| {
        let mut found = variables.iter().filter(|of| of["name"] == name);
        found
            .next()
            .map(|of| of["value"].as_str().unwrap().to_owned())
    };
    assert_eq!(named("CODEBUILD_WEBHOOK_EVENT").as_deref(), Some("PUSH"));
    assert_eq!(
        named("CODEBUILD_WEBHOOK_HEAD_REF").as_deref(),
        Some("refs/heads/main")
    );
    assert_eq!(
        named("CODEBUILD_WEBHOOK_TRIGGER").as_deref(),
        Some("branch/main")
    );
    assert_eq!(
        named("CODEBUILD_WEBHOOK_ACTOR_ACCOUNT_ID").as_deref(),
        Some("7")
    );
    assert_eq!(named("CODEBUILD_WEBHOOK_BASE_REF"), None);
    let again = signed(&caller, &hook, "push", "d1", &push("main")).await;
    assert_eq!(again.json()["buildId"], id);
    let other = signed(&caller, &hook, "push", "d2", &push("topic")).await;
    assert_eq!(other.status, StatusCode::OK);
    assert!(other.text().contains("no filter group"), "{other:?}");
    let ping = signed(&caller, &hook, "ping", "d3", &json!({"zen": "z"})).await;
    assert_eq!(ping.status, StatusCode::OK);
    assert_eq!(builds(&caller).await, 1);
}

// Witness: contract codebuild §12.3, 5: StartBuildBatch for BUILD_BATCH, with the commit, the sender and the variables.
#[tokio::test]
async fn a_push_starts_one_batch_where_batches_are_asked_for() {
    let caller = Caller::new(CODEBUILD).await;
    created(&caller, "hello", "GITHUB").await;
    let config = json!({"serviceRole": ROLE});
    let body = json!({"name": "hello", "buildBatchConfig": config});
    caller.ok("UpdateProject", body).await;
    let body = json!({"projectName": "hello", "manualCreation": true, "buildType": "BUILD_BATCH"});
    let hook = webhook(&caller, body).await;
    let answer = signed(&caller, &hook, "push", "d1", &push("main")).await;
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    let id = answer.json()["buildBatchId"].clone();
    let got = caller
        .ok("BatchGetBuildBatches", json!({"ids": [id]}))
        .await;
    let batch = &got["buildBatches"][0];
    assert_eq!(batch["sourceVersion"], COMMIT);
    assert_eq!(batch["initiator"], "GitHub-Hookshot/044aadd");
    let variables = batch["environment"]["environmentVariables"].as_array();
    let head = json!({"name": "CODEBUILD_WEBHOOK_HEAD_REF", "value": "refs/heads/main", "type": "PLAINTEXT"});
    assert!(variables.unwrap().contains(&head), "{variables:?}");
    let again = signed(&caller, &hook, "push", "d1", &push("main")).await;
    assert_eq!(again.json()["buildBatchId"], id);
    let changed = signed(&caller, &hook, "push", "d1", &push("topic")).await;
    assert_eq!(changed.status, StatusCode::BAD_REQUEST, "{changed:?}");
    let listed = caller.ok("ListBuildBatches", json!({})).await;
    assert_eq!(listed["ids"], json!([id]));
    assert_eq!(builds(&caller).await, 0);
}

// Witness: contract codebuild §3.3, §12.3: what StartBuildBatch refuses is not started by a delivery, which learns why.
#[tokio::test]
async fn a_project_without_a_batch_config_starts_no_batch() {
    let caller = Caller::new(CODEBUILD).await;
    created(&caller, "hello", "GITHUB").await;
    let body = json!({"projectName": "hello", "manualCreation": true, "buildType": "BUILD_BATCH"});
    let hook = webhook(&caller, body).await;
    let answer = signed(&caller, &hook, "push", "d1", &push("main")).await;
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    assert!(answer.text().contains("buildBatchConfig"), "{answer:?}");
    let listed = caller.ok("ListBuildBatches", json!({})).await;
    assert_eq!(listed["ids"], json!([]));
    assert_eq!(builds(&caller).await, 0);
}

#[tokio::test]
async fn what_is_not_signed_starts_nothing_and_learns_nothing() {
    // contract codebuild §12.3, steps 1 and 2
    let caller = Caller::new(CODEBUILD).await;
    created(&caller, "hello", "GITHUB").await;
    let body = json!({"projectName": "hello", "manualCreation": true});
    let hook = webhook(&caller, body).await;
    let text = push("main").to_string();
    let wrong = signature(&json!({"secret": "other"}), &text);
    for headers in [
        vec![("x-github-event", "push")],
        vec![
            ("x-github-event", "push"),
            ("x-hub-signature-256", wrong.as_str()),
        ],
    ] {
        let answer = deliver(&caller, &hook, &headers, &text).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        let garbage = deliver(&caller, &hook, &headers, "{").await;
        assert_eq!(
            (garbage.status, garbage.text()),
            (answer.status, answer.text())
        );
    }
    let unknown = json!({"payloadUrl": "http://h/webhooks?t=none&v=1"});
    let answer = deliver(&caller, &unknown, &[], &text).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    let broken = signature(&hook, "{");
    let headers = [
        ("x-github-event", "push"),
        ("x-hub-signature-256", broken.as_str()),
    ];
    let answer = deliver(&caller, &hook, &headers, "{").await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert_eq!(builds(&caller).await, 0);
}

#[tokio::test]
async fn a_pull_request_of_a_stranger_is_not_built_and_a_members_is() {
    // contract codebuild §12.1 pullRequestBuildPolicy, §12.3 steps 4 and 5
    let caller = Caller::new(CODEBUILD).await;
    created(&caller, "hello", "GITHUB").await;
    let body = json!({"projectName": "hello", "manualCreation": true});
    let hook = webhook(&caller, body).await;
    let request = |association: &str| {
        json!({"action": "opened", "sender": {"id": 7}, "repository": {"name": "repo"}, "pull_request": {
            "number": 5, "merged": false, "author_association": association,
            "head": {"ref": "topic", "repo": {"id": 2}}, "base": {"ref": "main", "repo": {"id": 1}}}})
    };
    let stranger = signed(&caller, &hook, "pull_request", "d1", &request("NONE")).await;
    assert!(
        stranger.text().contains("needs an approval"),
        "{stranger:?}"
    );
    let member = signed(&caller, &hook, "pull_request", "d2", &request("MEMBER")).await;
    let id = member.json()["buildId"].clone();
    let got = caller.ok("BatchGetBuilds", json!({"ids": [id]})).await;
    assert_eq!(got["builds"][0]["sourceVersion"], "pr/5");
    assert_eq!(builds(&caller).await, 1);
}

#[tokio::test]
async fn a_bitbucket_push_needs_no_signature() {
    // contract codebuild §12.3 step 2
    let caller = Caller::new(CODEBUILD).await;
    created(&caller, "hello", "BITBUCKET").await;
    let hook = webhook(&caller, json!({"projectName": "hello"})).await;
    let change = json!({"new": {"type": "branch", "name": "main", "target": {"hash": COMMIT, "message": "m"}}});
    let body = json!({"push": {"changes": [change]}, "actor": {"account_id": "a"}, "repository": {"name": "r"}});
    let headers = [("x-event-key", "repo:push")];
    let answer = deliver(&caller, &hook, &headers, &body.to_string()).await;
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    assert_eq!(builds(&caller).await, 1);
}

/// A pull request of a stranger's, and comments on it.
fn stranger(commit: &str) -> Value {
    json!({"action": "opened", "sender": {"id": 7}, "repository": {"name": "repo"}, "pull_request": {
        "number": 5, "merged": false, "author_association": "NONE",
        "head": {"ref": "topic", "sha": commit, "repo": {"id": 2}}, "base": {"ref": "main", "repo": {"id": 1}}}})
}

fn comment(text: &str, association: &str) -> Value {
    json!({"action": "created", "sender": {"id": 1}, "repository": {"name": "repo"},
        "issue": {"number": 5, "pull_request": {"url": "u"}}, "comment": {"body": text, "author_association": association}})
}

#[tokio::test]
async fn a_comment_of_somebody_who_may_write_lets_a_pull_request_be_built_once() {
    // contract codebuild §12.1 pullRequestBuildPolicy, §12.3 step 4: an approval comment with the commit
    let caller = Caller::new(CODEBUILD).await;
    created(&caller, "hello", "GITHUB").await;
    let body = json!({"projectName": "hello", "manualCreation": true});
    let hook = webhook(&caller, body).await;
    let approve = format!("/codebuild_run({COMMIT})");
    let said = async |id: &str, text: &str, association: &str| {
        let body = comment(text, association);
        signed(&caller, &hook, "issue_comment", id, &body).await
    };
    let early = said("d1", &approve, "OWNER").await;
    assert!(
        early.text().contains("no pull request 5 waits"),
        "{early:?}"
    );
    let asked = signed(&caller, &hook, "pull_request", "d2", &stranger(COMMIT)).await;
    assert!(asked.text().contains(&approve), "{asked:?}");
    for (id, text, association, why) in [
        ("d3", approve.as_str(), "CONTRIBUTOR", "may not approve"),
        (
            "d4",
            "/codebuild_run(bbbbbbbbbb)",
            "OWNER",
            "not the newest commit",
        ),
        ("d5", "Well done.", "OWNER", "approves nothing"),
    ] {
        let refused = said(id, text, association).await;
        assert_eq!(refused.status, StatusCode::OK);
        assert!(refused.text().contains(why), "{refused:?}");
    }
    assert_eq!(builds(&caller).await, 0);
    let approved = said("d6", &approve, "COLLABORATOR").await;
    let id = approved.json()["buildId"].clone();
    let got = caller.ok("BatchGetBuilds", json!({"ids": [id]})).await;
    let version = format!("pr/5^{{{COMMIT}}}");
    assert_eq!(got["builds"][0]["sourceVersion"], version);
    let again = said("d7", &approve, "OWNER").await;
    assert!(
        again.text().contains("no pull request 5 waits"),
        "{again:?}"
    );
    assert_eq!(builds(&caller).await, 1);
}

fn git(dir: &Path, arguments: &[&str]) -> String {
    let output = Command::new("git")
        .args(["-c", "user.name=t", "-c", "user.email=t@example.com"])
        .args(arguments)
        .current_dir(dir)
        .output()
        .unwrap();
    assert!(output.status.success(), "{arguments:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// A repository whose pull request 5 changes `src/a`, with a message; its `main` has changed `docs/b` meanwhile.
fn repository() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path();
    git(dir, &["init", "--quiet", "--initial-branch=main"]);
    let commit = |file: &str, message: &str| {
        let path = dir.join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, message).unwrap();
        git(dir, &["add", "."]);
        git(dir, &["commit", "--quiet", "-m", message]);
    };
    commit("docs/a", "first");
    git(dir, &["checkout", "--quiet", "-b", "topic"]);
    commit("src/a", "build me");
    git(dir, &["update-ref", "refs/pull/5/head", "HEAD"]);
    git(dir, &["checkout", "--quiet", "main"]);
    commit("docs/b", "second");
    folder
}

#[tokio::test]
async fn changed_paths_and_the_message_of_a_pull_request_are_asked_of_its_repository() {
    // contract codebuild §12.2: FILE_PATH and COMMIT_MESSAGE apply to pull requests
    let caller = Caller::new(CODEBUILD).await;
    let repository = repository();
    let at = repository.path().to_str().unwrap();
    located(&caller, "hello", "GITHUB", at).await;
    let body = json!({"projectName": "hello", "manualCreation": true});
    let hook = webhook(&caller, body).await;
    let mut request = stranger(COMMIT);
    request["pull_request"]["author_association"] = json!("OWNER");
    for (delivery, (kind, pattern, excluded, starts)) in [
        ("FILE_PATH", "^src/", false, true),
        ("FILE_PATH", "^docs/", false, false),
        ("FILE_PATH", "^docs/", true, true),
        ("FILE_PATH", "^src/", true, false),
        ("COMMIT_MESSAGE", "^build", false, true),
        ("COMMIT_MESSAGE", "^second", false, false),
    ]
    .into_iter()
    .enumerate()
    {
        let looked_at =
            json!({"type": kind, "pattern": pattern, "excludeMatchedPattern": excluded});
        let groups = json!([[filter("EVENT", "PULL_REQUEST_CREATED"), looked_at]]);
        let body = json!({"projectName": "hello", "filterGroups": groups});
        caller.ok("UpdateWebhook", body).await;
        let id = format!("d{delivery}");
        let answer = signed(&caller, &hook, "pull_request", &id, &request).await;
        assert_eq!(answer.status, StatusCode::OK);
        let started = answer.json().get("buildId").is_some();
        assert_eq!(started, starts, "{kind} {pattern} {excluded}: {answer:?}");
    }
    drop(repository);
    let gone = signed(&caller, &hook, "pull_request", "gone", &request).await;
    let said = "Nothing starts: filters look at the changes of pr/5, and these cannot be had: repository not found.";
    assert!(gone.text().contains(said), "{gone:?}");
    assert_eq!(builds(&caller).await, 3);
}
