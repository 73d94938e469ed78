//! How executions of one pipeline get along (contract codepipeline §5.3).

use super::sample::{attempts, create, created, execution, finish, pipeline, stage, start};
use crate::support::caller::{CODEPIPELINE, Caller, texts, with};
use serde_json::{Value, json};

fn in_mode(mode: &str) -> Value {
    with(pipeline("p"), "/executionMode", json!(mode))
}

#[tokio::test]
async fn queued_executions_go_through_each_stage_one_after_the_other() {
    // contract codepipeline L1, F10
    let caller = Caller::new(CODEPIPELINE).await;
    let first = create(&caller, in_mode("QUEUED")).await;
    let second = start(&caller, "p").await;
    let third = start(&caller, "p").await;
    assert_eq!(attempts(&caller, "p", &second).await, [""; 0]);
    let source = stage(&caller, "p", 0).await;
    let waiting = texts(&source["inboundExecutions"], "pipelineExecutionId");
    assert_eq!(waiting, [second.clone(), third.clone()]);
    finish(&caller, "p", &first, "Zip").await;
    // The second runs stage one while the first is in stage two.
    assert_eq!(attempts(&caller, "p", &second).await, ["Zip InProgress"]);
    finish(&caller, "p", &second, "Zip").await;
    assert_eq!(attempts(&caller, "p", &second).await, ["Zip Succeeded"]);
    finish(&caller, "p", &first, "Compile").await;
    let all = ["Compile InProgress", "Zip Succeeded"];
    assert_eq!(attempts(&caller, "p", &second).await, all);
}

#[tokio::test]
async fn parallel_executions_run_at_once_and_show_no_stages() {
    // contract codepipeline L1
    let caller = Caller::new(CODEPIPELINE).await;
    let first = create(&caller, in_mode("PARALLEL")).await;
    let second = start(&caller, "p").await;
    for id in [&second, &first] {
        finish(&caller, "p", id, "Zip").await;
        let all = ["Compile InProgress", "Zip Succeeded"];
        assert_eq!(attempts(&caller, "p", id).await, all);
    }
    let state = caller.ok("GetPipelineState", json!({"name": "p"})).await;
    assert_eq!(state["stageStates"], json!([]));
}

#[tokio::test]
async fn of_three_quick_starts_one_is_superseded() {
    // contract codepipeline L2, T1
    let caller = Caller::new(CODEPIPELINE).await;
    let first = created(&caller, "p").await;
    let second = start(&caller, "p").await;
    let third = start(&caller, "p").await;
    let mut statuses = Vec::new();
    for id in [&first, &second, &third] {
        let shown = execution(&caller, "p", id).await;
        assert!(shown.get("executionType").is_none(), "{shown}");
        assert!(shown.get("statusSummary").is_none(), "{shown}");
        statuses.push(shown["status"].clone());
    }
    assert_eq!(statuses, ["InProgress", "Superseded", "InProgress"]);
    finish(&caller, "p", &first, "Zip").await;
    let source = stage(&caller, "p", 0).await["latestExecution"].clone();
    assert_eq!(
        source,
        json!({"pipelineExecutionId": third, "status": "InProgress"})
    );
}
