//! DisableStageTransition (contract codepipeline §3.2, §5.3).

use super::sample::{create, created, execution, finish, pipeline, stage, start};
use crate::support::caller::{CODEPIPELINE, Caller, both, texts, with};
use expect_test::expect;
use serde_json::{Value, json};

const OPERATION: &str = "DisableStageTransition";

fn disable(stage: &str, kind: &str, reason: &str) -> Value {
    json!({"pipelineName": "p", "stageName": stage, "transitionType": kind, "reason": reason})
}

#[tokio::test]
async fn a_disabled_transition_holds_executions_and_shows_who_disabled_it_and_why() {
    // contract codepipeline §5.3, §5.12, L7, F11
    let shown = both(CODEPIPELINE, async |caller| {
        let id = created(&caller, "p").await;
        let before = caller.ok("GetPipelineState", json!({"name": "p"})).await;
        let body = disable("Build", "Inbound", "wait (a bit)!");
        assert_eq!(caller.ok(OPERATION, body).await, Value::Null);
        finish(&caller, "p", &id, "Zip").await;
        let after = caller.ok("GetPipelineState", json!({"name": "p"})).await;
        assert_eq!(before["updated"], after["updated"]);
        assert_eq!(before["pipelineVersion"], after["pipelineVersion"]);
        json!([
            after["stageStates"][0]["latestExecution"],
            after["stageStates"][1],
        ])
    });
    expect![[r#"
        [
          {
            "pipelineExecutionId": "<id:1>",
            "status": "Succeeded"
          },
          {
            "actionStates": [
              {
                "actionName": "Compile",
                "entityUrl": "https://console.aws.amazon.com/codebuild/home?region=us-east-1#/projects/hello/view"
              }
            ],
            "inboundExecution": {
              "pipelineExecutionId": "<id:1>",
              "status": "InProgress"
            },
            "inboundExecutions": [
              {
                "pipelineExecutionId": "<id:1>",
                "status": "InProgress"
              }
            ],
            "inboundTransitionState": {
              "disabledReason": "wait (a bit)!",
              "enabled": false,
              "lastChangedAt": "<time>",
              "lastChangedBy": "arn:aws:iam::000000000000:user/slipway"
            },
            "stageName": "Build"
          }
        ]
    "#]]
    .assert_eq(&shown.await);
}

#[tokio::test]
async fn an_outbound_transition_holds_executions_after_their_stage_succeeded() {
    // contract codepipeline §5.3, F11: the next stage's own transition is enabled all the same
    let caller = Caller::new(CODEPIPELINE).await;
    let id = created(&caller, "p").await;
    let body = disable("Source", "Outbound", "later");
    caller.ok(OPERATION, body).await;
    finish(&caller, "p", &id, "Zip").await;
    let source = stage(&caller, "p", 0).await;
    assert_eq!(source["latestExecution"]["status"], "Succeeded");
    assert_eq!(source["inboundTransitionState"], json!({"enabled": true}));
    let build = stage(&caller, "p", 1).await;
    assert_eq!(build["inboundExecution"]["pipelineExecutionId"], id);
    assert_eq!(build["inboundTransitionState"], json!({"enabled": true}));
    assert!(build.get("latestExecution").is_none(), "{build}");
    let body = json!({"pipelineName": "p", "stageName": "Source", "transitionType": "Outbound"});
    caller.ok("EnableStageTransition", body).await;
    let build = stage(&caller, "p", 1).await;
    assert_eq!(build["latestExecution"]["status"], "InProgress");
    assert_eq!(build["inboundExecutions"], json!([]));
}

#[tokio::test]
async fn the_last_reason_counts() {
    // contract codepipeline §3.2: overwrites the reason
    let caller = Caller::new(CODEPIPELINE).await;
    created(&caller, "p").await;
    for reason in ["first", "second"] {
        caller
            .ok(OPERATION, disable("Build", "Inbound", reason))
            .await;
    }
    let shown = stage(&caller, "p", 1).await["inboundTransitionState"].clone();
    assert_eq!(shown["disabledReason"], "second");
}

#[tokio::test]
async fn newer_executions_replace_the_one_that_waits() {
    // contract codepipeline §5.3, L2
    let caller = Caller::new(CODEPIPELINE).await;
    let first = created(&caller, "p").await;
    caller
        .ok(OPERATION, disable("Build", "Inbound", "wait"))
        .await;
    finish(&caller, "p", &first, "Zip").await;
    let second = start(&caller, "p").await;
    finish(&caller, "p", &second, "Zip").await;
    let build = stage(&caller, "p", 1).await;
    assert_eq!(
        texts(&build["inboundExecutions"], "pipelineExecutionId"),
        [second]
    );
    let first = execution(&caller, "p", &first).await;
    assert_eq!(first["status"], "Superseded");
    assert!(first.get("statusSummary").is_none(), "§5.2");
}

#[tokio::test]
async fn queued_executions_pile_up() {
    // contract codepipeline §5.3: the queue builds up; the single member is its head
    let caller = Caller::new(CODEPIPELINE).await;
    let queued = with(pipeline("p"), "/executionMode", json!("QUEUED"));
    let mut ids = vec![create(&caller, queued).await];
    caller
        .ok(OPERATION, disable("Build", "Inbound", "wait"))
        .await;
    finish(&caller, "p", &ids[0], "Zip").await;
    for _ in 0..2 {
        let id = start(&caller, "p").await;
        finish(&caller, "p", &id, "Zip").await;
        ids.push(id);
    }
    let build = stage(&caller, "p", 1).await;
    assert_eq!(
        texts(&build["inboundExecutions"], "pipelineExecutionId"),
        ids
    );
    assert_eq!(build["inboundExecution"]["pipelineExecutionId"], ids[0]);
}

#[tokio::test]
async fn parallel_executions_pass() {
    // contract codepipeline §5.3: not supported, ignored
    let caller = Caller::new(CODEPIPELINE).await;
    let parallel = with(pipeline("p"), "/executionMode", json!("PARALLEL"));
    let id = create(&caller, parallel).await;
    caller
        .ok(OPERATION, disable("Build", "Inbound", "wait"))
        .await;
    finish(&caller, "p", &id, "Zip").await;
    finish(&caller, "p", &id, "Compile").await;
    let state = caller.ok("GetPipelineState", json!({"name": "p"})).await;
    assert_eq!(state["stageStates"], json!([]));
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    // contract codepipeline §3.2
    let caller = Caller::new(CODEPIPELINE).await;
    let body = disable("Build", "Inbound", "wait");
    let said = "Account '000000000000' does not have a pipeline with name 'p'";
    let code = "PipelineNotFoundException";
    caller.expect_refusal(OPERATION, body, code, said).await;
    created(&caller, "p").await;
    let body = disable("Nope", "Inbound", "wait");
    let said = "Pipeline 'p' does not have a stage with name 'Nope'";
    let code = "StageNotFoundException";
    caller.expect_refusal(OPERATION, body, code, said).await;
}

#[tokio::test]
async fn reasons_and_types_keep_the_model() {
    // contract codepipeline §1.4, §3.2
    let caller = Caller::new(CODEPIPELINE).await;
    let cases = [
        (
            disable("Build", "Inbound", ""),
            "'reason' failed to satisfy constraint: Member must have length greater than or equal to 1",
        ),
        (
            disable("Build", "Inbound", &"x".repeat(301)),
            "'reason' failed to satisfy constraint: Member must have length less than or equal to 300",
        ),
        (
            disable("Build", "Inbound", "no, never"),
            r"'reason' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9!@ \(\)\.\*\?\-]+",
        ),
        (
            disable("Build", "Sideways", "wait"),
            "'transitionType' failed to satisfy constraint: Member must satisfy enum value set: [Inbound, Outbound]",
        ),
    ];
    for (body, said) in cases {
        let refused = caller.refused(OPERATION, body).await;
        assert_eq!(refused.code, "ValidationException");
        let head = "1 validation error detected: Value at ";
        let tail = refused.message.strip_prefix(head);
        // An empty text breaks the pattern too.
        let tail = tail.or_else(|| {
            refused
                .message
                .split_once("Value at ")
                .map(|(_, tail)| tail)
        });
        assert!(tail.unwrap().starts_with(said), "{}", refused.message);
    }
}
