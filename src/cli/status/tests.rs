//! Answers in, the text people see out.

use super::*;
use crate::cli::remote::snapshot::Answers;
use codepipeline_api::model::{ActionExecutionDetail, PipelineDeclaration, RuleExecutionDetail};
use codepipeline_api::output::GetPipelineStateOutput;
use expect_test::{Expect, expect};
use serde_json::{Value, json};

const ID: &str = "11111111-1111-4111-8111-111111111111";
const OTHER: &str = "22222222-2222-4222-8222-222222222222";
const NOW: i64 = 1_000_000;

fn of<T: serde::de::DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).unwrap()
}

fn declaration() -> PipelineDeclaration {
    let action = |name: &str, category: &str, provider: &str, configuration: Value| {
        json!({"name": name, "configuration": configuration,
               "actionTypeId": {"category": category, "owner": "AWS", "provider": provider, "version": "1"}})
    };
    of(json!({
        "name": "hello", "roleArn": "arn:aws:iam::000000000000:role/r", "version": 3,
        "stages": [
            {"name": "Source", "actions": [action("Zip", "Source", "S3", json!({}))]},
            {"name": "Build", "actions": [
                action("Lint", "Test", "CodeBuild", json!({})), action("Render", "Build", "CodeBuild", json!({}))]},
            {"name": "Release", "actions": [action("Ok", "Approval", "Manual", json!({}))],
             "beforeEntry": {"conditions": [{"rules": [{"name": "Window",
                "ruleTypeId": {"category": "Rule", "owner": "AWS", "provider": "DeploymentWindow", "version": "1"}}]}]}},
        ],
    }))
}

fn ran(stage: &str, name: &str, provider: &str, status: &str, ago: i64, output: Value) -> Value {
    json!({"pipelineExecutionId": ID, "actionExecutionId": format!("{name}-id"), "stageName": stage, "actionName": name,
           "startTime": NOW - ago, "lastUpdateTime": NOW - ago + 5, "status": status, "output": output,
           "input": {"resolvedConfiguration": {"CustomData": "Looks good?"}, "actionTypeId": {"category": "Build", "owner": "AWS", "provider": provider, "version": "1"}}})
}

fn inside(stage: &str, status: &str) -> Value {
    json!({"stageName": stage, "latestExecution": {"pipelineExecutionId": ID, "status": status},
           "inboundTransitionState": {"enabled": true}, "inboundExecutions": []})
}

fn check(status: &str, stages: Value, actions: Value, rules: Value, expected: &Expect) {
    let declaration = declaration();
    let state: GetPipelineStateOutput = of(json!({ "stageStates": stages }));
    let head = Head::from(&of::<codepipeline_api::model::PipelineExecutionSummary>(
        json!({
            "pipelineExecutionId": ID, "status": status, "startTime": NOW - 125, "lastUpdateTime": NOW - 60,
            "trigger": {"triggerType": "StartPipelineExecution", "triggerDetail": "arn"},
        }),
    ));
    let running = [Running {
        action_execution_id: "Render-id".to_owned(),
        external_execution_id: Some("hello:b1".to_owned()),
        log_stream_arn: None,
    }];
    let snapshot = Snapshot::of(&Answers {
        declaration: &declaration,
        state: &state,
        running: &running,
        head,
        actions: of::<Vec<ActionExecutionDetail>>(actions),
        rules: of::<Vec<RuleExecutionDetail>>(rules),
        aws_flags: "",
    });
    let overview = Overview {
        now: Timestamp::from_second(NOW).unwrap(),
        url: "http://here".to_owned(),
        region: "us-east-1".to_owned(),
        pipelines: vec![Pipeline {
            name: "hello".to_owned(),
            kind: "V2".to_owned(),
            mode: "SUPERSEDED".to_owned(),
            version: 3,
            executions: vec![snapshot],
        }],
        builds: Vec::new(),
    };
    expected.assert_eq(&overview.text(Paint(false)));
}

#[test]
fn a_running_build_is_shown_with_its_age_and_id() {
    check(
        "InProgress",
        json!([inside("Source", "Succeeded"), inside("Build", "InProgress"), {"stageName": "Release"}]),
        json!([
            ran("Build", "Render", "CodeBuild", "InProgress", 35, json!({})),
            ran("Build", "Lint", "CodeBuild", "Succeeded", 35, json!({})),
            ran("Source", "Zip", "S3", "Succeeded", 60, json!({})),
        ]),
        json!([]),
        &expect![[r#"
            hello (V2, SUPERSEDED, version 3)
              InProgress 11111111-1111-4111-8111-111111111111 for 2 min 5 s, by StartPipelineExecution
                Source   Succeeded   Zip Succeeded
                Build    InProgress  Lint Succeeded, Render InProgress
                Release  -
                → Build / Render runs for 35 s (CodeBuild, hello:b1)
        "#]],
    );
}

#[test]
fn an_approval_is_shown_with_the_command_that_answers_it() {
    // Contract §5.10: the token is the action execution's id.
    check(
        "InProgress",
        json!([inside("Release", "InProgress")]),
        json!([ran("Release", "Ok", "Manual", "InProgress", 180, json!({}))]),
        json!([]),
        &expect![[r#"
            hello (V2, SUPERSEDED, version 3)
              InProgress 11111111-1111-4111-8111-111111111111 for 2 min 5 s, by StartPipelineExecution
                Source   -
                Build    -
                Release  InProgress  Ok InProgress
                → Release / Ok waits for an approval for 3 min: Looks good?
                  aws codepipeline put-approval-result --pipeline-name hello --stage-name Release --action-name Ok --token Ok-id --result summary=ok,status=Approved
        "#]],
    );
}

#[test]
fn a_closed_transition_is_shown_with_its_reason() {
    // Contract §5.12.
    check(
        "InProgress",
        json!([inside("Source", "Succeeded"), {
            "stageName": "Build", "inboundExecutions": [{"pipelineExecutionId": ID, "status": "InProgress"}],
            "inboundTransitionState": {"enabled": false, "lastChangedBy": "arn:aws:iam::000000000000:user/slipway",
                                       "lastChangedAt": NOW - 300, "disabledReason": "Freeze"}}]),
        json!([ran("Source", "Zip", "S3", "Succeeded", 60, json!({}))]),
        json!([]),
        &expect![[r#"
            hello (V2, SUPERSEDED, version 3)
              InProgress 11111111-1111-4111-8111-111111111111 for 2 min 5 s, by StartPipelineExecution
                Source   Succeeded   Zip Succeeded
                Build    -
                Release  -
                → the way into Build has been closed for 5 min by arn:aws:iam::000000000000:user/slipway: Freeze
                  aws codepipeline enable-stage-transition --pipeline-name hello --stage-name Build --transition-type Inbound
        "#]],
    );
}

#[test]
fn a_closed_way_out_is_shown_when_nobody_is_in_front() {
    // Contract §5.12: the state shows the way in alone.
    check(
        "InProgress",
        json!([inside("Source", "Succeeded"), {
            "stageName": "Build", "latestExecution": {"pipelineExecutionId": OTHER, "status": "Failed"},
            "inboundExecutions": [{"pipelineExecutionId": ID, "status": "InProgress"}],
            "inboundTransitionState": {"enabled": true}}]),
        json!([ran("Source", "Zip", "S3", "Succeeded", 60, json!({}))]),
        json!([]),
        &expect![[r#"
            hello (V2, SUPERSEDED, version 3)
              InProgress 11111111-1111-4111-8111-111111111111 for 2 min 5 s, by StartPipelineExecution
                Source   Succeeded   Zip Succeeded
                Build    -
                Release  -
                → waits in front of Build: the way out of Source is closed
                  aws codepipeline enable-stage-transition --pipeline-name hello --stage-name Source --transition-type Outbound
        "#]],
    );
}

#[test]
fn a_place_in_a_queue_is_shown_with_who_is_inside() {
    // Contract §5.3, QUEUED.
    check(
        "InProgress",
        json!([{
            "stageName": "Build", "latestExecution": {"pipelineExecutionId": OTHER, "status": "InProgress"},
            "inboundExecutions": [{"pipelineExecutionId": "x", "status": "InProgress"},
                                  {"pipelineExecutionId": ID, "status": "InProgress"}],
            "inboundTransitionState": {"enabled": true}}]),
        json!([ran("Source", "Zip", "S3", "Succeeded", 60, json!({}))]),
        json!([]),
        &expect![[r#"
            hello (V2, SUPERSEDED, version 3)
              InProgress 11111111-1111-4111-8111-111111111111 for 2 min 5 s, by StartPipelineExecution
                Source   Succeeded   Zip Succeeded
                Build    -
                Release  -
                → waits in front of Build as number 2, behind 22222222-2222-4222-8222-222222222222
        "#]],
    );
}

#[test]
fn a_condition_is_shown_with_its_rule_and_how_to_override_it() {
    // Contract §5.8.
    let rule = json!({"ruleName": "Window", "latestExecution": {"ruleExecutionId": "r1", "status": "InProgress",
                                                               "summary": "Opens at 06:00"}});
    check(
        "InProgress",
        json!([{"stageName": "Release", "latestExecution": {"pipelineExecutionId": ID, "status": "InProgress"},
                "beforeEntryConditionState": {"latestExecution": {"status": "InProgress"},
                                              "conditionStates": [{"ruleStates": [rule]}]}}]),
        json!([]),
        json!([{"ruleExecutionId": "r1", "stageName": "Release", "ruleName": "Window", "startTime": NOW - 7200,
                "status": "InProgress",
                "input": {"ruleTypeId": {"category": "Rule", "owner": "AWS", "provider": "DeploymentWindow", "version": "1"}}}]),
        &expect![[r#"
            hello (V2, SUPERSEDED, version 3)
              InProgress 11111111-1111-4111-8111-111111111111 for 2 min 5 s, by StartPipelineExecution
                Source   -
                Build    -
                Release  InProgress
                → Release waits for its condition beforeEntry, rule Window (DeploymentWindow) for 2 h: Opens at 06:00
                  aws codepipeline override-stage-condition --pipeline-name hello --stage-name Release --pipeline-execution-id 11111111-1111-4111-8111-111111111111 --condition-type BEFORE_ENTRY
        "#]],
    );
}

#[test]
fn a_failure_is_shown_with_its_words_and_waits_for_nothing() {
    let result = json!({"executionResult": {"externalExecutionId": "hello:b1",
                        "errorDetails": {"code": "JobFailed", "message": "Build terminated with state: FAILED."}}});
    check(
        "Failed",
        json!([inside("Source", "Succeeded"), inside("Build", "Failed")]),
        json!([
            ran("Build", "Render", "CodeBuild", "Failed", 10, result),
            ran("Build", "Render", "CodeBuild", "Succeeded", 50, json!({})),
            ran("Source", "Zip", "S3", "Succeeded", 60, json!({})),
        ]),
        json!([]),
        &expect![[r#"
            hello (V2, SUPERSEDED, version 3)
              Failed 11111111-1111-4111-8111-111111111111 1 min ago, after 1 min 5 s, by StartPipelineExecution
                Source   Succeeded   Zip Succeeded
                Build    Failed      Render Failed: Build terminated with state: FAILED.
                Release  -
        "#]],
    );
}

#[test]
fn a_condition_that_was_not_met_is_shown_with_its_rules_words() {
    // Contract §5.8, beforeEntry with FAIL: no action has run.
    let rule = |status: &str, ago: i64, result: Value| {
        json!({"ruleExecutionId": format!("r{ago}"), "stageName": "Release", "ruleName": "Window", "startTime": NOW - ago,
               "status": status, "output": {"executionResult": result}})
    };
    let why = json!({"errorDetails": {"code": "JobFailed", "message": "Not today."}});
    check(
        "Failed",
        json!([
            inside("Source", "Succeeded"),
            inside("Build", "Succeeded"),
            inside("Release", "Failed")
        ]),
        json!([]),
        json!([rule("Failed", 10, why), rule("Succeeded", 20, json!({}))]),
        &expect![[r#"
            hello (V2, SUPERSEDED, version 3)
              Failed 11111111-1111-4111-8111-111111111111 1 min ago, after 1 min 5 s, by StartPipelineExecution
                Source   Succeeded
                Build    Succeeded
                Release  Failed      rule Window Failed: Not today.
        "#]],
    );
}

#[test]
fn an_empty_server_says_so() {
    let overview = Overview {
        now: Timestamp::from_second(NOW).unwrap(),
        url: "http://here".to_owned(),
        region: "us-east-1".to_owned(),
        pipelines: Vec::new(),
        builds: Vec::new(),
    };
    expect![[r#"
        Nothing in us-east-1 on http://here: no pipeline, no running build.
    "#]]
    .assert_eq(&overview.text(Paint(false)));
}
