//! Badges of projects (contract codebuild §2).

use super::sample::{project, start, stopped, succeed};
use crate::support::caller::{CODEBUILD, Caller, with};
use http::StatusCode;
use serde_json::{Value, json};

/// A project with a badge; the query of the badge's URL.
async fn created(caller: &Caller) -> String {
    let body = with(project("hello"), "/badgeEnabled", json!(true));
    let answer = caller.ok("CreateProject", body).await;
    let url = answer["project"]["badge"]["badgeRequestUrl"].as_str();
    url.unwrap().split_once('?').unwrap().1.to_owned()
}

async fn shown(caller: &Caller, query: &str) -> String {
    let path = format!("/_slipway/badges?{query}");
    let answer = caller.server.get(&path).await;
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    assert_eq!(answer.header("content-type"), Some("image/svg+xml"));
    let text = answer.text();
    let (_, title) = text.split_once("<title>build: ").unwrap();
    title.split_once('<').unwrap().0.to_owned()
}

async fn of_version(caller: &Caller, version: &str) -> String {
    let body: Value = json!({"projectName": "hello", "sourceVersion": version});
    let started = caller.ok("StartBuild", body).await;
    started["build"]["id"].as_str().unwrap().to_owned()
}

// Witness: contract codebuild §2: PASSING, FAILING, IN_PROGRESS, UNKNOWN; the default branch is `master`.
#[tokio::test]
async fn a_badge_tells_of_the_newest_build() {
    let caller = Caller::new(CODEBUILD).await;
    let query = created(&caller).await;
    assert_eq!(shown(&caller, &query).await, "unknown");
    let id = start(&caller, "hello").await;
    assert_eq!(shown(&caller, &query).await, "in progress");
    succeed(&caller, &id).await;
    assert_eq!(shown(&caller, &query).await, "passing");
    stopped(&caller, "hello").await;
    assert_eq!(shown(&caller, &query).await, "failing");
}

// Witness: contract codebuild §2: `branch`, also `tag`; an unknown branch gives UNKNOWN.
#[tokio::test]
async fn a_badge_is_of_a_branch_or_a_tag() {
    let caller = Caller::new(CODEBUILD).await;
    let query = created(&caller).await;
    let uuid = query.split_once('&').unwrap().0;
    let id = of_version(&caller, "refs/heads/topic").await;
    succeed(&caller, &id).await;
    of_version(&caller, "v1").await;
    for (asked, expected) in [
        ("branch=topic", "passing"),
        ("tag=v1", "in progress"),
        ("branch=master", "unknown"),
        ("branch=%3C/title%3E%3Cscript%3E", "unknown"),
    ] {
        let query = format!("{uuid}&{asked}");
        assert_eq!(shown(&caller, &query).await, expected, "{asked}");
    }
}

// Witness: contract codebuild §2: GET is anonymous; without a badge there is nothing to learn.
#[tokio::test]
async fn a_badge_that_was_taken_away_tells_nothing() {
    let caller = Caller::new(CODEBUILD).await;
    let query = created(&caller).await;
    start(&caller, "hello").await;
    let body = json!({"name": "hello", "badgeEnabled": false});
    caller.ok("UpdateProject", body).await;
    assert_eq!(shown(&caller, &query).await, "unknown");
    assert_eq!(shown(&caller, "uuid=nobody&branch=master").await, "unknown");
    let answer = caller.server.get("/_slipway/badges").await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
}
