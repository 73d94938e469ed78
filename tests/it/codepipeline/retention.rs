//! The history goes back twelve months (contract codepipeline §4.5).

use super::sample::{create, created, execution, finish, start};
use super::worker::{later, mill, milled, rows, taken};
use crate::support::caller::{CODEPIPELINE, Caller, texts};
use serde_json::{Value, json};
use slipway::store::Direction;

const DAY: u64 = 24 * 3600;

async fn all(caller: &Caller, operation: &str, list: &str) -> Vec<Value> {
    let listed = caller.ok(operation, json!({"pipelineName": "p"})).await;
    listed[list].as_array().unwrap().clone()
}

async fn executions(caller: &Caller) -> Vec<String> {
    let listed = all(
        caller,
        "ListPipelineExecutions",
        "pipelineExecutionSummaries",
    );
    texts(&json!(listed.await), "pipelineExecutionId")
}

/// How many executions and action executions are on the disk.
fn kept(caller: &Caller) -> (usize, usize, usize) {
    let tables = &caller.server.app.codepipeline.tables;
    let all = Direction::Forward;
    (
        tables.executions.range(.., all, 100).unwrap().len(),
        tables.actions.range(.., all, 100).unwrap().len(),
        tables.starts.range(.., all, 100).unwrap().len(),
    )
}

async fn run(caller: &Caller, id: &str) {
    for action in ["Zip", "Compile", "Publish"] {
        finish(caller, "p", id, action).await;
    }
    assert_eq!(execution(caller, "p", id).await["status"], "Succeeded");
}

#[tokio::test]
async fn what_is_older_than_twelve_months_is_not_shown() {
    let caller = Caller::new(CODEPIPELINE).await;
    let first = created(&caller, "p").await;
    run(&caller, &first).await;
    later(&caller, 300 * DAY).await;
    let second = start(&caller, "p").await;
    run(&caller, &second).await;
    assert_eq!(executions(&caller).await, [second.clone(), first.clone()]);

    later(&caller, 66 * DAY).await;
    assert_eq!(executions(&caller).await, std::slice::from_ref(&second));
    let actions = all(&caller, "ListActionExecutions", "actionExecutionDetails").await;
    assert_eq!(actions.len(), 3);
    let said =
        format!("Pipeline Execution with id '{first}' does not exist in pipeline with name 'p'");
    let code = "PipelineExecutionNotFoundException";
    let body = json!({"pipelineName": "p", "pipelineExecutionId": first});
    caller
        .expect_refusal("GetPipelineExecution", body, code, &said)
        .await;
    let body = json!({"pipelineName": "p", "filter": {"pipelineExecutionId": first}});
    for operation in ["ListActionExecutions", "ListRuleExecutions"] {
        caller
            .expect_refusal(operation, body.clone(), code, &said)
            .await;
    }
    let said = format!(
        "Target Pipeline Execution with id '{first}' does not exist in pipeline with name 'p'"
    );
    let body =
        json!({"pipelineName": "p", "stageName": "Build", "targetPipelineExecutionId": first});
    caller
        .expect_refusal("RollbackStage", body, code, &said)
        .await;
}

#[tokio::test]
async fn what_is_older_is_removed_when_an_execution_ends() {
    let caller = Caller::new(CODEPIPELINE).await;
    let first = created(&caller, "p").await;
    run(&caller, &first).await;
    assert_eq!(kept(&caller), (1, 3, 1));
    later(&caller, 366 * DAY).await;
    let second = start(&caller, "p").await;
    assert_eq!(kept(&caller), (2, 4, 2), "nothing has ended");
    run(&caller, &second).await;
    assert_eq!(kept(&caller), (1, 3, 1));
    assert_eq!(executions(&caller).await, [second]);
}

#[tokio::test]
async fn an_execution_that_runs_is_shown_however_old_it_is() {
    // our reading: entries of what is over vanish
    let caller = Caller::new(CODEPIPELINE).await;
    let body = json!({"pipelineName": "p", "stageName": "Build", "transitionType": "Inbound", "reason": "later"});
    let first = created(&caller, "p").await;
    caller.ok("DisableStageTransition", body).await;
    finish(&caller, "p", &first, "Zip").await;
    later(&caller, 400 * DAY).await;
    assert_eq!(
        execution(&caller, "p", &first).await["status"],
        "InProgress"
    );
    assert_eq!(executions(&caller).await, [first]);
}

#[tokio::test]
async fn jobs_go_with_their_execution() {
    let caller = Caller::new(CODEPIPELINE).await;
    caller.ok("CreateCustomActionType", mill()).await;
    let first = create(&caller, milled("p")).await;
    finish(&caller, "p", &first, "Zip").await;
    let job = taken(&caller).await;
    let on = json!({"jobId": job, "continuationToken": "more"});
    caller.ok("PutJobSuccessResult", on).await;
    let job = taken(&caller).await;
    caller
        .ok("PutJobSuccessResult", json!({"jobId": job}))
        .await;
    finish(&caller, "p", &first, "Publish").await;
    assert_eq!(rows(&caller).len(), 2);
    later(&caller, 366 * DAY).await;
    super::sample::created(&caller, "q").await;
    let listed = caller
        .ok("ListPipelineExecutions", json!({"pipelineName": "q"}))
        .await;
    let other = texts(&listed["pipelineExecutionSummaries"], "pipelineExecutionId");
    for action in ["Zip", "Compile", "Publish"] {
        finish(&caller, "q", &other[0], action).await;
    }
    assert!(rows(&caller).is_empty(), "of all pipelines the oldest goes");
    assert!(executions(&caller).await.is_empty());
}
