//! StopPipelineExecution (contract codepipeline §3.2, §5.10).

use super::sample::{NOBODY, attempt, created, finish, start};
use crate::support::caller::{CODEPIPELINE, Caller, both};
use serde_json::{Value, json};

fn stop(id: &str) -> Value {
    json!({"pipelineName": "p", "pipelineExecutionId": id})
}

fn not_stoppable(id: &str) -> String {
    format!(
        "The pipeline execution with ID '{id}' in 'p' can't be stopped now. Either it does not exist in the pipeline, or the pipeline execution has no action executions in progress."
    )
}

async fn summary(caller: &Caller, id: &str) -> Value {
    let listed = caller
        .ok("ListPipelineExecutions", json!({"pipelineName": "p"}))
        .await;
    let summaries = listed["pipelineExecutionSummaries"].as_array().unwrap();
    let found = summaries.iter().find(|of| of["pipelineExecutionId"] == id);
    found.unwrap().clone()
}

#[tokio::test]
async fn the_answer_is_the_id_and_running_actions_may_end() {
    // contract codepipeline §3.2, §5.10
    let shown = both(CODEPIPELINE, async |caller| {
        let id = created(&caller, "p").await;
        let mut body = stop(&id);
        body["reason"] = json!("lunch");
        let answer = caller.ok("StopPipelineExecution", body).await;
        let stopping = summary(&caller, &id).await;
        assert_eq!(
            (&stopping["status"], &stopping["statusSummary"]),
            (&json!("Stopping"), &json!("lunch"))
        );
        assert_eq!(stopping["stopTrigger"], json!({"reason": "lunch"}));
        finish(&caller, "p", &id, "Zip").await;
        let stopped = summary(&caller, &id).await;
        assert_eq!(stopped["status"], "Stopped");
        let state = caller.ok("GetPipelineState", json!({"name": "p"})).await;
        assert_eq!(
            state["stageStates"][0]["latestExecution"]["status"],
            "Stopped"
        );
        assert_eq!(
            state["stageStates"][0]["actionStates"][0]["latestExecution"]["status"],
            "Succeeded"
        );
        answer
    });
    assert_eq!(shown.await, "{\n  \"pipelineExecutionId\": \"<id:1>\"\n}\n");
}

#[tokio::test]
async fn an_abandoned_execution_is_stopped_at_once_and_its_actions_are_abandoned() {
    // contract codepipeline §5.10, F13
    let caller = Caller::new(CODEPIPELINE).await;
    let id = created(&caller, "p").await;
    let action = attempt(&caller, "p", &id, "Zip").await;
    let mut body = stop(&id);
    body["abandon"] = json!(true);
    caller.ok("StopPipelineExecution", body.clone()).await;
    let stopped = summary(&caller, &id).await;
    assert_eq!(stopped["status"], "Stopped");
    assert!(
        stopped.get("statusSummary").is_none() && stopped.get("stopTrigger").is_none(),
        "no reason was given"
    );
    let listed = caller
        .ok("ListActionExecutions", json!({"pipelineName": "p"}))
        .await;
    let detail = &listed["actionExecutionDetails"][0];
    assert_eq!(
        (&detail["actionExecutionId"], &detail["status"]),
        (&json!(action), &json!("Abandoned"))
    );
    assert!(
        detail["output"].get("executionResult").is_none(),
        "{detail}"
    );
    let code = "PipelineExecutionNotStoppableException";
    caller
        .expect_refusal("StopPipelineExecution", body, code, &not_stoppable(&id))
        .await;
}

#[tokio::test]
async fn stopping_twice_is_refused_unless_it_is_to_be_abandoned_now() {
    // contract codepipeline §3.2, F15
    let caller = Caller::new(CODEPIPELINE).await;
    let id = created(&caller, "p").await;
    caller.ok("StopPipelineExecution", stop(&id)).await;
    let said = format!(
        "The execution with ID {id} in p is already in a stopping state. If you already chose to stop and wait, you cannot make that request again. You can choose to stop and abandon now, but be aware that this option can lead to failed actions. If you already chose to stop and abandon, you cannot make that request again."
    );
    caller
        .expect_refusal(
            "StopPipelineExecution",
            stop(&id),
            "DuplicatedStopRequestException",
            &said,
        )
        .await;
    let mut body = stop(&id);
    body["abandon"] = json!(true);
    caller.ok("StopPipelineExecution", body).await;
    assert_eq!(summary(&caller, &id).await["status"], "Stopped");
}

#[tokio::test]
async fn what_runs_no_action_cannot_be_stopped() {
    // contract codepipeline §3.2: unknown, of another pipeline, over, or waiting in front of a stage
    let caller = Caller::new(CODEPIPELINE).await;
    let first = created(&caller, "p").await;
    let elsewhere = created(&caller, "q").await;
    let waiting = start(&caller, "p").await;
    let mut body = stop(&first);
    body["abandon"] = json!(true);
    let code = "PipelineExecutionNotStoppableException";
    for id in [NOBODY, &elsewhere, &waiting] {
        caller
            .expect_refusal("StopPipelineExecution", stop(id), code, &not_stoppable(id))
            .await;
    }
    caller.ok("StopPipelineExecution", body).await;
    caller
        .expect_refusal(
            "StopPipelineExecution",
            stop(&first),
            code,
            &not_stoppable(&first),
        )
        .await;
}

#[tokio::test]
async fn an_empty_reason_is_no_reason_and_a_long_one_is_refused() {
    // contract codepipeline §3.2, §5.10
    let caller = Caller::new(CODEPIPELINE).await;
    let id = created(&caller, "p").await;
    let mut body = stop(&id);
    body["reason"] = json!("x".repeat(201));
    let said = "1 validation error detected: Value at 'reason' failed to satisfy constraint: Member must have length less than or equal to 200";
    caller
        .expect_refusal(
            "StopPipelineExecution",
            body.clone(),
            "ValidationException",
            said,
        )
        .await;
    body["reason"] = json!("");
    caller.ok("StopPipelineExecution", body).await;
    assert!(summary(&caller, &id).await.get("statusSummary").is_none());
}

#[tokio::test]
async fn a_pipeline_that_is_not_there_is_not_found() {
    // contract codepipeline §3.2
    let caller = Caller::new(CODEPIPELINE).await;
    let id = created(&caller.in_region("eu-west-1"), "p").await;
    let said = "Account '000000000000' does not have a pipeline with name 'p'";
    caller
        .expect_refusal(
            "StopPipelineExecution",
            stop(&id),
            "PipelineNotFoundException",
            said,
        )
        .await;
}
