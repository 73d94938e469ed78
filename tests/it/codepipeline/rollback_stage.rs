//! RollbackStage (contract codepipeline §5.7).

use super::sample::{
    NOBODY, attempts, check, create, created, execution, fail, finish, gated, pipeline, stage,
    start,
};
use crate::support::caller::{CODEPIPELINE, Caller, both, with};
use expect_test::expect;
use serde_json::{Value, json};

const OPERATION: &str = "RollbackStage";

fn back(stage: &str, target: &str) -> Value {
    json!({"pipelineName": "p", "stageName": stage, "targetPipelineExecutionId": target})
}

/// Lets an execution run to its end.
async fn run(caller: &Caller, id: &str) {
    for action in ["Zip", "Compile", "Publish"] {
        finish(caller, "p", id, action).await;
    }
    assert_eq!(execution(caller, "p", id).await["status"], "Succeeded");
}

/// The input artifacts of the deployment in an execution.
async fn deployed(caller: &Caller, id: &str) -> Value {
    let body = json!({"pipelineName": "p", "filter": {"pipelineExecutionId": id}});
    let listed = caller.ok("ListActionExecutions", body).await;
    let details = listed["actionExecutionDetails"].as_array().unwrap();
    let publish = details.iter().find(|of| of["actionName"] == "Publish");
    publish.unwrap()["input"]["inputArtifacts"].clone()
}

async fn rolled_back(caller: &Caller, stage: &str, target: &str) -> String {
    let answer = caller.ok(OPERATION, back(stage, target)).await;
    answer["pipelineExecutionId"].as_str().unwrap().to_owned()
}

async fn unable(caller: &Caller, body: Value, said: &str) {
    let code = "UnableToRollbackStageException";
    caller.expect_refusal(OPERATION, body, code, said).await;
}

#[tokio::test]
async fn a_rollback_runs_one_stage_with_what_the_target_ran_there() {
    // contract codepipeline §5.7, §5.11, §5.12, L3, F18
    let shown = both(CODEPIPELINE, async |caller| {
        let first = created(&caller, "p").await;
        run(&caller, &first).await;
        let second = start(&caller, "p").await;
        run(&caller, &second).await;
        let id = rolled_back(&caller, "Deploy", &first).await;
        assert_ne!(id, first);
        assert_eq!(
            deployed(&caller, &id).await,
            deployed(&caller, &first).await
        );
        assert_eq!(attempts(&caller, "p", &id).await, ["Publish InProgress"]);
        let running = execution(&caller, "p", &id).await;
        let build = stage(&caller, "p", 1).await;
        assert_eq!(build["latestExecution"]["pipelineExecutionId"], second);
        finish(&caller, "p", &id, "Publish").await;
        let deploy = stage(&caller, "p", 2).await["latestExecution"].clone();
        let body = json!({"pipelineName": "p", "maxResults": 1});
        let listed = caller.ok("ListPipelineExecutions", body).await;
        let listed = listed["pipelineExecutionSummaries"][0].clone();
        json!({"running": running, "stage": deploy, "listed": listed})
    });
    expect![[r#"
        {
          "listed": {
            "executionMode": "SUPERSEDED",
            "executionType": "ROLLBACK",
            "lastUpdateTime": "<time>",
            "pipelineExecutionId": "<id:1>",
            "rollbackMetadata": {
              "rollbackTargetPipelineExecutionId": "<id:2>"
            },
            "sourceRevisions": [
              {
                "actionName": "Zip",
                "revisionId": "v1",
                "revisionSummary": "Amazon S3 version id: v1"
              }
            ],
            "startTime": "<time>",
            "status": "Succeeded",
            "trigger": {
              "triggerDetail": "{\"AwsUserArn\":\"arn:aws:iam::000000000000:user/slipway\"}",
              "triggerType": "ManualRollback"
            }
          },
          "running": {
            "artifactRevisions": [
              {
                "name": "Sources",
                "revisionId": "v1",
                "revisionSummary": "Amazon S3 version id: v1"
              }
            ],
            "executionMode": "SUPERSEDED",
            "executionType": "ROLLBACK",
            "pipelineExecutionId": "<id:1>",
            "pipelineName": "p",
            "pipelineVersion": 1,
            "rollbackMetadata": {
              "rollbackTargetPipelineExecutionId": "<id:2>"
            },
            "status": "InProgress",
            "trigger": {
              "triggerDetail": "{\"AwsUserArn\":\"arn:aws:iam::000000000000:user/slipway\"}",
              "triggerType": "ManualRollback"
            }
          },
          "stage": {
            "pipelineExecutionId": "<id:1>",
            "status": "Succeeded",
            "type": "ROLLBACK"
          }
        }
    "#]]
    .assert_eq(&shown.await);
}

#[tokio::test]
async fn a_rollback_goes_no_further_and_has_the_targets_variables() {
    // contract codepipeline §5.5, §5.7
    let caller = Caller::new(CODEPIPELINE).await;
    let declared = json!([{"name": "A", "defaultValue": "a"}]);
    let id = create(&caller, with(pipeline("p"), "/variables", declared)).await;
    run(&caller, &id).await;
    let body = json!({"name": "p", "variables": [{"name": "A", "value": "later"}]});
    let later = caller.ok("StartPipelineExecution", body).await;
    run(&caller, later["pipelineExecutionId"].as_str().unwrap()).await;
    let back = rolled_back(&caller, "Build", &id).await;
    finish(&caller, "p", &back, "Compile").await;
    let shown = execution(&caller, "p", &back).await;
    assert_eq!(shown["status"], "Succeeded");
    let expected = json!([{"name": "A", "resolvedValue": "a"}]);
    assert_eq!(shown["variables"], expected);
    let deploy = stage(&caller, "p", 2).await;
    assert_eq!(
        deploy["latestExecution"]["pipelineExecutionId"],
        later["pipelineExecutionId"]
    );
}

#[tokio::test]
async fn the_same_target_may_be_gone_back_to_twice() {
    // contract codepipeline §5.7: twice in a row, and after a failure
    let caller = Caller::new(CODEPIPELINE).await;
    let first = created(&caller, "p").await;
    run(&caller, &first).await;
    let once = rolled_back(&caller, "Deploy", &first).await;
    fail(&caller, "p", &once, "Publish", "gone").await;
    let twice = rolled_back(&caller, "Deploy", &first).await;
    assert_ne!(once, twice);
    finish(&caller, "p", &twice, "Publish").await;
    assert_eq!(execution(&caller, "p", &twice).await["status"], "Succeeded");
}

#[tokio::test]
async fn a_failed_rollback_may_be_retried_and_a_succeeded_one_not() {
    // contract codepipeline §5.6
    let caller = Caller::new(CODEPIPELINE).await;
    let first = created(&caller, "p").await;
    run(&caller, &first).await;
    let id = rolled_back(&caller, "Deploy", &first).await;
    fail(&caller, "p", &id, "Publish", "gone").await;
    let retry = json!({"pipelineName": "p", "stageName": "Deploy", "pipelineExecutionId": id, "retryMode": "FAILED_ACTIONS"});
    caller.ok("RetryStageExecution", retry.clone()).await;
    let latest = stage(&caller, "p", 2).await["latestExecution"].clone();
    assert_eq!(latest["type"], "ROLLBACK");
    finish(&caller, "p", &id, "Publish").await;
    assert_eq!(execution(&caller, "p", &id).await["status"], "Succeeded");
    let said = caller.refused("RetryStageExecution", retry).await;
    assert_eq!(said.code, "StageNotRetryableException");
}

#[tokio::test]
async fn only_what_succeeded_in_the_stage_can_be_gone_back_to() {
    // contract codepipeline §5.7, §5.12a: not finished there, failed, still running there, a rollback
    let caller = Caller::new(CODEPIPELINE).await;
    let first = created(&caller, "p").await;
    run(&caller, &first).await;
    let rollback = rolled_back(&caller, "Deploy", &first).await;
    finish(&caller, "p", &rollback, "Publish").await;
    let failed = start(&caller, "p").await;
    finish(&caller, "p", &failed, "Zip").await;
    fail(&caller, "p", &failed, "Compile", "gone").await;
    let running = start(&caller, "p").await;
    finish(&caller, "p", &running, "Zip").await;
    let cases = [
        ("Deploy", &rollback),
        ("Build", &failed),
        ("Deploy", &failed),
        ("Build", &running),
    ];
    for (stage, id) in cases {
        let said = format!(
            "Target Pipeline Execution with id '{id}' has not completed in stage with name '{stage}'"
        );
        unable(&caller, back(stage, id), &said).await;
    }
    let said = "Pipeline 'p' cannot start rollback since stage Build is in progress.";
    unable(&caller, back("Build", &first), said).await;
}

#[tokio::test]
async fn a_stage_that_rolls_back_is_in_progress() {
    // contract codepipeline §5.7: standard or rollback
    let caller = Caller::new(CODEPIPELINE).await;
    let first = created(&caller, "p").await;
    run(&caller, &first).await;
    rolled_back(&caller, "Deploy", &first).await;
    let said = "Pipeline 'p' cannot start rollback since stage Deploy is in progress.";
    unable(&caller, back("Deploy", &first), said).await;
}

#[tokio::test]
async fn the_first_stage_and_a_skipped_one_cannot_be_rolled_back() {
    // contract codepipeline §5.7: the documented contract; the texts are ours
    let caller = Caller::new(CODEPIPELINE).await;
    let unmet = [check("Never", "no")];
    let id = create(&caller, gated("p", "beforeEntry", "SKIP", &unmet)).await;
    finish(&caller, "p", &id, "Zip").await;
    let said = "Pipeline 'p' cannot start rollback since stage Source is its first stage.";
    unable(&caller, back("Source", &id), said).await;
    let said = format!(
        "Target Pipeline Execution with id '{id}' has not completed in stage with name 'Build'"
    );
    unable(&caller, back("Build", &id), &said).await;
}

#[tokio::test]
async fn a_target_of_an_older_version_is_outdated() {
    // contract codepipeline §5.7
    let caller = Caller::new(CODEPIPELINE).await;
    let id = created(&caller, "p").await;
    run(&caller, &id).await;
    let body = json!({"pipeline": pipeline("p")});
    caller.ok("UpdatePipeline", body).await;
    let said = "Pipeline 'p' has been updated since the rollback request was made.";
    let code = "PipelineExecutionOutdatedException";
    caller
        .expect_refusal(OPERATION, back("Deploy", &id), code, said)
        .await;
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    // contract codepipeline §5.7
    let caller = Caller::new(CODEPIPELINE).await;
    let said = "Account '000000000000' does not have a pipeline with name 'p'";
    let code = "PipelineNotFoundException";
    let body = back("Deploy", NOBODY);
    caller.expect_refusal(OPERATION, body, code, said).await;
    created(&caller, "p").await;
    let elsewhere = created(&caller, "q").await;
    let said = "Pipeline 'p' does not have a stage with name 'Nope'";
    let body = back("Nope", NOBODY);
    let code = "StageNotFoundException";
    caller.expect_refusal(OPERATION, body, code, said).await;
    for id in [NOBODY, &elsewhere] {
        let said = format!(
            "Target Pipeline Execution with id '{id}' does not exist in pipeline with name 'p'"
        );
        let body = back("Deploy", id);
        let code = "PipelineExecutionNotFoundException";
        caller.expect_refusal(OPERATION, body, code, &said).await;
    }
}

#[tokio::test]
async fn a_parallel_pipeline_may_be_rolled_back_by_hand() {
    // contract codepipeline §5.3: the live API accepts it
    let caller = Caller::new(CODEPIPELINE).await;
    let parallel = with(pipeline("p"), "/executionMode", json!("PARALLEL"));
    let first = create(&caller, parallel).await;
    run(&caller, &first).await;
    let id = rolled_back(&caller, "Deploy", &first).await;
    finish(&caller, "p", &id, "Publish").await;
    let shown = execution(&caller, "p", &id).await;
    assert_eq!(shown["status"], "Succeeded");
    assert_eq!(shown["executionType"], "ROLLBACK");
}

#[tokio::test]
async fn a_failed_stage_may_roll_itself_back() {
    // contract codepipeline §5.7: automatic; the failed execution stays failed
    let caller = Caller::new(CODEPIPELINE).await;
    let gate = json!({"result": "ROLLBACK"});
    let rolling = with(pipeline("p"), "/stages/2/onFailure", gate);
    let first = create(&caller, rolling).await;
    run(&caller, &first).await;
    let second = start(&caller, "p").await;
    finish(&caller, "p", &second, "Zip").await;
    finish(&caller, "p", &second, "Compile").await;
    fail(&caller, "p", &second, "Publish", "gone").await;
    assert_eq!(execution(&caller, "p", &second).await["status"], "Failed");
    let latest = stage(&caller, "p", 2).await["latestExecution"].clone();
    assert_eq!(latest["status"], "InProgress");
    assert_eq!(latest["type"], "ROLLBACK");
    let id = latest["pipelineExecutionId"].as_str().unwrap();
    let shown = execution(&caller, "p", id).await;
    let trigger = json!({
        "triggerType": "AutomatedRollback",
        "triggerDetail": format!("{{\"FailedPipelineExecutionId\":\"{second}\"}}"),
    });
    assert_eq!(shown["trigger"], trigger);
    let target = json!({"rollbackTargetPipelineExecutionId": first});
    assert_eq!(shown["rollbackMetadata"], target);
    assert_eq!(deployed(&caller, id).await, deployed(&caller, &first).await);
}

#[tokio::test]
async fn without_anything_to_go_back_to_nothing_happens() {
    // contract codepipeline §5.7
    let caller = Caller::new(CODEPIPELINE).await;
    let gate = json!({"result": "ROLLBACK"});
    let rolling = with(pipeline("p"), "/stages/1/onFailure", gate);
    let id = create(&caller, rolling).await;
    finish(&caller, "p", &id, "Zip").await;
    fail(&caller, "p", &id, "Compile", "gone").await;
    let listed = caller
        .ok("ListPipelineExecutions", json!({"pipelineName": "p"}))
        .await;
    let all = listed["pipelineExecutionSummaries"].as_array().unwrap();
    assert_eq!(all.len(), 1);
    assert_eq!(all[0]["status"], "Failed");
}
