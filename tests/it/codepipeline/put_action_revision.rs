//! PutActionRevision (contract codepipeline §3.4, §5.4).

use super::sample::{create, execution, pipeline, start};
use crate::support::caller::{CODEPIPELINE, Caller, both, with};
use expect_test::expect;
use serde_json::{Value, json};

const OPERATION: &str = "PutActionRevision";

/// The sample with a custom source in place of S3's.
fn custom(name: &str) -> Value {
    let source = json!({"name": "Zip", "outputArtifacts": [{"name": "Sources"}],
        "actionTypeId": {"category": "Source", "owner": "Custom", "provider": "Vault", "version": "1"}});
    with(pipeline(name), "/stages/0/actions/0", source)
}

async fn with_vault(caller: &Caller) {
    let none = json!({"minimumCount": 0, "maximumCount": 0});
    let one = json!({"minimumCount": 1, "maximumCount": 1});
    let kind = json!({"category": "Source", "provider": "Vault", "version": "1",
        "inputArtifactDetails": none, "outputArtifactDetails": one});
    caller.ok("CreateCustomActionType", kind).await;
}

async fn created(caller: &Caller, name: &str) -> String {
    with_vault(caller).await;
    create(caller, custom(name)).await
}

fn put(revision: &str) -> Value {
    json!({
        "pipelineName": "p",
        "stageName": "Source",
        "actionName": "Zip",
        "actionRevision": {"revisionId": revision, "revisionChangeId": "c-1", "created": 1_700_000_000},
    })
}

#[tokio::test]
async fn a_new_revision_starts_an_execution_and_a_known_one_names_it() {
    // contract codepipeline §3.4, §5.4, F29
    let shown = both(CODEPIPELINE, async |caller| {
        created(&caller, "p").await;
        let first = caller.ok(OPERATION, put("r-1")).await;
        let again = caller.ok(OPERATION, put("r-1")).await;
        let id = first["pipelineExecutionId"].as_str().unwrap();
        let trigger = execution(&caller, "p", id).await["trigger"].clone();
        let other = caller.ok(OPERATION, put("r-2")).await;
        assert_eq!(other["newRevision"], true);
        assert_ne!(other["pipelineExecutionId"], id);
        let listed = caller
            .ok("ListPipelineExecutions", json!({"pipelineName": "p"}))
            .await;
        let all = listed["pipelineExecutionSummaries"].as_array().unwrap();
        assert_eq!(all.len(), 3);
        json!({"first": first, "again": again, "trigger": trigger})
    });
    expect![[r#"
        {
          "again": {
            "newRevision": false,
            "pipelineExecutionId": "<id:1>"
          },
          "first": {
            "newRevision": true,
            "pipelineExecutionId": "<id:1>"
          },
          "trigger": {
            "triggerDetail": "arn:aws:iam::000000000000:user/slipway",
            "triggerType": "PutActionRevision"
          }
        }
    "#]]
    .assert_eq(&shown.await);
}

#[tokio::test]
async fn what_is_not_there_or_no_source_is_not_found() {
    // contract codepipeline §3.4; the texts about actions are ours
    let caller = Caller::new(CODEPIPELINE).await;
    let said = "Account '000000000000' does not have a pipeline with name 'p'";
    let code = "PipelineNotFoundException";
    caller.expect_refusal(OPERATION, put("r"), code, said).await;
    created(&caller, "p").await;
    let build = with(put("r"), "/stageName", json!("Build"));
    let cases = [
        (
            with(put("r"), "/stageName", json!("Nope")),
            "StageNotFoundException",
            "Pipeline 'p' does not have a stage with name 'Nope'",
        ),
        (
            build.clone(),
            "ActionNotFoundException",
            "Stage 'Build' does not have an action with name 'Zip'",
        ),
        (
            with(build, "/actionName", json!("Compile")),
            "ActionNotFoundException",
            "The action 'Compile' in stage 'Build' is not a source action",
        ),
    ];
    for (body, code, said) in cases {
        caller.expect_refusal(OPERATION, body, code, said).await;
    }
}

#[tokio::test]
async fn a_source_of_a_provider_takes_one_too() {
    // contract codepipeline F29
    let caller = Caller::new(CODEPIPELINE).await;
    super::sample::created(&caller, "p").await;
    let first = caller.ok(OPERATION, put("r")).await;
    assert_eq!(first["newRevision"], true);
    let again = caller.ok(OPERATION, put("r")).await;
    assert_eq!(again["newRevision"], false);
    assert_eq!(again["pipelineExecutionId"], first["pipelineExecutionId"]);
}

#[tokio::test]
async fn a_revision_is_whole() {
    // contract codepipeline §1.4: members that only answers may leave out
    let caller = Caller::new(CODEPIPELINE).await;
    let head = "Value at 'actionRevision";
    let tail = "failed to satisfy constraint: Member must not be null";
    let without = |member: &str| with(put("r"), &format!("/actionRevision/{member}"), Value::Null);
    let bare = with(
        without("created"),
        "/actionRevision/revisionChangeId",
        Value::Null,
    );
    let cases = [
        (
            without("created"),
            format!("1 validation error detected: {head}.created' {tail}"),
        ),
        (
            without("revisionId"),
            format!("1 validation error detected: {head}.revisionId' {tail}"),
        ),
        (
            bare,
            format!(
                "2 validation errors detected: {head}.revisionChangeId' {tail}; {head}.created' {tail}"
            ),
        ),
    ];
    for (body, said) in cases {
        let code = "ValidationException";
        caller.expect_refusal(OPERATION, body, code, &said).await;
    }
}

#[tokio::test]
async fn fifty_live_executions_are_enough() {
    // contract codepipeline §3.4, §4.5; a known revision needs no room
    let caller = Caller::new(CODEPIPELINE).await;
    with_vault(&caller).await;
    let queued = with(custom("p"), "/executionMode", json!("QUEUED"));
    create(&caller, queued).await;
    let first = caller.ok(OPERATION, put("r-1")).await;
    for _ in 2..50 {
        start(&caller, "p").await;
    }
    let said = "The pipeline 'p' has reached the limit of 50 concurrent executions";
    let code = "ConcurrentPipelineExecutionsLimitExceededException";
    caller
        .expect_refusal(OPERATION, put("r-2"), code, said)
        .await;
    let again = caller.ok(OPERATION, put("r-1")).await;
    assert_eq!(again["pipelineExecutionId"], first["pipelineExecutionId"]);
}
