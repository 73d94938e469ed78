//! A pipeline of three stages, and news for its engine.

use crate::support::caller::{Caller, ROLE, with};
use serde_json::{Value, json};
use slipway::aws::{Account, Region, Scope};
use slipway::engine::pipeline::event::{ActionToken, Event, Failure, Outcome, Success};
use slipway::engine::pipeline::execution::{ActionError, ErrorCode, Revision};

/// S3 → CodeBuild → S3; the source does not poll.
pub fn pipeline(name: &str) -> Value {
    json!({
        "name": name,
        "roleArn": ROLE,
        "artifactStore": {"type": "S3", "location": "store"},
        "stages": [
            {"name": "Source", "actions": [action("Zip", "Source", "S3",
                json!({"S3Bucket": "incoming", "S3ObjectKey": "src.zip", "PollForSourceChanges": "false"}), &[], &["Sources"])]},
            {"name": "Build", "actions": [action("Compile", "Build", "CodeBuild",
                json!({"ProjectName": "hello"}), &["Sources"], &["Site"])]},
            {"name": "Deploy", "actions": [action("Publish", "Deploy", "S3",
                json!({"BucketName": "out", "Extract": "true"}), &["Site"], &[])]},
        ],
    })
}

pub fn action(
    name: &str,
    category: &str,
    provider: &str,
    configuration: Value,
    inputs: &[&str],
    outputs: &[&str],
) -> Value {
    let mut action = json!({
        "name": name,
        "configuration": configuration,
        "actionTypeId": {"category": category, "owner": "AWS", "provider": provider, "version": "1"},
    });
    for (member, names) in [("inputArtifacts", inputs), ("outputArtifacts", outputs)] {
        if !names.is_empty() {
            action[member] = names.iter().map(|name| json!({"name": name})).collect();
        }
    }
    action
}

/// A source action of GitHub's first version, which has a secret.
pub fn with_secret(pipeline: Value, token: &str) -> Value {
    let github = json!({"Owner": "o", "Repo": "r", "Branch": "main", "OAuthToken": token, "PollForSourceChanges": "false"});
    let mut source = action("Git", "Source", "GitHub", github, &[], &["Sources"]);
    source["actionTypeId"]["owner"] = json!("ThirdParty");
    with(pipeline, "/stages/0/actions/0", source)
}

/// A custom build type of that provider in version 1: one job, a note, and a secret.
pub fn custom_type(provider: &str) -> Value {
    json!({
        "category": "Build",
        "provider": provider,
        "version": "1",
        "configurationProperties": [
            {"name": "Job", "required": true, "key": true, "secret": false, "queryable": true, "description": "Which job runs", "type": "String"},
            {"name": "Note", "required": false, "key": false, "secret": false},
            {"name": "Token", "required": true, "key": false, "secret": true},
        ],
        "inputArtifactDetails": {"minimumCount": 1, "maximumCount": 2},
        "outputArtifactDetails": {"minimumCount": 0, "maximumCount": 1},
    })
}

/// What names it in DeleteCustomActionType.
pub fn named(provider: &str) -> Value {
    json!({"category": "Build", "provider": provider, "version": "1"})
}

/// The sample with the custom type in its build stage, after the build.
pub fn with_custom(pipeline: Value, provider: &str, token: &str) -> Value {
    let configuration = json!({"Job": "nightly", "Token": token});
    let mut action = action(
        "Custom",
        "Build",
        provider,
        configuration,
        &["Sources"],
        &[],
    );
    action["actionTypeId"]["owner"] = json!("Custom");
    with(pipeline, "/stages/1/actions/-", action)
}

/// S3 → manual approval `Ask` → S3.
pub fn asking(name: &str, configuration: Value) -> Value {
    let ask = action("Ask", "Approval", "Manual", configuration, &[], &[]);
    let stage = json!({"name": "Approve", "actions": [ask]});
    let publish = with(pipeline(name), "/stages/1", stage);
    let input = json!([{"name": "Sources"}]);
    with(publish, "/stages/2/actions/0/inputArtifacts", input)
}

/// A rule of a condition.
pub fn rule(name: &str, provider: &str, configuration: Value) -> Value {
    let kind = json!({"category": "Rule", "owner": "AWS", "provider": provider, "version": "1"});
    json!({"name": name, "ruleTypeId": kind, "configuration": configuration})
}

/// A rule that is decided at once: that the text is `yes`.
pub fn check(name: &str, text: &str) -> Value {
    let configuration = json!({"Variable": text, "Value": "yes", "Operator": "EQ"});
    rule(name, "VariableCheck", configuration)
}

/// A rule that waits until somebody says how it ended.
pub fn alarm(name: &str) -> Value {
    rule(name, "CloudWatchAlarm", json!({"AlarmName": "errors"}))
}

/// The sample with a condition at a gate (`beforeEntry`, `onSuccess`, `onFailure`) of its build stage.
pub fn gated(name: &str, gate: &str, result: &str, rules: &[Value]) -> Value {
    let conditions = json!({"conditions": [{"result": result, "rules": rules}]});
    with(pipeline(name), &format!("/stages/1/{gate}"), conditions)
}

/// What GetPipelineState says of the stage at this place.
pub async fn stage(caller: &Caller, pipeline: &str, at: usize) -> Value {
    let state = caller
        .ok("GetPipelineState", json!({"name": pipeline}))
        .await;
    state["stageStates"][at].clone()
}

/// What GetPipelineExecution says of an execution.
pub async fn execution(caller: &Caller, pipeline: &str, id: &str) -> Value {
    let body = json!({"pipelineName": pipeline, "pipelineExecutionId": id});
    caller.ok("GetPipelineExecution", body).await["pipelineExecution"].clone()
}

/// Attempts of an execution in order of their places and numbers: name and status.
pub async fn attempts(caller: &Caller, pipeline: &str, execution: &str) -> Vec<String> {
    let body = json!({"pipelineName": pipeline, "filter": {"pipelineExecutionId": execution}});
    let listed = caller.ok("ListActionExecutions", body).await;
    let details = listed["actionExecutionDetails"].as_array().unwrap();
    let text = |detail: &Value, name: &str| detail[name].as_str().unwrap().to_owned();
    let mut all: Vec<String> = details
        .iter()
        .map(|detail| format!("{} {}", text(detail, "actionName"), text(detail, "status")))
        .collect();
    all.sort();
    all
}

/// Lets the running attempt of a rule end.
pub async fn decide(caller: &Caller, pipeline: &str, rule: &str, met: bool) {
    let listed = caller
        .ok("ListRuleExecutions", json!({"pipelineName": pipeline}))
        .await;
    let details = listed["ruleExecutionDetails"].as_array().unwrap();
    let running = details
        .iter()
        .find(|detail| detail["ruleName"] == rule && detail["status"] == "InProgress");
    let running = running.unwrap_or_else(|| panic!("{rule} runs in {listed}"));
    let id = running["ruleExecutionId"].as_str().unwrap();
    let outcome = match met {
        true => Outcome::Succeeded(Success::default()),
        false => failed("The alarm is in ALARM."),
    };
    let token = ActionToken(id.to_owned());
    let outcome = Box::new(outcome);
    tell(caller, pipeline, Event::ActionFinished { token, outcome }).await;
}

/// Creates the sample and gives the id of the execution that creating it began.
pub async fn created(caller: &Caller, name: &str) -> String {
    create(caller, pipeline(name)).await
}

/// The same with a declaration.
pub async fn create(caller: &Caller, pipeline: Value) -> String {
    let name = pipeline["name"].clone();
    caller
        .ok("CreatePipeline", json!({"pipeline": pipeline}))
        .await;
    let body = json!({"pipelineName": name});
    let listed = caller.ok("ListPipelineExecutions", body).await;
    let id = &listed["pipelineExecutionSummaries"][0]["pipelineExecutionId"];
    id.as_str().unwrap().to_owned()
}

pub async fn start(caller: &Caller, name: &str) -> String {
    let started = caller
        .ok("StartPipelineExecution", json!({"name": name}))
        .await;
    started["pipelineExecutionId"].as_str().unwrap().to_owned()
}

/// The running attempt of an action in an execution.
pub async fn attempt(caller: &Caller, pipeline: &str, execution: &str, action: &str) -> String {
    let body = json!({"pipelineName": pipeline, "filter": {"pipelineExecutionId": execution}});
    let listed = caller.ok("ListActionExecutions", body).await;
    let details = listed["actionExecutionDetails"].as_array().unwrap();
    let running = details
        .iter()
        .find(|detail| detail["actionName"] == action && detail["status"] == "InProgress");
    let running = running.unwrap_or_else(|| panic!("{action} runs in {listed}"));
    running["actionExecutionId"].as_str().unwrap().to_owned()
}

/// Lets the running attempt of an action succeed.
pub async fn finish(caller: &Caller, pipeline: &str, execution: &str, action: &str) {
    let success = match action {
        "Zip" => Success {
            revision: Some(Revision {
                id: "v1".to_owned(),
                summary: Some("Amazon S3 version id: v1".to_owned()),
                ..Revision::default()
            }),
            ..Success::default()
        },
        _ => Success::default(),
    };
    end(
        caller,
        pipeline,
        execution,
        action,
        Outcome::Succeeded(success),
    )
    .await;
}

/// Lets the running attempt of an action fail.
pub async fn fail(caller: &Caller, pipeline: &str, execution: &str, action: &str, why: &str) {
    end(caller, pipeline, execution, action, failed(why)).await;
}

fn failed(why: &str) -> Outcome {
    Outcome::Failed(Failure {
        error: ActionError {
            code: ErrorCode::ConfigurationError,
            message: why.to_owned(),
        },
        external_id: None,
    })
}

async fn end(caller: &Caller, pipeline: &str, execution: &str, action: &str, outcome: Outcome) {
    let token = ActionToken(attempt(caller, pipeline, execution, action).await);
    let outcome = Box::new(outcome);
    tell(caller, pipeline, Event::ActionFinished { token, outcome }).await;
}

pub async fn tell(caller: &Caller, pipeline: &str, event: Event) {
    let scope = Scope::new(
        Account::parse("000000000000").unwrap(),
        Region::parse("us-east-1").unwrap(),
    );
    let engine = &caller.server.app.codepipeline.engine;
    engine.event((scope, pipeline.to_owned()), event).await;
}

/// A well-formed id that nothing has.
pub const NOBODY: &str = "11111111-2222-4333-8444-555555555555";
