//! ECS deployments from the request to the listener and back, on a scripted service.

use super::house::{House, config};
use super::restart::{again, again_after, folder};
use crate::codedeploy::deploying::rolls_back;
use crate::codedeploy::deploying_ecs::{group, request, waits};
use crate::support::waiting::wait_for;
use serde_json::{Value, json};

const CANARY: &str = "CodeDeployDefault.ECSCanary10Percent5Minutes";

async fn house(members: Value) -> House {
    let house = House::with(config(None)).await;
    group(&house.caller, members).await;
    house
}

pub async fn target(house: &House, id: &str) -> Value {
    let body = json!({"deploymentId": id, "targetId": "c:web"});
    let answer = house.caller.ok("GetDeploymentTarget", body).await;
    answer["deploymentTarget"]["ecsTarget"].clone()
}

/// The target's events that have one of these statuses.
pub fn events<'a>(target: &'a Value, statuses: &[&str]) -> Vec<&'a str> {
    let events = target["lifecycleEvents"].as_array().unwrap().iter();
    let of = events.filter(|event| statuses.contains(&event["status"].as_str().unwrap()));
    of.map(|event| event["lifecycleEventName"].as_str().unwrap())
        .collect()
}

/// Waits until the deployment is so.
async fn reaches(house: &House, id: &str, status: &str) {
    wait_for(&format!("{id} to be {status}"), async || {
        let info = house.shown(id).await;
        (info["status"] == status).then_some(())
    })
    .await;
}

pub async fn rolled_back(house: &House, info: &Value) -> Value {
    let id = info["rollbackInfo"]["rollbackDeploymentId"].as_str();
    house.end(id.unwrap_or_else(|| panic!("{info}"))).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn traffic_goes_to_the_new_task_set_and_back_with_the_next_deployment() {
    // contract codedeploy §7.2 (blue is derived), §7.4, §7.5 (weights, rules, the test listener stays on green), §10.4 4
    let house = house(json!({})).await;
    let services = &house.functions.services;
    let id = house.create(request(2, &[])).await;
    let info = house.end(&id).await;
    assert_eq!(info["status"], "Succeeded", "{info}");
    assert_eq!(info["deploymentOverview"]["Succeeded"], 1);
    assert_eq!(info["instanceTerminationWaitTimeStarted"], true);
    assert_eq!(info["deploymentStatusMessages"], json!([]));
    assert_eq!(
        services.log(),
        [
            "production blue:100 green:0",
            "rule blue:100 green:0",
            "create ecs-svc/2 of web:2 behind green",
            "test blue:0 green:100",
            "production blue:0 green:100",
            "rule blue:0 green:100",
            "primary ecs-svc/2",
            "delete ecs-svc/1",
        ]
    );
    assert_eq!(services.leads("other"), "other:1");
    assert_eq!(services.leads("test"), "blue:0 green:100");
    let shown = target(&house, &id).await;
    assert_eq!(events(&shown, &["Succeeded"]).len(), 8);
    assert_eq!(
        shown["taskSetsInfo"],
        json!([{"identifer": "ecs-svc/2", "desiredCount": 1, "pendingCount": 0, "runningCount": 1, "status": "PRIMARY",
            "trafficWeight": 100.0, "targetGroup": {"name": "green"}, "taskSetLabel": "Green"}])
    );
    let id = house.create(request(3, &[])).await;
    assert_eq!(house.end(&id).await["status"], "Succeeded");
    assert_eq!(services.leads("production"), "green:0 blue:100");
    assert_eq!(services.sets(), ["ecs-svc/3 PRIMARY"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_lets_the_traffic_go_and_the_original_too() {
    // contract codedeploy §5.3, §5.8, §7.4 rows 5 to 10, §9.2, §10.1 F10, F17
    let house = house(json!({"blueGreenDeploymentConfiguration": waits(Some(7200), 2880)})).await;
    let services = &house.functions.services;
    let id = house.create(request(2, &[])).await;
    reaches(&house, &id, "Ready").await;
    assert_eq!(services.leads("test"), "blue:0 green:100");
    assert_eq!(services.leads("production"), "blue:100 green:0");
    // §10.4 7: no overview before the end.
    assert_eq!(house.shown(&id).await.get("deploymentOverview"), None);
    let body = json!({"deploymentId": id, "deploymentWaitType": "READY_WAIT"});
    house.caller.ok("ContinueDeployment", body).await;
    services.saw("primary ecs-svc/2").await;
    wait_for("the termination wait", async || {
        let info = house.shown(&id).await;
        (info["instanceTerminationWaitTimeStarted"] == true).then_some(())
    })
    .await;
    let shown = target(&house, &id).await;
    assert_eq!(shown["status"], "Succeeded");
    let sets = shown["taskSetsInfo"].as_array().unwrap();
    assert_eq!(
        (sets.len(), house.shown(&id).await["status"].clone()),
        (2, json!("InProgress"))
    );
    assert_eq!(house.shown(&id).await.get("deploymentOverview"), None);
    let body = json!({"deploymentId": id, "deploymentWaitType": "TERMINATION_WAIT"});
    house.caller.ok("ContinueDeployment", body).await;
    assert_eq!(house.end(&id).await["status"], "Succeeded");
    assert_eq!(services.sets(), ["ecs-svc/2 PRIMARY"]);
    // Its events are shown a moment after its end.
    let states = wait_for("the last event", async || {
        let heard = house.caller.server.get("/_slipway/events").await.text();
        let states = heard.lines().filter_map(|line| {
            let event: Value = serde_json::from_str(line).unwrap();
            let ours = event["source"] == "aws.codedeploy";
            ours.then(|| event["detail"]["state"].as_str().unwrap().to_owned())
        });
        let states: Vec<String> = states.collect();
        (states.last().map(String::as_str) == Some("SUCCESS")).then_some(states)
    })
    .await;
    assert_eq!(states, ["START", "READY", "SUCCESS"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failed_hook_is_rolled_back_without_a_new_task_set() {
    // contract codedeploy §5.5, §7.7, §10.4 3
    let house = house(json!({"autoRollbackConfiguration": rolls_back()})).await;
    let services = &house.functions.services;
    let first = house.create(request(2, &[])).await;
    assert_eq!(house.end(&first).await["status"], "Succeeded");
    let hooks = [("AfterAllowTraffic", "check")];
    let id = house.create(request(3, &hooks)).await;
    let payload = house.functions.invoked("check", 1).await;
    assert_eq!(services.leads("production"), "green:0 blue:100");
    house.call_back(&payload, "Failed").await;
    let info = house.end(&id).await;
    assert_eq!(info["errorInformation"]["code"], "HOOK_EXECUTION_FAILURE");
    let back = rolled_back(&house, &info).await;
    assert_eq!(back["status"], "Succeeded", "{back}");
    assert_eq!(
        back["deploymentConfigName"],
        "CodeDeployDefault.ECSAllAtOnce"
    );
    assert_eq!(services.leads("production"), "green:100 blue:0");
    assert_eq!(services.sets(), ["ecs-svc/2 PRIMARY"]);
    let created = services.log();
    let created = created.iter().filter(|entry| entry.starts_with("create"));
    assert_eq!(created.count(), 2);
    let shown = target(&house, &id).await;
    assert_eq!(events(&shown, &["Failed"]), ["AfterAllowTraffic"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_listener_that_somebody_else_changes_ends_the_deployment_truthfully() {
    // contract codedeploy §5.6, §7.5
    let house = house(json!({"deploymentConfigName": CANARY})).await;
    let services = &house.functions.services;
    let id = house.create(request(2, &[])).await;
    services.saw("rule blue:90 green:10").await;
    services.meddle("production", "other");
    services.meddle("rule", "other");
    let info = house.end(&id).await;
    assert_eq!(info["status"], "Failed");
    assert_eq!(
        info["errorInformation"],
        json!({"code": "ELASTIC_LOAD_BALANCING_INVALID", "message":
            "The ELB could not be updated due to the following error: Primary taskset target group must be behind listener production"})
    );
    assert_eq!(services.leads("production"), "other:1");
    let shown = target(&house, &id).await;
    assert_eq!(events(&shown, &["Failed"]), ["AllowTraffic"]);
    assert_eq!(events(&shown, &["Skipped"]), ["AfterAllowTraffic"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_as_it_must_be_fails_before_a_task_set_is_created() {
    // contract codedeploy §7.2
    let house = house(json!({})).await;
    let services = &house.functions.services;
    services.meddle("production", "green");
    services.meddle("rule", "other");
    let id = house.create(request(2, &[])).await;
    let info = house.end(&id).await;
    assert_eq!(
        info["errorInformation"]["code"],
        "ELASTIC_LOAD_BALANCING_INVALID"
    );
    services.lose();
    let id = house.create(request(2, &[])).await;
    let info = house.end(&id).await;
    assert_eq!(
        info["errorInformation"],
        json!({"code": "INVALID_ECS_SERVICE", "message": "The Amazon ECS service web does not exist in the cluster c."})
    );
    assert_eq!(services.log(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replacement_that_crashes_or_a_service_that_goes_fails_the_deployment() {
    // contract codedeploy §5.6: ECS_UPDATE_ERROR; ours for the service
    let house = house(json!({"blueGreenDeploymentConfiguration": waits(None, 2880)})).await;
    let services = &house.functions.services;
    let id = house.create(request(2, &[])).await;
    wait_for("the termination wait", async || {
        let info = house.shown(&id).await;
        (info["instanceTerminationWaitTimeStarted"] == true).then_some(())
    })
    .await;
    services.crash();
    let info = house.end(&id).await;
    assert_eq!(
        info["errorInformation"],
        json!({"code": "ECS_UPDATE_ERROR", "message": "CodeDeploy detected that the replacement task set is unhealthy."})
    );
    assert_eq!(info["deploymentOverview"]["Succeeded"], 1);
    services.hold();
    let id = house.create(request(3, &[])).await;
    services.saw("create ecs-svc/3").await;
    // What an ended deployment has left behind the free target group is gone first.
    assert_eq!(services.sets().len(), 2);
    services.lose();
    let info = house.end(&id).await;
    assert_eq!(info["errorInformation"]["code"], "INVALID_ECS_SERVICE");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tasks_that_are_never_healthy_get_no_traffic_and_are_rolled_back_after_an_hour() {
    // contract codedeploy §5.6, §7.4 row 2, §7.7
    for config in ["CodeDeployDefault.ECSAllAtOnce", CANARY] {
        let house = house(
            json!({"deploymentConfigName": config, "autoRollbackConfiguration": rolls_back()}),
        )
        .await;
        let services = &house.functions.services;
        let first = house.create(request(2, &[])).await;
        house.end(&first).await;
        services.hold();
        let id = house.create(request(3, &[])).await;
        services.saw("create ecs-svc/3").await;
        services.sicken();
        let hour = std::time::Duration::from_secs(3600);
        house
            .caller
            .server
            .app
            .clock
            .set(300.0, hour)
            .await
            .unwrap();
        let info = house.end(&id).await;
        assert_eq!(
            info["errorInformation"],
            json!({"code": "TIMEOUT", "message": "The deployment timed out while waiting for the replacement task set to become healthy. This time out period is 60 minutes."})
        );
        let back = rolled_back(&house, &info).await;
        assert_eq!(back["status"], "Succeeded", "{back}");
        assert_eq!(services.sets(), ["ecs-svc/2 PRIMARY"]);
        let log = services.log();
        for moved in ["production green:90 blue:10", "production green:0 blue:100"] {
            assert!(!log.contains(&moved.to_owned()), "{log:?}");
        }
        assert_eq!(services.leads("production"), "green:100 blue:0");
        let shown = target(&house, &id).await;
        assert_eq!(events(&shown, &["Failed"]), ["Install"]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hook_that_never_answers_fails_the_deployment_after_an_hour() {
    // contract codedeploy §2.4, §5.6
    let house = house(json!({"autoRollbackConfiguration": rolls_back()})).await;
    let first = house.create(request(2, &[])).await;
    house.end(&first).await;
    let id = house.create(request(3, &[("AfterInstall", "mute")])).await;
    house.functions.invoked("mute", 1).await;
    let hour = std::time::Duration::from_secs(3600);
    house
        .caller
        .server
        .app
        .clock
        .set(300.0, hour)
        .await
        .unwrap();
    let info = house.end(&id).await;
    assert_eq!(
        info["errorInformation"]["message"],
        "The deployment timed out while waiting for a status callback. CodeDeploy expects a status callback within one hour after a deployment hook is invoked."
    );
    assert_eq!(rolled_back(&house, &info).await["status"], "Succeeded");
    assert_eq!(house.functions.services.sets(), ["ecs-svc/2 PRIMARY"]);
    let shown = target(&house, &id).await;
    assert_eq!(events(&shown, &["Failed"]), ["AfterInstall"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_group_deploys_to_no_service_of_another_controller() {
    // contract codedeploy §1.4, §3.4.1, §7.2
    let house = house(json!({})).await;
    let rolling = json!([{"serviceName": "rolling", "clusterName": "c"}]);
    let body =
        json!({"applicationName": "e", "currentDeploymentGroupName": "g", "ecsServices": rolling});
    let said =
        "Deployment group's ECS service must be configured for a CODE_DEPLOY deployment controller";
    let caller = &house.caller;
    caller
        .expect_refusal(
            "UpdateDeploymentGroup",
            body,
            "InvalidECSServiceException",
            said,
        )
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_ends_during_install_and_during_the_shift_goes_on() {
    // ours: nothing acknowledged is lost; contract codedeploy §10.1 F31
    let temporary = tempfile::tempdir().unwrap();
    let folder = folder(&temporary);
    let house = House::with(config(Some(&folder))).await;
    group(&house.caller, json!({"deploymentConfigName": CANARY})).await;
    house.functions.services.hold();
    let id = house.create(request(2, &[])).await;
    house.functions.services.saw("create ecs-svc/2").await;
    let house = again(house, &folder).await;
    assert_eq!(house.shown(&id).await["status"], "InProgress");
    house.functions.services.up();
    house.functions.services.saw("rule blue:90 green:10").await;
    let house = again(house, &folder).await;
    let info = house.end(&id).await;
    assert_eq!(info["status"], "Succeeded", "{info}");
    let log = house.functions.services.log();
    let created = log.iter().filter(|entry| entry.starts_with("create"));
    assert_eq!(created.count(), 1, "{log:?}");
    assert_eq!(house.functions.services.sets(), ["ecs-svc/2 PRIMARY"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tasks_that_come_up_while_nobody_listens_are_seen_after_the_start() {
    // ours: a start looks at what was missed
    let temporary = tempfile::tempdir().unwrap();
    let folder = folder(&temporary);
    let house = House::with(config(Some(&folder))).await;
    group(&house.caller, json!({})).await;
    house.functions.services.hold();
    let id = house.create(request(2, &[])).await;
    house.functions.services.saw("create ecs-svc/2").await;
    let house = again_after(house, &folder, |functions| functions.services.up()).await;
    assert_eq!(house.end(&id).await["status"], "Succeeded");
}
