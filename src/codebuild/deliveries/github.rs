//! GitHub's payloads, of github.com and of Enterprise.
//!
//! Source: GitHub's documentation, "Webhook events and payloads"; contract, codebuild section 12.2 (the mapping of events).

use super::news::{Comment, News, Read, Request, files, known, text, trigger};
use serde_json::Value;

/// `event` is the header `X-GitHub-Event`.
pub fn read(event: &str, payload: &Value) -> Read {
    match event {
        "ping" => Read::ignored("a ping starts nothing"),
        "push" => push(payload),
        "pull_request" => pull_request(payload),
        "issue_comment" => comment(payload),
        "release" => release(payload),
        // Differs from AWS: jobs of GitHub Actions are not run: WORKFLOW_JOB_QUEUED events start no builds.
        "workflow_job" => {
            Read::ignored("jobs of GitHub Actions are not run here: slipway is no runner")
        }
        other => Read::ignored(format!("no build comes of the event '{other}'")),
    }
}

fn about(payload: &Value, event: &'static str) -> News {
    News {
        event: event.into(),
        actor: known(payload, "/sender/id"),
        repository: known(payload, "/repository/name"),
        organization: text(payload, "/organization/login")
            .or_else(|| text(payload, "/repository/owner/login")),
        clone: text(payload, "/repository/clone_url"),
        ..News::default()
    }
}

fn push(payload: &Value) -> Read {
    if payload.get("deleted") == Some(&Value::Bool(true)) {
        return Read::ignored("a branch or a tag was deleted");
    }
    let head = known(payload, "/ref");
    let commit = text(payload, "/head_commit/id").or_else(|| text(payload, "/after"));
    Read::News(Box::new(News {
        trigger: trigger(&head),
        head,
        files: files(payload.get("commits")),
        message: text(payload, "/head_commit/message"),
        version: commit.unwrap_or_default(),
        previous: text(payload, "/before"),
        ..about(payload, "PUSH")
    }))
}

fn pull_request(payload: &Value) -> Read {
    let merged = payload.pointer("/pull_request/merged") == Some(&Value::Bool(true));
    let event = match known(payload, "/action").as_str() {
        "opened" => "PULL_REQUEST_CREATED",
        "synchronize" => "PULL_REQUEST_UPDATED",
        "reopened" => "PULL_REQUEST_REOPENED",
        "closed" if merged => "PULL_REQUEST_MERGED",
        "closed" => "PULL_REQUEST_CLOSED",
        other => return Read::ignored(format!("a pull request was '{other}'")),
    };
    let number = known(payload, "/pull_request/number");
    let at = |side: &str| known(payload, &format!("/pull_request/{side}"));
    Read::News(Box::new(News {
        head: format!("refs/heads/{}", at("head/ref")),
        base: Some(format!("refs/heads/{}", at("base/ref"))),
        version: format!("pr/{number}"),
        trigger: format!("pr/{number}"),
        merge: text(payload, "/pull_request/merge_commit_sha"),
        request: Some(Request {
            from_fork: at("head/repo/id") != at("base/repo/id"),
            trusted: Some(may_write(&at("author_association"))),
        }),
        commit: text(payload, "/pull_request/head/sha"),
        number: Some(number),
        ..about(payload, event)
    }))
}

fn may_write(association: &str) -> bool {
    matches!(association, "OWNER" | "MEMBER" | "COLLABORATOR")
}

/// Pull requests are issues, too.
fn comment(payload: &Value) -> Read {
    let of_request = payload.pointer("/issue/pull_request").is_some();
    if !of_request || known(payload, "/action") != "created" {
        return Read::ignored("no comment was made on a pull request");
    }
    Read::Comment(Comment {
        number: known(payload, "/issue/number"),
        text: known(payload, "/comment/body"),
        trusted: may_write(&known(payload, "/comment/author_association")),
    })
}

fn release(payload: &Value) -> Read {
    let event = match known(payload, "/action").as_str() {
        "released" => "RELEASED",
        "prereleased" => "PRERELEASED",
        other => return Read::ignored(format!("a release was '{other}'")),
    };
    let tag = known(payload, "/release/tag_name");
    let head = format!("refs/tags/{tag}");
    Read::News(Box::new(News {
        trigger: trigger(&head),
        version: head.clone(),
        head,
        tag: Some(tag),
        release: text(payload, "/release/name"),
        ..about(payload, event)
    }))
}
