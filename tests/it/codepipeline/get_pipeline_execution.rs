//! GetPipelineExecution (contract codepipeline §3.2, §5.11).

use super::sample::{NOBODY, create, created, fail, finish, pipeline};
use crate::support::caller::{CODEPIPELINE, Caller, both, with};
use expect_test::expect;
use serde_json::{Value, json};

fn of(pipeline: &str, id: &str) -> Value {
    json!({"pipelineName": pipeline, "pipelineExecutionId": id})
}

#[tokio::test]
async fn an_execution_shows_revisions_variables_and_what_triggered_it() {
    // contract codepipeline §5.11, F26, T1
    let shown = both(CODEPIPELINE, async |caller| {
        let declared = with(
            pipeline("p"),
            "/variables",
            json!([{"name": "A", "defaultValue": "a"}]),
        );
        let id = create(&caller, declared).await;
        finish(&caller, "p", &id, "Zip").await;
        caller.ok("GetPipelineExecution", of("p", &id)).await
    });
    expect![[r#"
        {
          "pipelineExecution": {
            "artifactRevisions": [
              {
                "name": "Sources",
                "revisionId": "v1",
                "revisionSummary": "Amazon S3 version id: v1"
              }
            ],
            "executionMode": "SUPERSEDED",
            "pipelineExecutionId": "<id:1>",
            "pipelineName": "p",
            "pipelineVersion": 1,
            "status": "InProgress",
            "trigger": {
              "triggerDetail": "arn:aws:iam::000000000000:user/slipway",
              "triggerType": "CreatePipeline"
            },
            "variables": [
              {
                "name": "A",
                "resolvedValue": "a"
              }
            ]
          }
        }
    "#]]
    .assert_eq(&shown.await);
}

#[tokio::test]
async fn an_execution_without_revisions_yet_has_an_empty_list_of_them() {
    // contract codepipeline §5.11
    let shown = both(CODEPIPELINE, async |caller| {
        let id = created(&caller, "p").await;
        caller.ok("GetPipelineExecution", of("p", &id)).await
    });
    expect![[r#"
        {
          "pipelineExecution": {
            "artifactRevisions": [],
            "executionMode": "SUPERSEDED",
            "pipelineExecutionId": "<id:1>",
            "pipelineName": "p",
            "pipelineVersion": 1,
            "status": "InProgress",
            "trigger": {
              "triggerDetail": "arn:aws:iam::000000000000:user/slipway",
              "triggerType": "CreatePipeline"
            }
          }
        }
    "#]]
    .assert_eq(&shown.await);
}

#[tokio::test]
async fn a_failed_action_fails_the_execution_without_a_summary() {
    // contract codepipeline §5.2, F14
    let caller = Caller::new(CODEPIPELINE).await;
    let id = created(&caller, "p").await;
    fail(&caller, "p", &id, "Zip", "gone").await;
    let got = caller.ok("GetPipelineExecution", of("p", &id)).await;
    assert_eq!(got["pipelineExecution"]["status"], "Failed");
    assert!(got["pipelineExecution"].get("statusSummary").is_none());
}

#[tokio::test]
async fn an_execution_keeps_the_version_it_ran_with_and_succeeds_at_the_end() {
    // contract codepipeline §5.11, M7
    let caller = Caller::new(CODEPIPELINE).await;
    let id = created(&caller, "p").await;
    for action in ["Zip", "Compile", "Publish"] {
        let got = caller.ok("GetPipelineExecution", of("p", &id)).await;
        assert_eq!(got["pipelineExecution"]["status"], "InProgress");
        finish(&caller, "p", &id, action).await;
    }
    caller
        .ok("UpdatePipeline", json!({"pipeline": pipeline("p")}))
        .await;
    let got = caller.ok("GetPipelineExecution", of("p", &id)).await;
    assert_eq!(got["pipelineExecution"]["status"], "Succeeded");
    assert_eq!(got["pipelineExecution"]["pipelineVersion"], 1);
}

#[tokio::test]
async fn an_execution_of_another_pipeline_or_of_none_is_not_found() {
    // contract codepipeline §3.2, §5.12a
    let caller = Caller::new(CODEPIPELINE).await;
    created(&caller, "p").await;
    let elsewhere = created(&caller, "q").await;
    for id in [NOBODY, &elsewhere] {
        let said =
            format!("Pipeline Execution with id '{id}' does not exist in pipeline with name 'p'");
        let code = "PipelineExecutionNotFoundException";
        caller
            .expect_refusal("GetPipelineExecution", of("p", id), code, &said)
            .await;
    }
    let said = "Account '000000000000' does not have a pipeline with name 'nope'";
    let code = "PipelineNotFoundException";
    caller
        .expect_refusal("GetPipelineExecution", of("nope", &elsewhere), code, said)
        .await;
    caller
        .in_region("eu-west-1")
        .expect_refusal(
            "GetPipelineExecution",
            of("q", &elsewhere),
            code,
            "Account '000000000000' does not have a pipeline with name 'q'",
        )
        .await;
}

#[tokio::test]
async fn an_id_that_is_no_uuid_breaks_the_model_before_the_pipeline_is_looked_for() {
    // contract codepipeline §1.4
    let caller = Caller::new(CODEPIPELINE).await;
    let said = "1 validation error detected: Value at 'pipelineExecutionId' failed to satisfy constraint: Member must satisfy regular expression pattern: [0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";
    caller
        .expect_refusal(
            "GetPipelineExecution",
            of("nope", "x"),
            "ValidationException",
            said,
        )
        .await;
}
