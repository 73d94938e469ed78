//! GitLab's payloads, of gitlab.com and of hosts of one's own.
//!
//! Source: GitLab's documentation, "Webhook events"; contract, codebuild section 12.2.

use super::news::{News, Read, Request, files, is_nothing, known, text, trigger};
use serde_json::Value;

pub fn read(payload: &Value) -> Read {
    match known(payload, "/object_kind").as_str() {
        "push" | "tag_push" => push(payload),
        "merge_request" => merge_request(payload),
        other => Read::ignored(format!("no build comes of the event '{other}'")),
    }
}

fn about(payload: &Value, event: &'static str) -> News {
    News {
        event: event.into(),
        actor: text(payload, "/user_id").unwrap_or_else(|| known(payload, "/user/id")),
        repository: known(payload, "/project/name"),
        organization: text(payload, "/project/namespace"),
        clone: text(payload, "/project/git_http_url"),
        ..News::default()
    }
}

fn push(payload: &Value) -> Read {
    let after = known(payload, "/after");
    if is_nothing(&after) {
        return Read::ignored("a branch or a tag was deleted");
    }
    let head = known(payload, "/ref");
    let commit = text(payload, "/checkout_sha").unwrap_or(after);
    let commits = payload.get("commits").and_then(Value::as_array);
    let newest = commits
        .into_iter()
        .flatten()
        .find(|of| known(of, "/id") == commit);
    Read::News(Box::new(News {
        trigger: trigger(&head),
        head,
        files: files(payload.get("commits")),
        message: newest.and_then(|of| text(of, "/message")),
        version: commit,
        previous: text(payload, "/before"),
        ..about(payload, "PUSH")
    }))
}

fn merge_request(payload: &Value) -> Read {
    let at = |name: &str| known(payload, &format!("/object_attributes/{name}"));
    let event = match at("action").as_str() {
        "open" => "PULL_REQUEST_CREATED",
        // Without a new commit something else was changed, such as a label.
        "update" if !at("oldrev").is_empty() => "PULL_REQUEST_UPDATED",
        "reopen" => "PULL_REQUEST_REOPENED",
        "merge" => "PULL_REQUEST_MERGED",
        "close" => "PULL_REQUEST_CLOSED",
        other => return Read::ignored(format!("a merge request was '{other}'")),
    };
    let number = at("iid");
    Read::News(Box::new(News {
        head: format!("refs/heads/{}", at("source_branch")),
        base: Some(format!("refs/heads/{}", at("target_branch"))),
        message: text(payload, "/object_attributes/last_commit/message"),
        version: format!("pr/{number}"),
        trigger: format!("pr/{number}"),
        merge: text(payload, "/object_attributes/merge_commit_sha"),
        request: Some(Request {
            from_fork: at("source_project_id") != at("target_project_id"),
            trusted: None,
        }),
        commit: text(payload, "/object_attributes/last_commit/id"),
        number: Some(number),
        ..about(payload, event)
    }))
}
