//! Conditions at the entry of a stage, with rules that really run.

use super::house::{House, pipeline, publish, stage};
use crate::support::wait_for;
use serde_json::{Value, json};
use slipway::engine::pipeline::execution::ActionStatus::{self, Failed, InProgress, Succeeded};

/// A stage that publishes the source, behind a condition with these rules.
fn gated(result: &str, rules: Vec<Value>) -> Value {
    let mut stage = stage("Publish", vec![publish("Publish", "Src", "site")]);
    stage["beforeEntry"] = json!({"conditions": [{"result": result, "rules": rules}]});
    stage
}

fn rule(name: &str, provider: &str, configuration: Value) -> Value {
    let id = json!({"category": "Rule", "owner": "AWS", "provider": provider, "version": "1"});
    json!({"name": name, "ruleTypeId": id, "configuration": configuration})
}

fn check(value: &str) -> Value {
    let of = json!({"Variable": "#{variables.Stage}", "Value": value, "Operator": "EQ"});
    rule("Check", "VariableCheck", of)
}

fn run(line: &str) -> Value {
    let mut rule = rule("Run", "Commands", json!({}));
    rule.as_object_mut().unwrap().remove("configuration");
    rule["commands"] = json!([line]);
    rule["inputArtifacts"] = json!([{"name": "Src"}]);
    rule
}

async fn started(result: &str, rules: Vec<Value>) -> House {
    let house = House::new().await;
    house
        .put("incoming", "src.zip", &[("page.html", "hi")])
        .await;
    let mut pipeline = pipeline("p", vec![gated(result, rules)]);
    pipeline["variables"] = json!([{"name": "Stage", "defaultValue": "prod"}]);
    house.create(pipeline).await;
    house
}

fn statuses(house: &House) -> Vec<(String, ActionStatus)> {
    let rules = house.rules("p", "Publish").into_iter();
    rules.map(|rule| (rule.name, rule.status)).collect()
}

fn pair(name: &str, status: ActionStatus) -> (String, ActionStatus) {
    (name.to_owned(), status)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stage_is_entered_when_every_rule_succeeds() {
    // contract codepipeline §5.8, beforeEntry; VariableCheck, Commands
    let house = started("FAIL", vec![check("prod"), run("grep -q hi page.html")]).await;
    assert_eq!(house.end("p").await, "Succeeded");
    assert_eq!(
        statuses(&house),
        [pair("Check", Succeeded), pair("Run", Succeeded)]
    );
    assert_eq!(house.text("out", "site/page.html").await, "hi");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rule_whose_commands_fail_keeps_the_stage_closed() {
    // contract codepipeline §5.8, FAIL: no actions ran
    let house = started("FAIL", vec![check("prod"), run("grep -q ho page.html")]).await;
    assert_eq!(house.end("p").await, "Failed");
    let stage = house.stage("p", "Publish").await;
    assert_eq!(stage["latestExecution"]["status"], "Failed");
    assert_eq!(
        statuses(&house),
        [pair("Check", Succeeded), pair("Run", Failed)]
    );
    assert!(house.keys("out").await.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_check_that_does_not_hold_skips_the_stage() {
    // contract codepipeline §5.8, SKIP: stage Skipped, execution goes on
    let house = started("SKIP", vec![check("test")]).await;
    assert_eq!(house.end("p").await, "Succeeded");
    let stage = house.stage("p", "Publish").await;
    assert_eq!(stage["latestExecution"]["status"], "Skipped");
    assert!(house.keys("out").await.is_empty());
}

async fn alarm(house: &House, operation: &str, body: Value) {
    let server = &house.caller.server;
    let answer = server
        .cbor("GraniteServiceVersion20100801", operation, &body)
        .await;
    assert!(answer.status.is_success(), "{operation}: {answer:?}");
}

async fn set(house: &House, state: &str) {
    let body = json!({"AlarmName": "errors", "StateValue": state, "StateReason": "test"});
    alarm(house, "SetAlarmState", body).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stage_waits_for_its_alarm_to_recover() {
    // contract codepipeline §5.8, CloudWatchAlarm: waits up to WaitTime, succeeds at once when the alarm recovers
    let house = House::new().await;
    house
        .put("incoming", "src.zip", &[("page.html", "hi")])
        .await;
    let metric = json!({"AlarmName": "errors", "Namespace": "n", "MetricName": "m", "Statistic": "Sum", "Period": 60,
        "EvaluationPeriods": 1, "Threshold": 1.0, "ComparisonOperator": "GreaterThanThreshold"});
    alarm(&house, "PutMetricAlarm", metric).await;
    set(&house, "ALARM").await;
    let configuration = json!({"AlarmName": "errors", "WaitTime": "60"});
    let rules = vec![rule("Quiet", "CloudWatchAlarm", configuration)];
    house
        .create(pipeline("p", vec![gated("FAIL", rules)]))
        .await;
    wait_for("the rule to wait", async || {
        let rule = house.rules("p", "Publish").pop()?;
        // It has seen the alarm and gives it its time.
        rule.wake.map(|_| assert_eq!(rule.status, InProgress))
    })
    .await;
    assert_eq!(house.newest("p").await["status"], "InProgress");
    set(&house, "OK").await;
    assert_eq!(house.end("p").await, "Succeeded");
    assert_eq!(house.text("out", "site/page.html").await, "hi");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_alarm_that_is_not_there_fails_the_rule() {
    // our reading
    let configuration = json!({"AlarmName": "nobody"});
    let rules = vec![rule("Quiet", "CloudWatchAlarm", configuration)];
    let house = started("FAIL", rules).await;
    assert_eq!(house.end("p").await, "Failed");
    let rule = house.rules("p", "Publish").remove(0);
    assert_eq!(
        rule.result.error.unwrap().message,
        "The Amazon CloudWatch alarm 'nobody' does not exist."
    );
}
