//! RetryBuild (contract codebuild §3.2).

use super::sample::{NOBODY, build, build_arn, created, start, stopped, succeed};
use crate::support::caller::{CODEBUILD, Caller, both, with};
use expect_test::expect;
use serde_json::{Value, json};

#[tokio::test]
async fn a_retry_is_a_new_build_with_the_next_number() {
    // contract codebuild §3.2
    let shown = both(CODEBUILD, async |caller| {
        created(&caller, "hello").await;
        let id = stopped(&caller, "hello").await;
        let answer = caller.ok("RetryBuild", json!({"id": id})).await["build"].clone();
        assert_ne!(answer["id"], json!(id));
        let members = [
            "arn",
            "buildNumber",
            "buildStatus",
            "currentPhase",
            "id",
            "initiator",
            "phases",
        ];
        members
            .iter()
            .map(|member| (member.to_string(), answer[member].clone()))
            .collect()
    });
    expect![[r#"
        {
          "arn": "arn:aws:codebuild:us-east-1:000000000000:build/hello:<id:1>",
          "buildNumber": 2,
          "buildStatus": "IN_PROGRESS",
          "currentPhase": "QUEUED",
          "id": "hello:<id:1>",
          "initiator": "slipway",
          "phases": [
            {
              "durationInSeconds": "<seconds>",
              "endTime": "<time>",
              "phaseStatus": "SUCCEEDED",
              "phaseType": "SUBMITTED",
              "startTime": "<time>"
            },
            {
              "phaseType": "QUEUED",
              "startTime": "<time>"
            }
          ]
        }
    "#]]
    .assert_eq(&shown.await);
}

#[tokio::test]
async fn it_has_the_overrides_of_the_old_build_whatever_became_of_the_project() {
    // contract codebuild §0, §3.2
    let caller = Caller::new(CODEBUILD).await;
    created(&caller, "hello").await;
    let body = json!({"projectName": "hello", "timeoutInMinutesOverride": 9, "environmentVariablesOverride": [{"name": "A", "value": "1"}]});
    let old = caller.ok("StartBuild", body).await["build"].clone();
    let id = old["id"].as_str().unwrap();
    succeed(&caller, id).await;
    caller
        .ok(
            "UpdateProject",
            json!({"name": "hello", "queuedTimeoutInMinutes": 30}),
        )
        .await;
    let new = caller.ok("RetryBuild", json!({"id": build_arn(id)})).await["build"].clone();
    let settings = |build: Value| {
        ["id", "arn", "buildNumber", "startTime", "phases"]
            .iter()
            .fold(build, |build, member| {
                with(build, &format!("/{member}"), Value::Null)
            })
    };
    assert_eq!(settings(new), settings(old));
}

#[tokio::test]
async fn the_same_token_gives_the_same_build_and_an_arn_differs_from_an_id() {
    // contract codebuild §0, §3.2
    let caller = Caller::new(CODEBUILD).await;
    created(&caller, "hello").await;
    let id = stopped(&caller, "hello").await;
    let body = json!({"id": id, "idempotencyToken": "t"});
    let first = caller.ok("RetryBuild", body.clone()).await;
    assert_eq!(caller.ok("RetryBuild", body).await, first);
    let said = "Request parameter mismatch for idempotency token t";
    let body = json!({"id": build_arn(&id), "idempotencyToken": "t"});
    caller
        .expect_refusal("RetryBuild", body, "InvalidInputException", said)
        .await;
    let listed = caller.ok("ListBuilds", json!({})).await;
    assert_eq!(listed["ids"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_running_build_cannot_be_retried() {
    // contract codebuild §0
    let caller = Caller::new(CODEBUILD).await;
    created(&caller, "hello").await;
    let id = start(&caller, "hello").await;
    let said = "Cannot retry an in progress build";
    caller
        .expect_refusal(
            "RetryBuild",
            json!({"id": id}),
            "InvalidInputException",
            said,
        )
        .await;
    assert_eq!(build(&caller, &id).await["buildStatus"], "IN_PROGRESS");
}

#[tokio::test]
async fn a_build_that_is_not_there_is_not_found_and_an_id_of_another_form_is_refused() {
    // contract codebuild §0, §1.2; the id is optional in the model
    let caller = Caller::new(CODEBUILD).await;
    let said = format!("Build cannot be found: {NOBODY}");
    caller
        .expect_refusal(
            "RetryBuild",
            json!({"id": NOBODY}),
            "ResourceNotFoundException",
            &said,
        )
        .await;
    for body in [json!({"id": "hello"}), json!({})] {
        caller
            .expect_refusal(
                "RetryBuild",
                body,
                "InvalidInputException",
                "Invalid build ID provided",
            )
            .await;
    }
}

#[tokio::test]
async fn a_build_of_a_project_that_is_gone_cannot_be_retried() {
    // our reading: there is nothing to count and show it under
    let caller = Caller::new(CODEBUILD).await;
    created(&caller, "hello").await;
    let id = stopped(&caller, "hello").await;
    caller.ok("DeleteProject", json!({"name": "hello"})).await;
    let said = "Project cannot be found: arn:aws:codebuild:us-east-1:000000000000:project/hello";
    caller
        .expect_refusal(
            "RetryBuild",
            json!({"id": id}),
            "ResourceNotFoundException",
            said,
        )
        .await;
}
