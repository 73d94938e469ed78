//! DeletePipeline (contract codepipeline §3.1).

use super::sample::{created, start};
use crate::support::caller::{CODEPIPELINE, Caller, both, tags};
use serde_json::{Value, json};

#[tokio::test]
async fn the_answer_is_empty_whether_or_not_there_was_a_pipeline() {
    // contract codepipeline §1.1, §3.1
    let shown = both(CODEPIPELINE, async |caller| {
        created(&caller, "p").await;
        let first = caller.ok("DeletePipeline", json!({"name": "p"})).await;
        let second = caller.ok("DeletePipeline", json!({"name": "p"})).await;
        assert_eq!((first, &second), (Value::Null, &Value::Null));
        second
    });
    assert_eq!(shown.await, "null\n");
}

#[tokio::test]
async fn executions_history_versions_and_tags_go_with_the_pipeline() {
    // contract codepipeline §2.2, §3.1
    let caller = Caller::new(CODEPIPELINE).await;
    let first = created(&caller, "p").await;
    let arn = "arn:aws:codepipeline:us-east-1:000000000000:p";
    caller
        .ok(
            "TagResource",
            json!({"resourceArn": arn, "tags": tags(&[("a", "1")])}),
        )
        .await;
    let pipeline = super::sample::pipeline("p");
    caller
        .ok("UpdatePipeline", json!({"pipeline": pipeline}))
        .await;
    start(&caller, "p").await;
    caller.ok("DeletePipeline", json!({"name": "p"})).await;
    let absent = "Account '000000000000' does not have a pipeline with name 'p'";
    let body = json!({"pipelineName": "p", "pipelineExecutionId": first});
    caller
        .expect_refusal(
            "GetPipelineExecution",
            body.clone(),
            "PipelineNotFoundException",
            absent,
        )
        .await;

    let again = created(&caller, "p").await;
    let listed = caller
        .ok("ListPipelineExecutions", json!({"pipelineName": "p"}))
        .await;
    let ids =
        crate::support::caller::texts(&listed["pipelineExecutionSummaries"], "pipelineExecutionId");
    assert_eq!(ids, [again]);
    let gone =
        format!("Pipeline Execution with id '{first}' does not exist in pipeline with name 'p'");
    caller
        .expect_refusal(
            "GetPipelineExecution",
            body,
            "PipelineExecutionNotFoundException",
            &gone,
        )
        .await;
    let body = json!({"name": "p", "version": 2});
    let said = "Pipeline 'p' does not have a version '2'";
    caller
        .expect_refusal(
            "GetPipeline",
            body,
            "PipelineVersionNotFoundException",
            said,
        )
        .await;
    let listed = caller
        .ok("ListTagsForResource", json!({"resourceArn": arn}))
        .await;
    assert_eq!(listed["tags"], json!([]));
    let listed = caller
        .ok("ListActionExecutions", json!({"pipelineName": "p"}))
        .await;
    assert_eq!(
        listed["actionExecutionDetails"].as_array().unwrap().len(),
        1
    );
}

#[tokio::test]
async fn pipelines_whose_names_begin_alike_and_those_elsewhere_stay() {
    // our reading: a pipeline is named by account, region and whole name
    let caller = Caller::new(CODEPIPELINE).await;
    let other = caller.in_region("eu-west-1");
    for (caller, name) in [
        (&caller, "p"),
        (&caller, "p-2"),
        (&caller, "o"),
        (&other, "p"),
    ] {
        created(caller, name).await;
    }
    caller.ok("DeletePipeline", json!({"name": "p"})).await;
    for (caller, name) in [(&caller, "p-2"), (&caller, "o"), (&other, "p")] {
        let listed = caller
            .ok("ListActionExecutions", json!({"pipelineName": name}))
            .await;
        assert_eq!(
            listed["actionExecutionDetails"].as_array().unwrap().len(),
            1,
            "{name}"
        );
        caller
            .ok("GetPipeline", json!({"name": name, "version": 1}))
            .await;
    }
}
