//! DeleteProject (contract codebuild §3.1).

use super::hooked;
use super::put_resource_policy::shared;
use super::sample::{build, created, project_arn, start, stopped};
use crate::support::caller::{CODEBUILD, Caller, both};
use serde_json::json;

#[tokio::test]
async fn the_answer_is_an_empty_structure_whether_or_not_there_was_a_project() {
    // contract codebuild §1, §3.1, §14 14
    let shown = both(CODEBUILD, async |caller| {
        created(&caller, "hello").await;
        for name in ["hello".to_owned(), "hello".to_owned(), project_arn("hello")] {
            assert_eq!(
                caller.ok("DeleteProject", json!({"name": name})).await,
                json!({})
            );
        }
        caller
            .ok("BatchGetProjects", json!({"names": ["hello"]}))
            .await
    });
    let expected = json!({"projects": [], "projectsNotFound": ["hello"]});
    assert_eq!(shown.await, crate::support::normal::normalised(expected));
}

#[tokio::test]
async fn builds_stay_readable_and_a_new_project_counts_from_one() {
    // contract codebuild §3.1, §2 (our reading: the counter restarts)
    let caller = Caller::new(CODEBUILD).await;
    created(&caller, "hello").await;
    let over = stopped(&caller, "hello").await;
    let live = start(&caller, "hello").await;
    caller
        .ok("DeleteProject", json!({"name": project_arn("hello")}))
        .await;
    assert_eq!(build(&caller, &over).await["buildStatus"], "STOPPED");
    assert_eq!(build(&caller, &live).await["buildStatus"], "IN_PROGRESS");
    let ids = caller.ok("ListBuilds", json!({})).await["ids"].clone();
    assert_eq!(ids.as_array().unwrap().len(), 2);
    caller.ok("StopBuild", json!({"id": live})).await;

    created(&caller, "hello").await;
    let again = start(&caller, "hello").await;
    assert_eq!(build(&caller, &again).await["buildNumber"], 1);
    let of_project = caller
        .ok("ListBuildsForProject", json!({"projectName": "hello"}))
        .await;
    assert_eq!(
        of_project["ids"],
        json!([again]),
        "builds of the deleted project are not the new one's"
    );
    assert_eq!(build(&caller, &over).await["buildNumber"], 1);
}

#[tokio::test]
async fn a_project_elsewhere_stays() {
    // contract codebuild §3
    let caller = Caller::new(CODEBUILD).await;
    let other = caller.in_region("eu-west-1");
    created(&other, "hello").await;
    for name in [
        "hello",
        "arn:aws:codebuild:eu-west-1:000000000000:project/hello",
    ] {
        caller.ok("DeleteProject", json!({"name": name})).await;
    }
    assert_eq!(
        other.ok("ListProjects", json!({})).await["projects"],
        json!(["hello"])
    );
}

#[tokio::test]
async fn webhook_and_policy_go_with_the_project() {
    // contract codebuild §3.1: the webhook is removed
    let caller = Caller::new(CODEBUILD).await;
    hooked::created(&caller, "hello", "GITHUB").await;
    hooked::webhook(&caller, json!({"projectName": "hello"})).await;
    let policy = shared(&project_arn("hello"), json!("111111111111"));
    caller.ok("PutResourcePolicy", policy).await;
    caller.ok("DeleteProject", json!({"name": "hello"})).await;
    created(&caller, "hello").await;
    let shown = hooked::of_project(&caller, "hello").await;
    assert_eq!(shown, serde_json::Value::Null);
    let body = json!({"resourceArn": project_arn("hello")});
    let said = caller.refused("GetResourcePolicy", body).await;
    assert_eq!(said.code, "ResourceNotFoundException");
}

#[tokio::test]
async fn a_project_with_builds_must_lose_its_policy_first() {
    // contract codebuild §3.1, "Documented refusal"
    let caller = Caller::new(CODEBUILD).await;
    created(&caller, "hello").await;
    let arn = project_arn("hello");
    let policy = shared(&arn, json!("111111111111"));
    caller.ok("PutResourcePolicy", policy).await;
    stopped(&caller, "hello").await;
    let said = format!(
        "Project {arn} has builds and a resource policy: delete the policy with DeleteResourcePolicy first"
    );
    let body = json!({"name": "hello"});
    caller
        .expect_refusal(
            "DeleteProject",
            body.clone(),
            "InvalidInputException",
            &said,
        )
        .await;
    caller
        .ok("DeleteResourcePolicy", json!({"resourceArn": arn}))
        .await;
    caller.ok("DeleteProject", body).await;
}
