//! Lambda deployments from the request to the alias and back.

use super::house::House;
use crate::codedeploy::deploying::{app_spec, merged, request, revision, rolls_back};
use crate::support::server::signed;
use http::StatusCode;
use serde_json::{Value, json};
use std::time::Duration;

const CANARY: &str = "CodeDeployDefault.LambdaCanary10Percent5Minutes";

/// Places of the alias, one after the other.
pub fn places(house: &House) -> Vec<String> {
    let shifts = house.functions.shifts().into_iter();
    shifts.map(|(_, place)| place).collect()
}

pub fn hooked(current: u32, target: u32) -> Value {
    let content = app_spec(current, target, true);
    merged(
        request(current, target),
        json!({"revision": revision(&content)}),
    )
}

/// A call of CloudWatch.
pub async fn alarm(house: &House, fields: &str) {
    let request = house
        .caller
        .server
        .post("/")
        .header("content-type", "application/x-www-form-urlencoded")
        .header(
            "authorization",
            signed("000000000000", "us-east-1", "monitoring"),
        );
    let body = format!("{fields}&Version=2010-08-01");
    let answer = house
        .caller
        .server
        .send(request.body(body.into()).unwrap())
        .await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
}

pub async fn put_alarm(house: &House, name: &str) {
    alarm(house, &format!("Action=PutMetricAlarm&AlarmName={name}&MetricName=m&Namespace=n&Statistic=Sum&Period=60&EvaluationPeriods=1&Threshold=1&ComparisonOperator=GreaterThanThreshold")).await;
}

pub async fn ring(house: &House, name: &str) {
    alarm(
        house,
        &format!("Action=SetAlarmState&AlarmName={name}&StateValue=ALARM&StateReason=test"),
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_canary_holds_its_share_for_its_minutes() {
    // contract codedeploy §6.3, §6.4, §9.2, §10.1 F2, §10.3
    let house = House::new(json!({"deploymentConfigName": CANARY})).await;
    let id = house.create(request(1, 2)).await;
    let info = house.end(&id).await;
    assert_eq!(info["status"], "Succeeded", "{info}");
    let shifts = house.functions.shifts();
    assert_eq!(places(&house), ["1+2:0.1", "2"]);
    let held = shifts[1].0.since(shifts[0].0);
    assert!(held >= Duration::from_secs(300), "{held:?}");
    let heard = house.caller.server.get("/_slipway/events").await.text();
    let heard: Vec<Value> = heard
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .filter(|event: &Value| event["source"] == "aws.codedeploy")
        .collect();
    let states: Vec<&Value> = heard
        .iter()
        .map(|event| &event["detail"]["state"])
        .collect();
    assert_eq!(states, ["START", "SUCCESS"]);
    assert_eq!(
        heard[0]["detail-type"],
        "CodeDeploy Deployment State-change Notification"
    );
    assert_eq!(
        heard[0]["resources"],
        json!([
            "arn:aws:codedeploy:us-east-1:000000000000:application:a",
            "arn:aws:codedeploy:us-east-1:000000000000:deploymentgroup:a/g"
        ])
    );
    assert_eq!(heard[0]["detail"]["deploymentId"], json!(id));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hooks_decide_and_a_failed_one_is_rolled_back() {
    // contract codedeploy §5.5, §6.5, §6.6, §10.1 F7
    let house = House::new(json!({"autoRollbackConfiguration": rolls_back()})).await;
    let first = house.create(hooked(1, 2)).await;
    for hook in ["before", "after"] {
        let payload = house.functions.invoked(hook, 1).await;
        assert_eq!(payload["DeploymentId"], json!(first));
        assert_eq!(payload.as_object().unwrap().len(), 2, "{payload}");
        house.call_back(&payload, "Succeeded").await;
    }
    assert_eq!(house.end(&first).await["status"], "Succeeded");
    let id = house.create(hooked(2, 3)).await;
    let payload = house.functions.invoked("before", 2).await;
    house.call_back(&payload, "Succeeded").await;
    let payload = house.functions.invoked("after", 2).await;
    assert_eq!(house.functions.alias(), "3");
    house.call_back(&payload, "Failed").await;
    let info = house.end(&id).await;
    assert_eq!(info["errorInformation"]["code"], "HOOK_EXECUTION_FAILURE");
    assert_eq!(
        house.events(&id).await,
        ["Succeeded", "Succeeded", "Failed"]
    );
    let rollback = info["rollbackInfo"]["rollbackDeploymentId"]
        .as_str()
        .unwrap();
    let rollback = house.end(rollback).await;
    assert_eq!(rollback["status"], "Succeeded", "{rollback}");
    assert_eq!(places(&house), ["2", "3", "2"]);
    let names = json!({"applicationName": "a", "deploymentGroupName": "g"});
    let group = house.caller.ok("GetDeploymentGroup", names).await;
    let last = &group["deploymentGroupInfo"]["lastSuccessfulDeployment"];
    assert_eq!(last["deploymentId"], rollback["deploymentId"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_alarm_stops_a_canary_and_the_alias_comes_back() {
    // contract codedeploy §5.6, §5.9, §6.6, §10.1 F8, §10.4 2
    let slow = json!({"deploymentConfigName": "slow", "computePlatform": "Lambda", "trafficRoutingConfig":
        {"type": "TimeBasedCanary", "timeBasedCanary": {"canaryPercentage": 25, "canaryInterval": 2880}}});
    let alarms = json!({"enabled": true, "alarms": [{"name": "errors"}]});
    let house = House::new(
        json!({"autoRollbackConfiguration": rolls_back(), "alarmConfiguration": alarms}),
    )
    .await;
    put_alarm(&house, "errors").await;
    house.caller.ok("CreateDeploymentConfig", slow).await;
    let first = house.create(request(1, 2)).await;
    assert_eq!(house.end(&first).await["status"], "Succeeded");
    let id = house
        .create(merged(
            request(2, 3),
            json!({"deploymentConfigName": "slow"}),
        ))
        .await;
    house.functions.reaches("2+3:0.25").await;
    ring(&house, "errors").await;
    let info = house.end(&id).await;
    assert_eq!(info["status"], "Stopped");
    assert_eq!(info["errorInformation"]["code"], "ALARM_ACTIVE");
    let rollback = info["rollbackInfo"]["rollbackDeploymentId"]
        .as_str()
        .unwrap();
    let rollback = house.end(rollback).await;
    assert_eq!(rollback["status"], "Succeeded", "{rollback}");
    assert_eq!(house.functions.alias(), "2");
    // It rings still: the next one stops at its start, and moves nothing.
    let id = house.create(request(2, 3)).await;
    assert_eq!(house.end(&id).await["status"], "Stopped");
    assert_eq!(house.functions.alias(), "2");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_deployed_fails_with_its_reason() {
    // contract codedeploy §5.6, §6.1, §6.3, §6.5, §10.1 F5
    let house = House::new(json!({})).await;
    house.functions.refuse("before");
    let s3 = json!({"revisionType": "S3", "s3Location": {"bucket": "none", "key": "k", "bundleType": "YAML"}});
    let other = app_spec(1, 2, false).replace("\"Name\":\"f\"", "\"Name\":\"g\"");
    let linear =
        json!({"deploymentConfigName": "CodeDeployDefault.LambdaLinear10PercentEvery1Minute"});
    for (body, code) in [
        (request(3, 4), "INVALID_LAMBDA_CONFIGURATION"),
        (request(1, 10), "INVALID_LAMBDA_CONFIGURATION"),
        (
            merged(request(1, 1), linear),
            "INVALID_LAMBDA_CONFIGURATION",
        ),
        (hooked(1, 2), "INVALID_LAMBDA_FUNCTION"),
        (
            merged(request(1, 2), json!({"revision": revision(&other)})),
            "INVALID_LAMBDA_FUNCTION",
        ),
        (
            merged(request(1, 2), json!({"revision": s3})),
            "REVISION_MISSING",
        ),
    ] {
        let id = house.create(body.clone()).await;
        let info = house.end(&id).await;
        assert_eq!(info["status"], "Failed", "{body}");
        assert_eq!(info["errorInformation"]["code"], code, "{info}");
    }
    assert_eq!(places(&house), [""; 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_alias_that_somebody_else_changed_is_left_alone() {
    // ours, after contract codedeploy §6.2 (RevisionId)
    let house = House::new(json!({"deploymentConfigName": CANARY})).await;
    let id = house.create(request(1, 2)).await;
    house.functions.reaches("1+2:0.1").await;
    house.functions.meddle("7");
    let info = house.end(&id).await;
    assert_eq!(
        info["errorInformation"]["code"],
        "INVALID_LAMBDA_CONFIGURATION"
    );
    assert_eq!(house.functions.alias(), "7");
    assert_eq!(house.events(&id).await, ["Succeeded", "Failed", "Skipped"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_appspec_in_a_bucket_is_read_when_the_deployment_begins() {
    // contract codedeploy §3.2.1, §6.1, §10.1 F19
    let house = House::new(json!({})).await;
    house.caller.s3("PUT", "/bucket", "").await;
    let yaml = "version: 0.0\nResources:\n  - x:\n      Type: AWS::Lambda::Function\n      Properties: {Name: f, Alias: live, CurrentVersion: 1, TargetVersion: 2}\n";
    house.caller.s3("PUT", "/bucket/spec.yml", yaml).await;
    house
        .caller
        .s3("PUT", "/bucket/bad.yml", "version: 0.0")
        .await;
    let at = |key: &str| {
        let s3 = json!({"bucket": "bucket", "key": key, "bundleType": "YAML"});
        merged(
            request(1, 2),
            json!({"revision": {"revisionType": "S3", "s3Location": s3}}),
        )
    };
    let bad = house.create(at("bad.yml")).await;
    let info = house.end(&bad).await;
    assert_eq!(
        info["errorInformation"],
        json!({"code": "INVALID_REVISION", "message": "The AppSpec file is not valid: the file: Resources is missing at line 1"})
    );
    let id = house.create(at("spec.yml")).await;
    let info = house.end(&id).await;
    assert_eq!(info["status"], "Succeeded", "{info}");
    assert_eq!(house.functions.alias(), "2");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn triggers_hear_of_a_deployment_and_its_rollback() {
    // contract codedeploy §9.1: the recorded sequence, in whatever order SNS brings it
    let house = House::with(super::house::config(None)).await;
    let server = &house.caller.server;
    let made = server.query("sns", "Action=CreateTopic&Version=2010-03-31&Name=news");
    assert_eq!(made.await.status, StatusCode::OK);
    let events = [
        "DeploymentStart",
        "DeploymentSuccess",
        "DeploymentFailure",
        "DeploymentRollback",
    ];
    let topic = "arn:aws:sns:us-east-1:000000000000:news";
    let trigger =
        json!([{"triggerName": "all", "triggerTargetArn": topic, "triggerEvents": events}]);
    let members =
        json!({"autoRollbackConfiguration": rolls_back(), "triggerConfigurations": trigger});
    crate::codedeploy::deploying::group(&house.caller, members).await;
    let first = house.create(request(1, 2)).await;
    house.end(&first).await;
    assert_eq!(house.functions.published(3).await.len(), 3);
    let id = house.create(hooked(2, 3)).await;
    let payload = house.functions.invoked("before", 1).await;
    house.call_back(&payload, "Failed").await;
    let info = house.end(&id).await;
    let rollback = info["rollbackInfo"]["rollbackDeploymentId"]
        .as_str()
        .unwrap()
        .to_owned();
    let mut heard = house.functions.published(8).await;
    let of = |status: &str, id: &str| format!("{status}: AWS CodeDeploy {id} in us-east-1 to a");
    let mut expected = vec![
        "SUCCESS: AWS CodeDeploy notification setup for trigger all".to_owned(),
        of("CREATED", &first),
        of("SUCCEEDED", &first),
        of("CREATED", &id),
        of("FAILED", &id),
        of("CREATED", &rollback),
        of("IN_PROGRESS", &rollback),
        of("SUCCEEDED", &rollback),
    ];
    heard.sort();
    expected.sort();
    assert_eq!(heard, expected);
}
