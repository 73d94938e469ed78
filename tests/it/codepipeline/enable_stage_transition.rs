//! EnableStageTransition (contract codepipeline §3.2, §5.3).

use super::sample::{create, created, finish, pipeline, stage, start};
use crate::support::caller::{CODEPIPELINE, Caller, both, texts, with};
use expect_test::expect;
use serde_json::{Value, json};

const OPERATION: &str = "EnableStageTransition";

fn inbound(stage: &str) -> Value {
    json!({"pipelineName": "p", "stageName": stage, "transitionType": "Inbound"})
}

async fn disable(caller: &Caller, stage: &str) {
    let body = with(inbound(stage), "/reason", json!("wait"));
    caller.ok("DisableStageTransition", body).await;
}

#[tokio::test]
async fn enabling_releases_the_execution_that_waits() {
    // contract codepipeline §5.3, L7: no reason any more, but who enabled it
    let shown = both(CODEPIPELINE, async |caller| {
        let id = created(&caller, "p").await;
        disable(&caller, "Build").await;
        finish(&caller, "p", &id, "Zip").await;
        assert_eq!(caller.ok(OPERATION, inbound("Build")).await, Value::Null);
        let build = stage(&caller, "p", 1).await;
        json!({
            "latest": build["latestExecution"],
            "inbound": build["inboundExecutions"],
            "transition": build["inboundTransitionState"],
        })
    });
    expect![[r#"
        {
          "inbound": [],
          "latest": {
            "pipelineExecutionId": "<id:1>",
            "status": "InProgress"
          },
          "transition": {
            "enabled": true,
            "lastChangedAt": "<time>",
            "lastChangedBy": "arn:aws:iam::000000000000:user/slipway"
          }
        }
    "#]]
    .assert_eq(&shown.await);
}

#[tokio::test]
async fn enabling_what_is_enabled_succeeds() {
    // contract codepipeline §3.2, §3.6
    let caller = Caller::new(CODEPIPELINE).await;
    let id = created(&caller, "p").await;
    for _ in 0..2 {
        caller.ok(OPERATION, inbound("Build")).await;
    }
    finish(&caller, "p", &id, "Zip").await;
    let build = stage(&caller, "p", 1).await;
    assert_eq!(build["inboundTransitionState"]["enabled"], true);
    assert_eq!(build["latestExecution"]["pipelineExecutionId"], id);
}

#[tokio::test]
async fn the_head_of_a_queue_enters_first() {
    // contract codepipeline §5.3
    let caller = Caller::new(CODEPIPELINE).await;
    let queued = with(pipeline("p"), "/executionMode", json!("QUEUED"));
    let first = create(&caller, queued).await;
    disable(&caller, "Build").await;
    finish(&caller, "p", &first, "Zip").await;
    let second = start(&caller, "p").await;
    finish(&caller, "p", &second, "Zip").await;
    caller.ok(OPERATION, inbound("Build")).await;
    let build = stage(&caller, "p", 1).await;
    assert_eq!(build["latestExecution"]["pipelineExecutionId"], first);
    let waiting = texts(&build["inboundExecutions"], "pipelineExecutionId");
    assert_eq!(waiting, [second]);
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    // contract codepipeline §3.2
    let caller = Caller::new(CODEPIPELINE).await;
    let said = "Account '000000000000' does not have a pipeline with name 'p'";
    let code = "PipelineNotFoundException";
    caller
        .expect_refusal(OPERATION, inbound("Build"), code, said)
        .await;
    created(&caller, "p").await;
    let said = "Pipeline 'p' does not have a stage with name 'Nope'";
    let code = "StageNotFoundException";
    caller
        .expect_refusal(OPERATION, inbound("Nope"), code, said)
        .await;
}
