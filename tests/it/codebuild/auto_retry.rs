//! Automatic retries (contract codebuild §3.2.2, §4.3, §4.7). The engine stands still; what it asks for is done here.

use super::batched::key;
use super::sample::{build, build_arn, project, start, tell};
use crate::support::caller::{CODEBUILD, Caller, both};
use serde_json::{Value, json};
use slipway::engine::build::event::{Event, Failure};
use slipway::engine::build::state::Phase;
use slipway::engine::world::World;

async fn limited(caller: &Caller, limit: i32) {
    let mut project = project("hello");
    project["autoRetryLimit"] = json!(limit);
    project["concurrentBuildLimit"] = json!(1);
    caller.ok("CreateProject", project).await;
}

async fn fail(caller: &Caller, id: &str) {
    tell(caller, id, Event::Admitted).await;
    let failure = Failure::client("no");
    tell(caller, id, Event::PhaseFailed(Phase::Provisioning, failure)).await;
}

/// Does what a failed build asks for, twice; gives the id of the next build.
async fn retried(caller: &Caller, id: &str) -> Option<String> {
    let (scope, id) = key(id);
    let app = &caller.server.app;
    let next = app.codebuild.state(&scope, &id).unwrap().next_retry?;
    let uuid = next.split_once(':').unwrap().1;
    app.world.retry_build(&scope, &id, uuid).await;
    app.world.retry_build(&scope, &id, uuid).await;
    Some(next)
}

#[tokio::test]
async fn a_failed_build_is_followed_by_linked_ones_up_to_the_limit() {
    // contract codebuild §4.7: up to N times; each carries the links; a new number each
    let shown = both(CODEBUILD, async |caller| {
        limited(&caller, 2).await;
        let first = start(&caller, "hello").await;
        fail(&caller, &first).await;
        let second = retried(&caller, &first).await.unwrap();
        fail(&caller, &second).await;
        let third = retried(&caller, &second).await.unwrap();
        fail(&caller, &third).await;
        assert_eq!(retried(&caller, &third).await, None);
        let mut shown = Vec::new();
        for id in [&first, &second, &third] {
            let build = build(&caller, id).await;
            shown.push(json!([build["buildNumber"], build["autoRetryConfig"]]));
        }
        let links = json!([
            [1, {"autoRetryLimit": 2, "autoRetryNumber": 0, "nextAutoRetry": build_arn(&second)}],
            [2, {
                "autoRetryLimit": 2, "autoRetryNumber": 1, "nextAutoRetry": build_arn(&third),
                "previousAutoRetry": build_arn(&first),
            }],
            [3, {"autoRetryLimit": 2, "autoRetryNumber": 2, "previousAutoRetry": build_arn(&second)}],
        ]);
        assert_eq!(Value::from(shown), links);
        json!(null)
    });
    assert_eq!(shown.await, "null\n");
}

#[tokio::test]
async fn a_retry_by_hand_begins_a_chain_of_its_own() {
    // our reading of contract codebuild §3.2: RetryBuild is a new build with the old settings, the limit among them
    let caller = Caller::new(CODEBUILD).await;
    limited(&caller, 1).await;
    let first = start(&caller, "hello").await;
    fail(&caller, &first).await;
    let second = retried(&caller, &first).await.unwrap();
    // The project's limit of builds holds for retries by hand.
    let said = "Cannot have more than 1 concurrent builds for the project";
    let again = json!({"id": first});
    caller
        .expect_refusal("RetryBuild", again, "AccountLimitExceededException", said)
        .await;
    fail(&caller, &second).await;
    let again = caller.ok("RetryBuild", json!({"id": second})).await;
    assert_eq!(
        again["build"]["autoRetryConfig"],
        json!({"autoRetryLimit": 1, "autoRetryNumber": 0})
    );
}

#[tokio::test]
async fn a_stopped_build_is_not_retried_and_a_deleted_one_neither() {
    // contract codebuild §4.7: not after STOPPED; ours: what is deleted stays deleted
    let caller = Caller::new(CODEBUILD).await;
    limited(&caller, 1).await;
    let stopped = start(&caller, "hello").await;
    caller.ok("StopBuild", json!({"id": stopped})).await;
    assert_eq!(retried(&caller, &stopped).await, None);
    let failed = start(&caller, "hello").await;
    fail(&caller, &failed).await;
    let (scope, id) = key(&failed);
    let app = &caller.server.app;
    let next = app
        .codebuild
        .state(&scope, &id)
        .unwrap()
        .next_retry
        .unwrap();
    caller
        .ok("BatchDeleteBuilds", json!({"ids": [failed]}))
        .await;
    let uuid = next.split_once(':').unwrap().1;
    app.world.retry_build(&scope, &id, uuid).await;
    let listed = caller.ok("ListBuilds", json!({})).await;
    assert_eq!(listed["ids"], json!([stopped]));
}
