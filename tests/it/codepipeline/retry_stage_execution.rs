//! RetryStageExecution (contract codepipeline §5.6).

use super::sample::{
    NOBODY, action, asking, attempt, attempts, create, created, execution, fail, finish, pipeline,
    stage, start,
};
use crate::support::caller::{CODEPIPELINE, Caller, both, texts, with};
use expect_test::expect;
use serde_json::{Value, json};

const OPERATION: &str = "RetryStageExecution";

fn retry(stage: &str, id: &str, mode: &str) -> Value {
    json!({"pipelineName": "p", "stageName": stage, "pipelineExecutionId": id, "retryMode": mode})
}

fn not_retryable(stage: &str, id: &str) -> String {
    format!(
        "The stage named {stage} in the p pipeline can't be retried now. Either it contains no failed actions, the execution '{id}' is already superseded, or the pipeline definition has changed since the action(s) failed."
    )
}

/// The sample with a second action beside the build.
fn two_builds() -> Value {
    let project = json!({"ProjectName": "lint"});
    let lint = action("Lint", "Test", "CodeBuild", project, &["Sources"], &[]);
    with(pipeline("p"), "/stages/1/actions/-", lint)
}

/// An execution whose build succeeded and whose lint failed.
async fn half_failed(caller: &Caller) -> String {
    let id = create(caller, two_builds()).await;
    finish(caller, "p", &id, "Zip").await;
    finish(caller, "p", &id, "Compile").await;
    fail(caller, "p", &id, "Lint", "lint").await;
    assert_eq!(execution(caller, "p", &id).await["status"], "Failed");
    id
}

#[tokio::test]
async fn the_same_execution_runs_what_failed_again() {
    // contract codepipeline §5.6, L4, F17
    let shown = both(CODEPIPELINE, async |caller| {
        let id = half_failed(&caller).await;
        assert!(
            stage(&caller, "p", 1)
                .await
                .get("retryStageMetadata")
                .is_none()
        );
        let body = retry("Build", &id, "FAILED_ACTIONS");
        let answer = caller.ok(OPERATION, body).await;
        assert_eq!(answer["pipelineExecutionId"], id);
        assert_eq!(execution(&caller, "p", &id).await["status"], "InProgress");
        let ran = attempts(&caller, "p", &id).await;
        assert_eq!(
            ran,
            [
                "Compile Succeeded",
                "Lint Failed",
                "Lint InProgress",
                "Zip Succeeded"
            ]
        );
        let retried = stage(&caller, "p", 1).await;
        finish(&caller, "p", &id, "Lint").await;
        let deploy = stage(&caller, "p", 2).await;
        assert_eq!(deploy["latestExecution"]["pipelineExecutionId"], id);
        json!({"answer": answer, "retried": retried, "done": stage(&caller, "p", 1).await["retryStageMetadata"]})
    });
    expect![[r#"
        {
          "answer": {
            "pipelineExecutionId": "<id:1>"
          },
          "done": {
            "latestRetryTrigger": "ManualStageRetry",
            "manualStageRetryAttempt": 1
          },
          "retried": {
            "actionStates": [
              {
                "actionName": "Compile",
                "entityUrl": "https://console.aws.amazon.com/codebuild/home?region=us-east-1#/projects/hello/view",
                "latestExecution": {
                  "actionExecutionId": "<id:2>",
                  "lastStatusChange": "<time>",
                  "status": "Succeeded"
                }
              },
              {
                "actionName": "Lint",
                "entityUrl": "https://console.aws.amazon.com/codebuild/home?region=us-east-1#/projects/lint/view",
                "latestExecution": {
                  "actionExecutionId": "<id:3>",
                  "lastStatusChange": "<time>",
                  "status": "InProgress"
                }
              }
            ],
            "inboundExecutions": [],
            "inboundTransitionState": {
              "enabled": true
            },
            "latestExecution": {
              "pipelineExecutionId": "<id:1>",
              "status": "InProgress"
            },
            "retryStageMetadata": {
              "latestRetryTrigger": "ManualStageRetry",
              "manualStageRetryAttempt": 1
            },
            "stageName": "Build"
          }
        }
    "#]]
    .assert_eq(&shown.await);
}

#[tokio::test]
async fn all_actions_run_again_when_all_are_wanted() {
    // contract codepipeline §5.6
    let caller = Caller::new(CODEPIPELINE).await;
    let id = half_failed(&caller).await;
    caller
        .ok(OPERATION, retry("Build", &id, "ALL_ACTIONS"))
        .await;
    assert_eq!(
        attempts(&caller, "p", &id).await,
        [
            "Compile InProgress",
            "Compile Succeeded",
            "Lint Failed",
            "Lint InProgress",
            "Zip Succeeded"
        ]
    );
}

#[tokio::test]
async fn the_latest_attempts_are_the_last_ones_started() {
    // contract codepipeline §3.2, §5.6, §5.13: old records stay
    let caller = Caller::new(CODEPIPELINE).await;
    let id = half_failed(&caller).await;
    for _ in 0..3 {
        caller
            .ok(OPERATION, retry("Build", &id, "FAILED_ACTIONS"))
            .await;
        fail(&caller, "p", &id, "Lint", "lint").await;
    }
    caller
        .ok(OPERATION, retry("Build", &id, "FAILED_ACTIONS"))
        .await;
    let last = attempt(&caller, "p", &id, "Lint").await;
    let of = |range: &str| json!({"pipelineName": "p", "filter": {"latestInPipelineExecution": {"pipelineExecutionId": id, "startTimeRange": range}}});
    let latest = caller.ok("ListActionExecutions", of("Latest")).await;
    let latest = &latest["actionExecutionDetails"];
    let mut names = texts(latest, "actionName");
    names.sort();
    assert_eq!(names, ["Compile", "Lint", "Zip"]);
    let lint = latest.as_array().unwrap().iter();
    let mut lint = lint.filter(|of| of["actionName"] == "Lint");
    assert_eq!(lint.next().unwrap()["actionExecutionId"], last);
    let all = caller.ok("ListActionExecutions", of("All")).await;
    assert_eq!(all["actionExecutionDetails"].as_array().unwrap().len(), 7);
    let shown = stage(&caller, "p", 1).await["retryStageMetadata"].clone();
    assert_eq!(shown["manualStageRetryAttempt"], 4);
}

#[tokio::test]
async fn a_newer_execution_takes_the_stage_and_its_retries_away() {
    // contract codepipeline §5.3, §5.6
    let caller = Caller::new(CODEPIPELINE).await;
    let id = half_failed(&caller).await;
    caller
        .ok(OPERATION, retry("Build", &id, "FAILED_ACTIONS"))
        .await;
    fail(&caller, "p", &id, "Lint", "again").await;
    let newer = start(&caller, "p").await;
    finish(&caller, "p", &newer, "Zip").await;
    assert!(
        stage(&caller, "p", 1)
            .await
            .get("retryStageMetadata")
            .is_none()
    );
    let said = format!(
        "The pipeline execution with ID '{id}' is not the latest execution in stage 'Build'"
    );
    let body = retry("Build", &id, "FAILED_ACTIONS");
    let code = "NotLatestPipelineExecutionException";
    caller.expect_refusal(OPERATION, body, code, &said).await;
}

#[tokio::test]
async fn what_failed_may_be_retried_while_the_rest_of_the_group_runs() {
    // contract codepipeline §5.6: all actions only when none runs; a retry under way is a conflict
    let caller = Caller::new(CODEPIPELINE).await;
    let id = create(&caller, two_builds()).await;
    finish(&caller, "p", &id, "Zip").await;
    fail(&caller, "p", &id, "Lint", "lint").await;
    let all = retry("Build", &id, "ALL_ACTIONS");
    let code = "StageNotRetryableException";
    caller
        .expect_refusal(OPERATION, all, code, &not_retryable("Build", &id))
        .await;
    let failed = retry("Build", &id, "FAILED_ACTIONS");
    caller.ok(OPERATION, failed.clone()).await;
    assert_eq!(
        attempts(&caller, "p", &id).await,
        [
            "Compile InProgress",
            "Lint Failed",
            "Lint InProgress",
            "Zip Succeeded"
        ]
    );
    let said = "The stage named Build in the p pipeline is already being retried";
    caller
        .expect_refusal(OPERATION, failed, "ConflictException", said)
        .await;
}

#[tokio::test]
async fn a_stopped_stage_may_be_retried() {
    // contract codepipeline §5.6: abandoned actions count as failed
    let caller = Caller::new(CODEPIPELINE).await;
    let id = created(&caller, "p").await;
    finish(&caller, "p", &id, "Zip").await;
    let stop =
        json!({"pipelineName": "p", "pipelineExecutionId": id, "abandon": true, "reason": "lunch"});
    caller.ok("StopPipelineExecution", stop).await;
    caller
        .ok(OPERATION, retry("Build", &id, "FAILED_ACTIONS"))
        .await;
    let shown = execution(&caller, "p", &id).await;
    assert_eq!(shown["status"], "InProgress");
    assert!(shown.get("statusSummary").is_none(), "{shown}");
    assert_eq!(
        attempts(&caller, "p", &id).await,
        ["Compile Abandoned", "Compile InProgress", "Zip Succeeded"]
    );
}

#[tokio::test]
async fn a_rejected_approval_is_asked_for_again() {
    // contract codepipeline §5.6, §5.10: with a token of its own
    let caller = Caller::new(CODEPIPELINE).await;
    let id = create(&caller, asking("p", json!({}))).await;
    finish(&caller, "p", &id, "Zip").await;
    let first = attempt(&caller, "p", &id, "Ask").await;
    let answer = |token: &str, status: &str| json!({"pipelineName": "p", "stageName": "Approve", "actionName": "Ask", "token": token, "result": {"status": status, "summary": "x"}});
    caller
        .ok("PutApprovalResult", answer(&first, "Rejected"))
        .await;
    caller
        .ok(OPERATION, retry("Approve", &id, "FAILED_ACTIONS"))
        .await;
    let second = attempt(&caller, "p", &id, "Ask").await;
    assert_ne!(first, second);
    let said = caller
        .refused("PutApprovalResult", answer(&first, "Approved"))
        .await;
    assert_eq!(said.code, "ApprovalAlreadyCompletedException");
    caller
        .ok("PutApprovalResult", answer(&second, "Approved"))
        .await;
    finish(&caller, "p", &id, "Publish").await;
    assert_eq!(execution(&caller, "p", &id).await["status"], "Succeeded");
}

#[tokio::test]
async fn a_stage_may_retry_itself_once() {
    // contract codepipeline §5.6: automatic retry; manual retries afterwards count separately
    let caller = Caller::new(CODEPIPELINE).await;
    let gate = json!({"result": "RETRY", "retryConfiguration": {"retryMode": "ALL_ACTIONS"}});
    let retrying = with(pipeline("p"), "/stages/1/onFailure", gate);
    let id = create(&caller, retrying).await;
    finish(&caller, "p", &id, "Zip").await;
    fail(&caller, "p", &id, "Compile", "once").await;
    let build = stage(&caller, "p", 1).await;
    assert_eq!(build["latestExecution"]["status"], "InProgress");
    let automatic =
        json!({"autoStageRetryAttempt": 1, "latestRetryTrigger": "AutomatedStageRetry"});
    assert_eq!(build["retryStageMetadata"], automatic);
    fail(&caller, "p", &id, "Compile", "twice").await;
    assert_eq!(execution(&caller, "p", &id).await["status"], "Failed");
    caller
        .ok(OPERATION, retry("Build", &id, "FAILED_ACTIONS"))
        .await;
    let both = json!({"autoStageRetryAttempt": 1, "manualStageRetryAttempt": 1, "latestRetryTrigger": "ManualStageRetry"});
    let shown = stage(&caller, "p", 1).await["retryStageMetadata"].clone();
    assert_eq!(shown, both);
    fail(&caller, "p", &id, "Compile", "thrice").await;
    assert_eq!(execution(&caller, "p", &id).await["status"], "Failed");
}

#[tokio::test]
async fn parallel_executions_are_retried_by_their_ids() {
    // contract codepipeline §5.3
    let caller = Caller::new(CODEPIPELINE).await;
    let parallel = with(pipeline("p"), "/executionMode", json!("PARALLEL"));
    let first = create(&caller, parallel).await;
    let second = start(&caller, "p").await;
    for id in [&first, &second] {
        fail(&caller, "p", id, "Zip", "gone").await;
    }
    caller
        .ok(OPERATION, retry("Source", &first, "FAILED_ACTIONS"))
        .await;
    assert_eq!(
        execution(&caller, "p", &first).await["status"],
        "InProgress"
    );
    assert_eq!(execution(&caller, "p", &second).await["status"], "Failed");
}

#[tokio::test]
async fn a_stage_without_failures_cannot_be_retried() {
    // contract codepipeline §5.6: running, succeeded, never entered, unknown, superseded
    let caller = Caller::new(CODEPIPELINE).await;
    let first = created(&caller, "p").await;
    let second = start(&caller, "p").await;
    let third = start(&caller, "p").await;
    assert_eq!(
        execution(&caller, "p", &second).await["status"],
        "Superseded"
    );
    finish(&caller, "p", &first, "Zip").await;
    let cases = [
        ("Build", first.as_str()),
        ("Source", &first),
        ("Deploy", &first),
        ("Source", &second),
        ("Source", &third),
        ("Source", NOBODY),
    ];
    for (stage, id) in cases {
        let body = retry(stage, id, "FAILED_ACTIONS");
        let said = not_retryable(stage, id);
        let code = "StageNotRetryableException";
        caller.expect_refusal(OPERATION, body, code, &said).await;
    }
}

#[tokio::test]
async fn a_changed_definition_forbids_the_retry() {
    // contract codepipeline §5.6
    let caller = Caller::new(CODEPIPELINE).await;
    let id = half_failed(&caller).await;
    let body = json!({"pipeline": two_builds()});
    caller.ok("UpdatePipeline", body).await;
    let body = retry("Build", &id, "FAILED_ACTIONS");
    let said = not_retryable("Build", &id);
    let code = "StageNotRetryableException";
    caller.expect_refusal(OPERATION, body, code, &said).await;
}

#[tokio::test]
async fn fifty_live_executions_leave_no_room_for_a_retry() {
    // contract codepipeline §5.6, §4.5
    let caller = Caller::new(CODEPIPELINE).await;
    let parallel = with(pipeline("p"), "/executionMode", json!("PARALLEL"));
    let id = create(&caller, parallel).await;
    fail(&caller, "p", &id, "Zip", "gone").await;
    for _ in 0..50 {
        start(&caller, "p").await;
    }
    let said = "The pipeline 'p' has reached the limit of 50 concurrent executions";
    let code = "ConcurrentPipelineExecutionsLimitExceededException";
    let body = retry("Source", &id, "ALL_ACTIONS");
    caller.expect_refusal(OPERATION, body, code, said).await;
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    // contract codepipeline §5.6, §1.4
    let caller = Caller::new(CODEPIPELINE).await;
    let body = retry("Build", NOBODY, "FAILED_ACTIONS");
    let said = "Account '000000000000' does not have a pipeline with name 'p'";
    let code = "PipelineNotFoundException";
    caller.expect_refusal(OPERATION, body, code, said).await;
    let id = created(&caller, "p").await;
    let body = retry("Nope", &id, "FAILED_ACTIONS");
    let said = "Pipeline 'p' does not have a stage with name 'Nope'";
    let code = "StageNotFoundException";
    caller.expect_refusal(OPERATION, body, code, said).await;
    let body = retry("Nope", &id, "SOME");
    let said = "1 validation error detected: Value at 'retryMode' failed to satisfy constraint: Member must satisfy enum value set: [FAILED_ACTIONS, ALL_ACTIONS]";
    let code = "ValidationException";
    caller.expect_refusal(OPERATION, body, code, said).await;
}
