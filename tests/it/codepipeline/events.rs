//! What subscribers of EventBridge hear of a pipeline, in which order (contract codepipeline §9, sequences).

use super::sample::{created, fail, finish};
use crate::support::caller::{CODEPIPELINE, Caller};
use serde_json::{Value, json};

async fn heard(caller: &Caller) -> Vec<Value> {
    let answer = caller.server.get("/_slipway/events").await;
    let text = answer.text();
    let lines = text.lines();
    lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// Who became what, such as `pipeline STARTED`, `Source STARTED`, `Source/Zip STARTED`.
async fn told(caller: &Caller) -> Vec<String> {
    let events = heard(caller).await;
    events.iter().map(line).collect()
}

fn line(event: &Value) -> String {
    let detail = &event["detail"];
    let text = |name: &str| detail[name].as_str().unwrap_or_default();
    let state = text("state");
    match event["detail-type"].as_str().unwrap() {
        "CodePipeline Pipeline Execution State Change" => format!("pipeline {state}"),
        "CodePipeline Stage Execution State Change" => format!("{} {state}", text("stage")),
        "CodePipeline Action Execution State Change" => {
            format!("{}/{} {state}", text("stage"), text("action"))
        }
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn an_execution_is_told_from_its_start_to_its_end() {
    // contract codepipeline §9, normal sequence
    let caller = Caller::new(CODEPIPELINE).await;
    let id = created(&caller, "p").await;
    for action in ["Zip", "Compile", "Publish"] {
        finish(&caller, "p", &id, action).await;
    }
    let expected = [
        "pipeline STARTED",
        "Source STARTED",
        "Source/Zip STARTED",
        "Source/Zip SUCCEEDED",
        "Source SUCCEEDED",
        "Build STARTED",
        "Build/Compile STARTED",
        "Build/Compile SUCCEEDED",
        "Build SUCCEEDED",
        "Deploy STARTED",
        "Deploy/Publish STARTED",
        "Deploy/Publish SUCCEEDED",
        "Deploy SUCCEEDED",
        "pipeline SUCCEEDED",
    ];
    assert_eq!(told(&caller).await, expected);
    let events = heard(&caller).await;
    for (at, event) in events.iter().enumerate() {
        assert_eq!(event["sequence"], at + 1);
        assert_eq!(event["source"], "aws.codepipeline");
        let arn = "arn:aws:codepipeline:us-east-1:000000000000:p";
        assert_eq!(event["resources"], json!([arn]));
        assert_eq!(event["detail"]["execution-id"], id);
        assert_eq!(event["detail"]["pipeline"], "p");
    }
    let trigger = &events[0]["detail"]["execution-trigger"];
    assert_eq!(trigger["trigger-type"], "CreatePipeline");
    assert_eq!(events[13]["detail"].get("execution-trigger"), None);
    let artifact = &events[3]["detail"]["output-artifacts"][0];
    assert_eq!(artifact["name"], "Sources");
    assert_eq!(artifact["s3location"]["bucket"], "store");
    assert_eq!(events[6]["detail"]["input-artifacts"][0], *artifact);
}

#[tokio::test]
async fn a_failure_is_told_from_the_action_up() {
    // contract codepipeline §9, failure
    let caller = Caller::new(CODEPIPELINE).await;
    let id = created(&caller, "p").await;
    fail(&caller, "p", &id, "Zip", "no such bucket").await;
    let told = told(&caller).await;
    let expected = ["Source/Zip FAILED", "Source FAILED", "pipeline FAILED"];
    assert_eq!(told[3..], expected);
    let events = heard(&caller).await;
    let result = &events[3]["detail"]["execution-result"];
    assert_eq!(result["error-code"], "ConfigurationError");
    assert_eq!(result["external-execution-summary"], "no such bucket");
}

#[tokio::test]
async fn a_stop_is_told_when_it_is_asked_for_and_when_it_is_done() {
    // contract codepipeline §9, stop
    let caller = Caller::new(CODEPIPELINE).await;
    for (abandon, ended) in [
        (false, "Source/Zip SUCCEEDED"),
        (true, "Source/Zip ABANDONED"),
    ] {
        let name = if abandon { "q" } else { "p" };
        let id = created(&caller, name).await;
        let before = heard(&caller).await.len();
        let body = json!({"pipelineName": name, "pipelineExecutionId": id, "abandon": abandon, "reason": "enough"});
        caller.ok("StopPipelineExecution", body).await;
        if !abandon {
            finish(&caller, name, &id, "Zip").await;
        }
        let expected = [
            "pipeline STOPPING",
            "Source STOPPING",
            ended,
            "Source STOPPED",
            "pipeline STOPPED",
        ];
        assert_eq!(told(&caller).await[before..], expected);
        let events = heard(&caller).await;
        for at in [before, before + 4] {
            assert_eq!(events[at]["detail"]["stop-execution-comments"], "enough");
        }
    }
}

#[tokio::test]
async fn an_execution_of_a_webhook_is_told_with_the_webhook() {
    // contract codepipeline §5.4, §9
    let caller = Caller::new(CODEPIPELINE).await;
    created(&caller, "p").await;
    let shown = super::webhook::put(&caller, super::webhook::webhook("w")).await;
    super::webhook::deliver(&caller, &shown, &[], r#"{"ref":"refs/heads/main"}"#).await;
    let events = heard(&caller).await;
    let triggers = events
        .iter()
        .map(|event| &event["detail"]["execution-trigger"]);
    let expected = json!({"trigger-type": "Webhook", "trigger-detail": shown["arn"]});
    assert!(triggers.into_iter().any(|trigger| *trigger == expected));
}
