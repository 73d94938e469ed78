//! How deployments live and end on a server that does what it is asked for: aliases, alarms, and instances of two groups.

use super::agent::Agent;
use super::house::{House, config};
use super::instances::{self, instance, target};
use super::stories::{alarm, hooked, places, put_alarm, ring};
use crate::codedeploy::deploying::{app_spec, merged, request, revision, rolls_back};
use crate::codedeploy::deploying_ecs;
use crate::support::caller::ROLE;
use crate::support::waiting::wait_for;
use serde_json::{Value, json};
use std::time::Duration;

/// Ten percent for half an hour: a few seconds.
const CANARY: &str = "CodeDeployDefault.LambdaCanary10Percent30Minutes";

fn at_once() -> Value {
    json!({"deploymentConfigName": "CodeDeployDefault.LambdaAllAtOnce"})
}

/// A request whose deployment watches this alarm.
fn watching(name: &str, ignore: bool) -> Value {
    let alarms =
        json!({"enabled": true, "ignorePollAlarmFailure": ignore, "alarms": [{"name": name}]});
    json!({"overrideAlarmConfiguration": alarms})
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stopped_canary_stays_where_it_is_until_somebody_repairs_the_alias() {
    // contract codedeploy §5.6 (already weighted), §5.7 row 5
    let house = House::new(json!({"deploymentConfigName": CANARY})).await;
    let id = house.create(request(1, 2)).await;
    house.functions.reaches("1+2:0.1").await;
    let said = house
        .caller
        .ok("StopDeployment", json!({"deploymentId": id}))
        .await;
    assert_eq!(said["status"], "Succeeded");
    let info = house.end(&id).await;
    assert_eq!(info["status"], "Stopped");
    assert_eq!(info.get("rollbackInfo"), None);
    assert_eq!(house.functions.alias(), "1+2:0.1");
    for target in [2, 3] {
        let id = house.create(request(1, target)).await;
        let info = house.end(&id).await;
        assert_eq!(info["status"], "Failed");
        let error = &info["errorInformation"];
        assert_eq!(error["code"], "INVALID_LAMBDA_CONFIGURATION");
        assert_eq!(house.functions.alias(), "1+2:0.1");
    }
    house.functions.meddle("1");
    let id = house.create(merged(request(1, 3), at_once())).await;
    assert_eq!(house.end(&id).await["status"], "Succeeded");
    assert_eq!(house.functions.alias(), "3");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_percent_a_minute_are_ten_steps_and_nine_minutes() {
    // contract codedeploy §6.4, §10.1 F3
    let members =
        json!({"deploymentConfigName": "CodeDeployDefault.LambdaLinear10PercentEvery1Minute"});
    let house = House::new(members).await;
    let id = house.create(request(1, 2)).await;
    let info = house.end(&id).await;
    assert_eq!(info["status"], "Succeeded", "{info}");
    let weighted = (1..10).map(|tenth| format!("1+2:0.{tenth}"));
    let expected: Vec<String> = weighted.chain(["2".to_owned()]).collect();
    assert_eq!(places(&house), expected);
    let shifts = house.functions.shifts();
    for step in shifts.windows(2) {
        let held = step[1].0.since(step[0].0);
        assert!(held >= Duration::from_secs(60), "{held:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn from_a_version_to_itself_is_done_at_once_and_cannot_be_done_in_steps() {
    // contract codedeploy §6.1, `TargetVersion`; U for all at once: ours, it succeeds and changes nothing
    let house = House::new(json!({})).await;
    let id = house.create(request(1, 1)).await;
    let info = house.end(&id).await;
    assert_eq!(info["status"], "Succeeded", "{info}");
    let linear = "CodeDeployDefault.LambdaLinear10PercentEvery1Minute";
    for config in [CANARY, linear] {
        let body = json!({"deploymentConfigName": config});
        let id = house.create(merged(request(1, 1), body)).await;
        let info = house.end(&id).await;
        let error = &info["errorInformation"];
        assert_eq!(error["code"], "INVALID_LAMBDA_CONFIGURATION");
    }
    assert_eq!(places(&house), [""; 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_alias_that_does_not_exist_fails_the_deployment() {
    // contract codedeploy §6.1, `Alias`
    let house = House::new(json!({})).await;
    let content = app_spec(1, 2, false).replace("\"live\"", "\"dead\"");
    let body = merged(request(1, 2), json!({"revision": revision(&content)}));
    let id = house.create(body).await;
    let info = house.end(&id).await;
    assert_eq!(info["status"], "Failed");
    assert_eq!(
        info["errorInformation"],
        json!({"code": "INVALID_LAMBDA_CONFIGURATION", "message": "The Lambda function f has no alias dead."})
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_rollback_the_alias_stays_where_a_failure_finds_it() {
    // contract codedeploy §6.6
    let house = House::new(json!({})).await;
    let id = house.create(hooked(1, 2)).await;
    let payload = house.functions.invoked("before", 1).await;
    house.call_back(&payload, "Succeeded").await;
    let payload = house.functions.invoked("after", 1).await;
    house.call_back(&payload, "Failed").await;
    let info = house.end(&id).await;
    assert_eq!(info["status"], "Failed");
    assert_eq!(info.get("rollbackInfo"), None);
    assert_eq!(house.functions.alias(), "2");
    put_alarm(&house, "errors").await;
    let body = merged(request(2, 3), watching("errors", false));
    let body = merged(body, json!({"deploymentConfigName": CANARY}));
    let id = house.create(body).await;
    house.functions.reaches("2+3:0.1").await;
    ring(&house, "errors").await;
    let info = house.end(&id).await;
    assert_eq!(info["status"], "Stopped");
    assert_eq!(info.get("rollbackInfo"), None);
    assert_eq!(house.functions.alias(), "2+3:0.1");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rollback_counts_as_the_groups_last_deployment() {
    // contract codedeploy §5.10; U: ours, as every other deployment; §6.6: events of its own, and no hooks
    let house = House::new(json!({"autoRollbackConfiguration": rolls_back()})).await;
    let first = house.create(request(1, 2)).await;
    house.end(&first).await;
    let id = house.create(hooked(2, 3)).await;
    let payload = house.functions.invoked("before", 1).await;
    house.call_back(&payload, "Failed").await;
    let info = house.end(&id).await;
    let back = info["rollbackInfo"]["rollbackDeploymentId"].as_str();
    let info = house.end(back.unwrap()).await;
    assert_eq!(info["status"], "Succeeded");
    assert_eq!(house.events(back.unwrap()).await, ["Succeeded"; 3]);
    let names = json!({"applicationName": "a", "deploymentGroupName": "g"});
    let group = house.caller.ok("GetDeploymentGroup", names).await;
    let group = &group["deploymentGroupInfo"];
    for last in ["lastAttemptedDeployment", "lastSuccessfulDeployment"] {
        assert_eq!(group[last]["deploymentId"], info["deploymentId"], "{last}");
    }
    assert_eq!(group["targetRevision"], info["revision"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_alarms_that_ring_or_are_gone_stop_a_deployment() {
    // contract codedeploy §5.9: each state, and each of the three switches
    let house = House::new(json!({})).await;
    put_alarm(&house, "quiet").await;
    put_alarm(&house, "fine").await;
    let fields = "Action=SetAlarmState&AlarmName=fine&StateValue=OK&StateReason=test";
    alarm(&house, fields).await;
    put_alarm(&house, "loud").await;
    ring(&house, "loud").await;
    let off = json!({"enabled": false, "alarms": [{"name": "loud"}]});
    for (version, members, status) in [
        (1, watching("quiet", false), "Succeeded"),
        (2, watching("fine", false), "Succeeded"),
        (3, watching("none", true), "Succeeded"),
        (4, json!({"overrideAlarmConfiguration": off}), "Succeeded"),
        (5, watching("none", false), "Stopped"),
        (5, watching("loud", false), "Stopped"),
        (5, watching("loud", true), "Stopped"),
    ] {
        let body = merged(request(version, version + 1), members.clone());
        let id = house.create(body).await;
        let info = house.end(&id).await;
        assert_eq!(info["status"], status, "{members}");
        let code = &info["errorInformation"]["code"];
        assert_eq!(code == "ALARM_ACTIVE", status == "Stopped", "{members}");
    }
    assert_eq!(house.functions.alias(), "5");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_alarm_that_is_deleted_meanwhile_stops_who_watches_it_unless_that_is_ignored() {
    // contract codedeploy §5.9: a missing alarm
    let house = House::new(json!({"deploymentConfigName": CANARY})).await;
    for (ignore, name) in [(true, "one"), (false, "two")] {
        put_alarm(&house, name).await;
        let id = house
            .create(merged(request(1, 2), watching(name, ignore)))
            .await;
        house.functions.reaches("1+2:0.1").await;
        let fields = format!("Action=DeleteAlarms&AlarmNames.member.1={name}");
        alarm(&house, &fields).await;
        let info = house.end(&id).await;
        let (status, alias) = match ignore {
            true => ("Succeeded", "2"),
            false => ("Stopped", "1+2:0.1"),
        };
        assert_eq!(info["status"], status, "{info}");
        assert_eq!(house.functions.alias(), alias);
        house.functions.meddle("1");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_alarm_in_the_termination_wait_gives_the_original_task_set_its_traffic_back() {
    // contract codedeploy §5.9 (ECS), §7.7
    let house = House::with(config(None)).await;
    put_alarm(&house, "errors").await;
    let alarms = json!({"enabled": true, "alarms": [{"name": "errors"}]});
    let members = json!({"autoRollbackConfiguration": rolls_back(), "alarmConfiguration": alarms,
        "blueGreenDeploymentConfiguration": deploying_ecs::waits(None, 2880)});
    deploying_ecs::group(&house.caller, members).await;
    let waits = async |id: &str| {
        wait_for("the termination wait", async || {
            let info = house.shown(id).await;
            (info["instanceTerminationWaitTimeStarted"] == true).then_some(())
        })
        .await;
    };
    let first = house.create(deploying_ecs::request(2, &[])).await;
    waits(&first).await;
    let go_on = json!({"deploymentId": first, "deploymentWaitType": "TERMINATION_WAIT"});
    house.caller.ok("ContinueDeployment", go_on).await;
    assert_eq!(house.end(&first).await["status"], "Succeeded");
    let id = house.create(deploying_ecs::request(3, &[])).await;
    waits(&id).await;
    ring(&house, "errors").await;
    let info = house.end(&id).await;
    assert_eq!(info["status"], "Stopped");
    assert_eq!(info["errorInformation"]["code"], "ALARM_ACTIVE");
    let back = info["rollbackInfo"]["rollbackDeploymentId"].as_str();
    let info = house.end(back.unwrap()).await;
    assert_eq!(info["status"], "Succeeded", "{info}");
    let services = &house.functions.services;
    assert_eq!(services.leads("production"), "green:100 blue:0");
    assert_eq!(services.sets(), ["ecs-svc/2 PRIMARY"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_groups_deploy_to_one_instance_at_the_same_time() {
    // contract codedeploy §5.1, the end of "One active deployment per group"
    let house = instances::house(json!({})).await;
    let other = json!({"applicationName": "a", "deploymentGroupName": "h", "serviceRoleArn": ROLE,
        "onPremisesInstanceTagFilters": [{"Key": "role", "Value": "web", "Type": "KEY_AND_VALUE"}]});
    house.caller.ok("CreateDeploymentGroup", other).await;
    let agent = instance(&house.caller, "one").await;
    let body = instances::request("v1.zip");
    let first = house.create(body.clone()).await;
    let second = house
        .create(merged(body, json!({"deploymentGroupName": "h"})))
        .await;
    for id in [&first, &second] {
        instances::becomes(&house, id, "InProgress").await;
    }
    for _ in 0..14 {
        agent.works().await;
    }
    for id in [&first, &second] {
        assert_eq!(house.end(id).await["status"], "Succeeded");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_said_of_scripts_that_succeed_and_of_events_that_run() {
    // contract codedeploy §5.4, diagnostics of Server
    let house = instances::house(json!({})).await;
    let agent: Agent = instance(&house.caller, "one").await;
    let id = house.create(instances::request("v1.zip")).await;
    let command = agent.fetch().await;
    agent.confirm(&command.id).await;
    let shown = target(&house.caller, &id, "one").await;
    let running = &shown["lifecycleEvents"][0];
    let members: Vec<&String> = running.as_object().unwrap().keys().collect();
    assert_eq!(members, ["lifecycleEventName", "startTime", "status"]);
    let report = json!({"error_code": 0, "script_name": "scripts/stop.sh", "message": "Succeeded: ", "log": "[stdout]bye\n"});
    agent.tell(&command.id, "Succeeded", report).await;
    let shown = target(&house.caller, &id, "one").await;
    assert_eq!(
        shown["lifecycleEvents"][0]["diagnostics"],
        json!({"errorCode": "Success", "scriptName": "", "message": "Succeeded", "logTail": ""})
    );
    agent.fails().await;
    let info = house.end(&id).await;
    assert_eq!(info["status"], "Failed");
    let shown = target(&house.caller, &id, "one").await;
    let events = shown["lifecycleEvents"].as_array().unwrap();
    assert_eq!(events[1]["diagnostics"]["scriptName"], "scripts/check.sh");
    for skipped in &events[2..] {
        let members: Vec<&String> = skipped.as_object().unwrap().keys().collect();
        assert_eq!(members, ["endTime", "lifecycleEventName", "status"]);
        assert_eq!(skipped["status"], "Skipped");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_appspec_for_a_service_is_read_from_its_bucket_and_a_bad_one_fails_there() {
    // contract codedeploy §5.6 (bad AppSpec from S3, ECS), §10.1 F19
    let house = House::with(config(None)).await;
    deploying_ecs::group(&house.caller, json!({})).await;
    house.caller.s3("PUT", "/bucket", "").await;
    let yaml = "version: 0.0\nResources:\n  - TargetService:\n      Type: AWS::ECS::Service\n      Properties:\n        \
        TaskDefinition: arn:aws:ecs:us-east-1:000000000000:task-definition/web:2\n        \
        LoadBalancerInfo: {ContainerName: web, ContainerPort: 80}\n";
    house.caller.s3("PUT", "/bucket/good.yaml", yaml).await;
    let bad = yaml.replace("ContainerPort", "Port");
    house.caller.s3("PUT", "/bucket/bad.yaml", &bad).await;
    let at = |key: &str| {
        let s3 = json!({"bucket": "bucket", "key": key, "bundleType": "YAML"});
        let revision = json!({"revision": {"revisionType": "S3", "s3Location": s3}});
        merged(deploying_ecs::request(2, &[]), revision)
    };
    let id = house.create(at("bad.yaml")).await;
    let info = house.end(&id).await;
    assert_eq!(info["status"], "Failed");
    assert_eq!(info["errorInformation"]["code"], "INVALID_REVISION");
    let id = house.create(at("good.yaml")).await;
    let info = house.end(&id).await;
    assert_eq!(info["status"], "Succeeded", "{info}");
    assert_eq!(house.functions.services.sets(), ["ecs-svc/2 PRIMARY"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_in_the_termination_wait_leaves_both_task_sets_and_the_traffic() {
    // contract codedeploy §5.7, "ECS in termination wait"; U: ours, the wait ends, and with it the deployment, as Stopped
    let house = House::with(config(None)).await;
    let members = json!({"blueGreenDeploymentConfiguration": deploying_ecs::waits(None, 2880)});
    deploying_ecs::group(&house.caller, members).await;
    let id = house.create(deploying_ecs::request(2, &[])).await;
    wait_for("the termination wait", async || {
        let info = house.shown(&id).await;
        (info["instanceTerminationWaitTimeStarted"] == true).then_some(())
    })
    .await;
    let body = json!({"deploymentId": id});
    let said = house.caller.ok("StopDeployment", body).await;
    assert_eq!(said["status"], "Succeeded");
    let info = house.end(&id).await;
    assert_eq!(info["status"], "Stopped");
    assert_eq!(info["errorInformation"]["code"], "MANUAL_STOP");
    assert_eq!(info["deploymentOverview"]["Succeeded"], 1);
    let services = &house.functions.services;
    assert_eq!(services.leads("production"), "blue:0 green:100");
    assert_eq!(services.sets(), ["ecs-svc/1 ACTIVE", "ecs-svc/2 PRIMARY"]);
}
