//! PutApprovalResult (contract codepipeline §5.10).

use super::sample::{
    NOBODY, asking, attempt, create, execution, fail, finish, pipeline, stage, start,
};
use crate::support::caller::{CODEPIPELINE, Caller, both, with};
use expect_test::expect;
use serde_json::{Value, json};

const OPERATION: &str = "PutApprovalResult";
const CALLER: &str = "arn:aws:iam::000000000000:user/slipway";
const OUTDATED: &str = "The pipeline p has been updated, and the approval request you responded to is now out of date.";
const UNKNOWN: &str = "The token does not name an approval request that waits for an answer at action 'Ask' in stage 'Approve'";

fn answer(token: &str, status: &str, summary: &str) -> Value {
    json!({
        "pipelineName": "p",
        "stageName": "Approve",
        "actionName": "Ask",
        "token": token,
        "result": {"status": status, "summary": summary},
    })
}

/// An execution that waits for its approval; its id and the approval's.
async fn asked(caller: &Caller, configuration: Value) -> (String, String) {
    let id = create(caller, asking("p", configuration)).await;
    finish(caller, "p", &id, "Zip").await;
    let token = attempt(caller, "p", &id, "Ask").await;
    (id, token)
}

async fn shown(caller: &Caller) -> Value {
    stage(caller, "p", 1).await["actionStates"][0].clone()
}

async fn history(caller: &Caller, token: &str) -> Value {
    let body = json!({"pipelineName": "p"});
    let listed = caller.ok("ListActionExecutions", body).await;
    let details = listed["actionExecutionDetails"].as_array().unwrap();
    let found = details.iter().find(|of| of["actionExecutionId"] == token);
    found.unwrap().clone()
}

#[tokio::test]
async fn an_approval_waits_for_its_token_and_then_shows_who_answered() {
    // contract codepipeline §5.10, L8, T2, F16: the token is the action execution id, and gone once it is used
    let shown = both(CODEPIPELINE, async |caller| {
        let (id, _) = asked(&caller, json!({"ExternalEntityLink": "https://a.example"})).await;
        let pending = shown(&caller).await;
        let token = pending["latestExecution"]["token"]
            .as_str()
            .unwrap()
            .to_owned();
        let approved = caller
            .ok(OPERATION, answer(&token, "Approved", "well done"))
            .await;
        let mut history = history(&caller, &token).await;
        history.as_object_mut().unwrap().remove("input");
        let deploy = stage(&caller, "p", 2).await;
        assert_eq!(deploy["latestExecution"]["pipelineExecutionId"], id);
        json!({"pending": pending, "answer": approved, "answered": shown(&caller).await, "history": history})
    });
    expect![[r#"
        {
          "answer": {
            "approvedAt": "<time>"
          },
          "answered": {
            "actionName": "Ask",
            "entityUrl": "https://a.example",
            "latestExecution": {
              "actionExecutionId": "<id:1>",
              "lastStatusChange": "<time>",
              "lastUpdatedBy": "arn:aws:iam::000000000000:user/slipway",
              "status": "Succeeded",
              "summary": "well done"
            }
          },
          "history": {
            "actionExecutionId": "<id:1>",
            "actionName": "Ask",
            "lastUpdateTime": "<time>",
            "output": {
              "executionResult": {
                "externalExecutionId": "<id:1>",
                "externalExecutionSummary": "well done"
              },
              "outputArtifacts": [],
              "outputVariables": {}
            },
            "pipelineExecutionId": "<id:2>",
            "pipelineVersion": 1,
            "stageName": "Approve",
            "startTime": "<time>",
            "status": "Succeeded",
            "updatedBy": "arn:aws:iam::000000000000:user/slipway"
          },
          "pending": {
            "actionName": "Ask",
            "entityUrl": "https://a.example",
            "latestExecution": {
              "actionExecutionId": "<id:1>",
              "status": "InProgress",
              "token": "<id:1>"
            }
          }
        }
    "#]]
    .assert_eq(&shown.await);
}

#[tokio::test]
async fn a_rejection_fails_the_execution_without_an_error() {
    // contract codepipeline §5.10, L8: a blank summary names the caller; no errorDetails anywhere
    let caller = Caller::new(CODEPIPELINE).await;
    let (id, token) = asked(&caller, json!({})).await;
    let answered = caller.ok(OPERATION, answer(&token, "Rejected", " ")).await;
    assert!(answered["approvedAt"].is_number(), "{answered}");
    assert_eq!(execution(&caller, "p", &id).await["status"], "Failed");
    let state = stage(&caller, "p", 1).await;
    assert_eq!(state["latestExecution"]["status"], "Failed");
    let latest = shown(&caller).await["latestExecution"].clone();
    let summary = format!("Rejected by {CALLER}");
    assert_eq!(latest["summary"], summary);
    assert_eq!(latest["status"], "Failed");
    assert!(latest.get("errorDetails").is_none(), "{latest}");
    let result = history(&caller, &token).await["output"]["executionResult"].clone();
    let expected = json!({"externalExecutionId": token, "externalExecutionSummary": summary});
    assert_eq!(result, expected);
}

#[tokio::test]
async fn a_blank_approval_names_the_caller() {
    // contract codepipeline §5.10
    let caller = Caller::new(CODEPIPELINE).await;
    let (_, token) = asked(&caller, json!({"IsSummaryRequired": "false"})).await;
    caller.ok(OPERATION, answer(&token, "Approved", "")).await;
    let latest = shown(&caller).await["latestExecution"].clone();
    assert_eq!(latest["summary"], format!("Approved by {CALLER}"));
}

#[tokio::test]
async fn an_answer_counts_once() {
    // contract codepipeline §5.10, F16
    let caller = Caller::new(CODEPIPELINE).await;
    let (id, token) = asked(&caller, json!({})).await;
    caller.ok(OPERATION, answer(&token, "Approved", "")).await;
    let said = "The approval request at action 'Ask' in stage 'Approve' has already been answered";
    let code = "ApprovalAlreadyCompletedException";
    for _ in 0..2 {
        let again = answer(&token, "Rejected", "no");
        caller.expect_refusal(OPERATION, again, code, said).await;
        // The same when the execution is over.
        if execution(&caller, "p", &id).await["status"] == "InProgress" {
            finish(&caller, "p", &id, "Publish").await;
        }
    }
}

#[tokio::test]
async fn a_summary_may_be_required_of_either_answer() {
    // contract codepipeline §5.10: the approval stays pending
    let caller = Caller::new(CODEPIPELINE).await;
    let (_, token) = asked(&caller, json!({"IsSummaryRequired": "true"})).await;
    let said = "Action 'Ask' in stage 'Approve' requires a summary. Provide a summary in the approval result and try again.";
    let code = "InvalidApprovalTokenException";
    for status in ["Approved", "Rejected"] {
        let blank = answer(&token, status, "  ");
        caller.expect_refusal(OPERATION, blank, code, said).await;
    }
    assert_eq!(shown(&caller).await["latestExecution"]["token"], token);
    caller.ok(OPERATION, answer(&token, "Approved", "ok")).await;
}

#[tokio::test]
async fn a_token_of_nothing_that_waits_here_is_invalid() {
    // contract codepipeline §5.10
    let caller = Caller::new(CODEPIPELINE).await;
    let (id, _) = asked(&caller, json!({})).await;
    let other = create(&caller, asking("q", json!({}))).await;
    let source = attempt(&caller, "q", &other, "Zip").await;
    finish(&caller, "q", &other, "Zip").await;
    let elsewhere = attempt(&caller, "q", &other, "Ask").await;
    let code = "InvalidApprovalTokenException";
    for token in [NOBODY, &id, &source, &elsewhere] {
        let body = answer(token, "Approved", "ok");
        caller.expect_refusal(OPERATION, body, code, UNKNOWN).await;
    }
}

#[tokio::test]
async fn an_update_of_the_pipeline_cuts_an_approval_off() {
    // contract codepipeline §5.9, §5.10, F6
    let caller = Caller::new(CODEPIPELINE).await;
    let (id, token) = asked(&caller, json!({})).await;
    let body = json!({"pipeline": asking("p", json!({}))});
    caller.ok("UpdatePipeline", body).await;
    let body = answer(&token, "Approved", "late");
    let code = "InvalidApprovalTokenException";
    caller.expect_refusal(OPERATION, body, code, OUTDATED).await;
    let expected = json!({
        "actionExecutionId": token,
        "status": "Failed",
        "summary": "The approval action has been canceled.",
    });
    assert_eq!(shown(&caller).await["latestExecution"], expected);
    assert_eq!(execution(&caller, "p", &id).await["status"], "Cancelled");
    let history = history(&caller, &token).await;
    assert_eq!(history["status"], "Abandoned");
    assert!(history["output"].get("executionResult").is_none());
}

#[tokio::test]
async fn an_abandoned_approval_is_out_of_date() {
    // contract codepipeline §5.10, F13
    let caller = Caller::new(CODEPIPELINE).await;
    let (id, token) = asked(&caller, json!({})).await;
    let stop = json!({"pipelineName": "p", "pipelineExecutionId": id, "abandon": true});
    caller.ok("StopPipelineExecution", stop).await;
    let body = answer(&token, "Approved", "late");
    let code = "InvalidApprovalTokenException";
    caller.expect_refusal(OPERATION, body, code, OUTDATED).await;
    let latest = shown(&caller).await["latestExecution"].clone();
    assert_eq!(latest["status"], "Abandoned");
    assert_eq!(latest["summary"], "The approval action has been canceled.");
    assert!(latest.get("token").is_none());
    let history = history(&caller, &token).await;
    assert!(history["output"].get("executionResult").is_none());
}

#[tokio::test]
async fn an_approval_of_a_stopping_execution_may_be_answered_and_the_execution_stops() {
    // contract codepipeline §5.10, T8
    let caller = Caller::new(CODEPIPELINE).await;
    let (id, token) = asked(&caller, json!({})).await;
    let stop = json!({"pipelineName": "p", "pipelineExecutionId": id});
    caller.ok("StopPipelineExecution", stop).await;
    assert_eq!(execution(&caller, "p", &id).await["status"], "Stopping");
    caller.ok(OPERATION, answer(&token, "Approved", "ok")).await;
    assert_eq!(execution(&caller, "p", &id).await["status"], "Stopped");
    let state = stage(&caller, "p", 1).await;
    assert_eq!(state["latestExecution"]["status"], "Stopped");
    assert_eq!(
        state["actionStates"][0]["latestExecution"]["status"],
        "Succeeded"
    );
    assert!(
        stage(&caller, "p", 2)
            .await
            .get("latestExecution")
            .is_none()
    );
}

#[tokio::test]
async fn parallel_executions_have_their_tokens_in_the_history() {
    // contract codepipeline §5.10
    let caller = Caller::new(CODEPIPELINE).await;
    let parallel = with(asking("p", json!({})), "/executionMode", json!("PARALLEL"));
    let mut ids = vec![create(&caller, parallel).await, start(&caller, "p").await];
    for id in &ids {
        finish(&caller, "p", id, "Zip").await;
    }
    // The later one first.
    ids.reverse();
    for id in &ids {
        let token = attempt(&caller, "p", id, "Ask").await;
        caller.ok(OPERATION, answer(&token, "Approved", "")).await;
        finish(&caller, "p", id, "Publish").await;
        assert_eq!(execution(&caller, "p", id).await["status"], "Succeeded");
    }
}

#[tokio::test]
async fn an_approval_that_nobody_could_be_told_of_fails_with_the_reason() {
    // contract codepipeline §5.10: SNS publication fails
    let caller = Caller::new(CODEPIPELINE).await;
    let topic = "arn:aws:sns:us-east-1:000000000000:nobody";
    let (id, token) = asked(&caller, json!({"NotificationArn": topic})).await;
    let said = format!(
        "No Amazon SNS topic with the ARN {topic} was found. Update your pipeline to use an existing topic, or create a new one to use in your pipeline."
    );
    fail(&caller, "p", &id, "Ask", &said).await;
    let expected = json!({
        "actionExecutionId": token,
        "status": "Failed",
        "errorDetails": {"code": "ConfigurationError", "message": said},
    });
    assert_eq!(shown(&caller).await["latestExecution"], expected);
    let expected = json!({
        "externalExecutionId": token,
        "externalExecutionSummary": said,
        "errorDetails": {"code": "ConfigurationError"},
    });
    let history = history(&caller, &token).await;
    assert_eq!(history["output"]["executionResult"], expected);
    let late = answer(&token, "Approved", "late");
    let code = "InvalidApprovalTokenException";
    caller.expect_refusal(OPERATION, late, code, UNKNOWN).await;
}

#[tokio::test]
async fn what_is_not_there_or_no_approval_is_not_found() {
    // contract codepipeline §5.10, F16; the texts about actions are ours
    let caller = Caller::new(CODEPIPELINE).await;
    let body = answer(NOBODY, "Approved", "");
    let said = "Account '000000000000' does not have a pipeline with name 'p'";
    let code = "PipelineNotFoundException";
    caller
        .expect_refusal(OPERATION, body.clone(), code, said)
        .await;
    let (_, token) = asked(&caller, json!({})).await;
    let cases = [
        (
            ("/stageName", "Nope"),
            "StageNotFoundException",
            "Pipeline 'p' does not have a stage with name 'Nope'",
        ),
        (
            ("/actionName", "Nope"),
            "ActionNotFoundException",
            "Stage 'Approve' does not have an action with name 'Nope'",
        ),
    ];
    for ((member, value), code, said) in cases {
        let body = with(answer(&token, "Approved", ""), member, json!(value));
        caller.expect_refusal(OPERATION, body, code, said).await;
    }
    let source = with(body, "/stageName", json!("Source"));
    let source = with(source, "/actionName", json!("Zip"));
    let said = "The action 'Zip' in stage 'Source' is not an approval action";
    let code = "ActionNotFoundException";
    caller.expect_refusal(OPERATION, source, code, said).await;
    let body = json!({"pipeline": pipeline("p")});
    caller.ok("UpdatePipeline", body).await;
    let said = "Pipeline 'p' does not have a stage with name 'Approve'";
    let body = answer(&token, "Approved", "");
    let code = "StageNotFoundException";
    caller.expect_refusal(OPERATION, body, code, said).await;
}

#[tokio::test]
async fn answers_and_tokens_keep_the_model() {
    // contract codepipeline §1.4, §5.10, F16
    let caller = Caller::new(CODEPIPELINE).await;
    let (_, token) = asked(&caller, json!({})).await;
    let cases = [
        (
            answer(&token, "Perhaps", ""),
            "'result.status' failed to satisfy constraint: Member must satisfy enum value set: [Approved, Rejected]",
        ),
        (
            answer(&token, "Approved", &"x".repeat(513)),
            "'result.summary' failed to satisfy constraint: Member must have length less than or equal to 512",
        ),
        (
            answer("x", "Approved", ""),
            "'token' failed to satisfy constraint: Member must satisfy regular expression pattern: [0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
        ),
    ];
    for (body, said) in cases {
        let said = format!("1 validation error detected: Value at {said}");
        let code = "ValidationException";
        caller.expect_refusal(OPERATION, body, code, &said).await;
    }
}
