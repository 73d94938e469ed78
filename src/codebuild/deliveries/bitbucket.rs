//! Bitbucket's payloads.
//!
//! Source: Bitbucket's documentation, "Event payloads"; contract, codebuild sections 7.2 and 12.2.

use super::news::{News, Read, Request, known, text, trigger};
use serde_json::Value;

/// `event` is the header `X-Event-Key`.
pub fn read(event: &str, payload: &Value) -> Read {
    let event = match event {
        "repo:push" => return push(payload),
        "pullrequest:created" => "PULL_REQUEST_CREATED",
        "pullrequest:updated" => "PULL_REQUEST_UPDATED",
        "pullrequest:fulfilled" => "PULL_REQUEST_MERGED",
        "pullrequest:rejected" => "PULL_REQUEST_CLOSED",
        other => return Read::ignored(format!("no build comes of the event '{other}'")),
    };
    pull_request(event, payload)
}

fn about(payload: &Value, event: &'static str) -> News {
    let full = known(payload, "/repository/full_name");
    let owner = full.split_once('/').map(|(owner, _)| owner.to_owned());
    News {
        event: event.into(),
        actor: known(payload, "/actor/account_id"),
        repository: known(payload, "/repository/name"),
        organization: owner,
        clone: text(payload, "/repository/links/html/href").map(|page| format!("{page}.git")),
        ..News::default()
    }
}

/// A push tells several changes; the first that leaves something counts.
fn push(payload: &Value) -> Read {
    let changes = payload.pointer("/push/changes").and_then(Value::as_array);
    let mut left = changes
        .into_iter()
        .flatten()
        .filter(|change| change.get("new").is_some_and(Value::is_object));
    let Some(change) = left.next() else {
        return Read::ignored("a branch or a tag was deleted");
    };
    let kind = match known(change, "/new/type").as_str() {
        "tag" | "annotated_tag" => "tags",
        _ => "heads",
    };
    let head = format!("refs/{kind}/{}", known(change, "/new/name"));
    Read::News(Box::new(News {
        trigger: trigger(&head),
        head,
        message: text(change, "/new/target/message"),
        version: known(change, "/new/target/hash"),
        previous: text(change, "/old/target/hash"),
        ..about(payload, "PUSH")
    }))
}

/// Pull requests have no refs at Bitbucket: the source branch is built.
fn pull_request(event: &'static str, payload: &Value) -> Read {
    let at = |place: &str| known(payload, &format!("/pullrequest/{place}"));
    let branch = at("source/branch/name");
    Read::News(Box::new(News {
        head: format!("refs/heads/{branch}"),
        base: Some(format!("refs/heads/{}", at("destination/branch/name"))),
        version: format!("refs/heads/{branch}"),
        trigger: format!("pr/{}", at("id")),
        merge: text(payload, "/pullrequest/merge_commit/hash"),
        request: Some(Request {
            from_fork: at("source/repository/full_name") != at("destination/repository/full_name"),
            trusted: None,
        }),
        commit: text(payload, "/pullrequest/source/commit/hash"),
        number: text(payload, "/pullrequest/id"),
        ..about(payload, event)
    }))
}
