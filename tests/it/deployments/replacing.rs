//! Instances that take the place of others: installed, given the traffic, and the originals ended or kept.

use super::agent::Agent;
use super::house::House;
use super::instances::{SEVEN, becomes, house, request, target};
use super::notifications::states;
use super::rights;
use crate::codedeploy::deploying::{merged, rolls_back};
use crate::support::caller::Caller;
use crate::support::waiting::wait_for;
use serde_json::{Value, json};

const BLUE: &str = "i-0000000000000000a";
const GREEN: &str = "i-0000000000000000b";

/// A group of the instances that are tagged `blue`, whose replacements are there already.
fn members(ready: Value, end: Value) -> Value {
    json!({"onPremisesInstanceTagFilters": [],
        "ec2TagFilters": [{"Key": "role", "Value": "blue", "Type": "KEY_AND_VALUE"}],
        "deploymentStyle": {"deploymentType": "BLUE_GREEN", "deploymentOption": "WITH_TRAFFIC_CONTROL"},
        "loadBalancerInfo": {"targetGroupInfoList": [{"name": "front"}]},
        "blueGreenDeploymentConfiguration": {"deploymentReadyOption": ready, "terminateBlueInstancesOnDeploymentSuccess": end,
            "greenFleetProvisioningOption": {"action": "DISCOVER_EXISTING"}}})
}

/// To the instances that are tagged `green`.
fn replacing(key: &str) -> Value {
    let targets =
        json!({"tagFilters": [{"Key": "role", "Value": "green", "Type": "KEY_AND_VALUE"}]});
    merged(request(key), json!({"targetInstances": targets}))
}

/// A server with one instance of each colour, and their agents.
async fn two(members: Value) -> (House, Agent, Agent) {
    let house = house(members).await;
    house.functions.boot(BLUE, "blue");
    house.functions.boot(GREEN, "green");
    let agent = |id: &str| {
        let arn = format!("arn:aws:ec2:us-east-1:000000000000:instance/{id}");
        Agent::at(&house.caller, &arn)
    };
    let (blue, green) = (agent(BLUE), agent(GREEN));
    (house, blue, green)
}

async fn refused(caller: &Caller, operation: &str, body: Value) -> String {
    caller.refused(operation, body).await.code
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn replacements_wait_for_a_word_then_get_the_traffic_and_originals_are_terminated() {
    // contract codedeploy §3.5, §5.2, §5.3, §5.8, §8.1, §8.2, §8.8, §8.9
    let ready = json!({"actionOnTimeout": "STOP_DEPLOYMENT", "waitTimeInMinutes": 60});
    let end = json!({"action": "TERMINATE", "terminationWaitTimeInMinutes": 60});
    let (house, blue, green) = two(members(ready, end)).await;
    let caller = &house.caller;
    let id = house.create(replacing("v1.zip")).await;
    let first = green.works().await;
    assert_eq!(first.name, SEVEN[0]);
    assert_eq!(first.specification["DeploymentType"], "BLUE_GREEN");
    assert_eq!(green.works_until("ValidateService").await, SEVEN[1..]);

    let info = becomes(&house, &id, "Ready").await;
    assert_eq!(
        info["deploymentOverview"],
        json!({"Pending": 1, "InProgress": 0, "Succeeded": 0, "Failed": 0, "Skipped": 0, "Ready": 1})
    );
    // contract codedeploy §9.2, the states of both kinds of events
    assert_eq!(
        states(&house).await,
        [
            "START",
            &format!("{GREEN} START"),
            &format!("{GREEN} READY"),
            "READY"
        ]
    );
    assert_eq!(info["instanceTerminationWaitTimeStarted"], false);
    assert_eq!(info["targetInstances"]["tagFilters"][0]["Value"], "green");
    let shown = target(caller, &id, GREEN).await;
    assert_eq!(
        (&shown["status"], &shown["instanceLabel"]),
        (&json!("Ready"), &json!("Green"))
    );
    assert_eq!(shown["lifecycleEvents"].as_array().unwrap().len(), 10);
    let shown = target(caller, &id, BLUE).await;
    assert_eq!(
        (&shown["status"], &shown["instanceLabel"]),
        (&json!("Pending"), &json!("Blue"))
    );
    assert_eq!(shown["lifecycleEvents"].as_array().unwrap().len(), 3);
    for (label, listed) in [("Blue", BLUE), ("Green", GREEN)] {
        let body = json!({"deploymentId": id, "targetFilters": {"ServerInstanceLabel": [label]}});
        let said = caller.ok("ListDeploymentTargets", body).await;
        assert_eq!(said["targetIds"], json!([listed]));
        let body = json!({"deploymentId": id, "instanceTypeFilter": [label]});
        let said = caller.ok("ListDeploymentInstances", body).await;
        assert_eq!(said["instancesList"], json!([listed]));
        let body = json!({"deploymentId": id, "instanceId": listed});
        let said = caller.ok("GetDeploymentInstance", body).await;
        assert_eq!(said["instanceSummary"]["instanceType"], label);
    }
    let of = |wait: &str| json!({"deploymentId": id, "deploymentWaitType": wait});
    let code = refused(caller, "ContinueDeployment", of("TERMINATION_WAIT")).await;
    assert_eq!(code, "InvalidDeploymentStatusException");
    let skip = "SkipWaitTimeForInstanceTermination";
    let body = json!({"deploymentId": id});
    assert_eq!(
        refused(caller, skip, body.clone()).await,
        "DeploymentNotStartedException"
    );

    caller.ok("ContinueDeployment", of("READY_WAIT")).await;
    let names = green.works_until("AfterAllowTraffic").await;
    assert_eq!(names, ["BeforeAllowTraffic", "AfterAllowTraffic"]);
    let names = blue.works_until("AfterBlockTraffic").await;
    assert_eq!(names, ["BeforeBlockTraffic", "AfterBlockTraffic"]);
    let moved = [
        format!("allow {GREEN} in front"),
        format!("block {BLUE} in front"),
    ];
    assert_eq!(house.functions.traffic(), moved);
    let info = wait_for("the wait for the end of originals", async || {
        let info = house.shown(&id).await;
        (info["instanceTerminationWaitTimeStarted"] == true).then_some(info)
    });
    assert_eq!(info.await["status"], "InProgress");
    assert!(house.functions.terminated().is_empty());
    let code = refused(caller, "ContinueDeployment", of("READY_WAIT")).await;
    assert_eq!(code, "DeploymentIsNotInReadyStateException");
    caller.ok(skip, body).await;
    let info = house.end(&id).await;
    assert_eq!(info["status"], "Succeeded", "{info}");
    assert_eq!(info["deploymentOverview"]["Succeeded"], 2);
    assert_eq!(info["deploymentStatusMessages"], json!([]));
    assert_eq!(info["instanceTerminationWaitTimeStarted"], true);
    assert_eq!(house.functions.terminated(), [BLUE]);
    rights::are_among(&house, &rights::FOR_INSTANCES);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failure_gives_the_originals_their_traffic_back() {
    // contract codedeploy §5.2 (false for KEEP_ALIVE), §5.5, §8.2, §8.3
    let ready = json!({"actionOnTimeout": "CONTINUE_DEPLOYMENT"});
    let members = members(ready, json!({"action": "KEEP_ALIVE"}));
    let rolls_back = json!({"autoRollbackConfiguration": rolls_back()});
    let (house, blue, green) = two(merged(members, rolls_back)).await;
    let id = house.create(replacing("v1.zip")).await;
    green.works_until("AfterAllowTraffic").await;
    blue.works_until("AfterBlockTraffic").await;
    let info = house.end(&id).await;
    assert_eq!(info["status"], "Succeeded");
    assert_eq!(info["instanceTerminationWaitTimeStarted"], false);
    assert!(house.functions.terminated().is_empty());

    let id = house.create(replacing("v2.zip")).await;
    green.works_until("AfterAllowTraffic").await;
    assert_eq!(blue.fails().await.name, "BeforeBlockTraffic");
    let info = house.end(&id).await;
    assert_eq!(info["status"], "Failed");
    assert_eq!(info["errorInformation"]["code"], "HEALTH_CONSTRAINTS");
    let rollback = info["rollbackInfo"]["rollbackDeploymentId"]
        .as_str()
        .unwrap();
    let command = blue.works().await;
    assert_eq!(command.name, "BeforeAllowTraffic");
    assert_eq!(command.specification["DeploymentId"], rollback);
    assert_eq!(command.specification["DeploymentType"], "BLUE_GREEN");
    assert_eq!(
        command.specification["DeploymentCreator"],
        "codeDeployRollback"
    );
    blue.works_until("AfterAllowTraffic").await;
    let names = green.works_until("AfterBlockTraffic").await;
    assert_eq!(names, ["BeforeBlockTraffic", "AfterBlockTraffic"]);
    let back = house.end(rollback).await;
    assert_eq!(back["status"], "Succeeded", "{back}");
    let moved = house.functions.traffic();
    let last = [
        format!("allow {BLUE} in front"),
        format!("block {GREEN} in front"),
    ];
    assert_eq!(moved[moved.len() - 2..], last);
    assert_eq!(
        target(&house.caller, rollback, BLUE).await["instanceLabel"],
        "Blue"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_original_that_cannot_be_ended_is_told_of() {
    // contract codedeploy §5.2 deploymentStatusMessages
    let ready = json!({"actionOnTimeout": "CONTINUE_DEPLOYMENT"});
    let end = json!({"action": "TERMINATE", "terminationWaitTimeInMinutes": 0});
    let (house, blue, green) = two(members(ready, end)).await;
    house.functions.protect(BLUE);
    let id = house.create(replacing("v1.zip")).await;
    green.works_until("AfterAllowTraffic").await;
    blue.works_until("AfterBlockTraffic").await;
    let info = house.end(&id).await;
    assert_eq!(info["status"], "Succeeded");
    let text = format!("The instance {BLUE} could not be terminated: it is protected");
    assert_eq!(info["deploymentStatusMessages"], json!([text]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_replaced_is_refused_or_fails_with_the_reason() {
    // contract codedeploy §1.3 and §5.1 targetInstances, §5.6 codes; ours: nothing is pretended
    let ready = json!({"actionOnTimeout": "CONTINUE_DEPLOYMENT"});
    let usual = members(ready, json!({"action": "KEEP_ALIVE"}));
    let (house, ..) = two(usual.clone()).await;
    let caller = &house.caller;
    let filter = json!({"Key": "role", "Value": "green", "Type": "KEY_AND_VALUE"});
    for targets in [
        json!({}),
        json!({"tagFilters": []}),
        json!({"tagFilters": [filter], "ec2TagSet": {"ec2TagSetList": [[filter]]}}),
        json!({"tagFilters": [{"Key": "role", "Type": "VALUE_ONLY"}]}),
        json!({"autoScalingGroups": ["web"]}),
        json!({"ec2TagSet": {"ec2TagSetList": [[{"Key": "role", "Value": "red", "Type": "KEY_AND_VALUE"}]]}}),
    ] {
        let body = merged(request("v1.zip"), json!({"targetInstances": targets}));
        let code = refused(caller, "CreateDeployment", body).await;
        assert_eq!(code, "InvalidTargetInstancesException", "{targets}");
    }
    let code = refused(caller, "CreateDeployment", request("v1.zip")).await;
    assert_eq!(code, "InvalidTargetInstancesException", "none are named");
    let nobody =
        json!({"ec2TagFilters": [{"Key": "role", "Value": "red", "Type": "KEY_AND_VALUE"}]});
    let update = async |members: Value| {
        let group = json!({"applicationName": "a", "currentDeploymentGroupName": "g"});
        caller
            .ok("UpdateDeploymentGroup", merged(group, members))
            .await;
    };
    let group = json!({"applicationName": "a", "deploymentGroupName": "g"});
    let shown = caller.ok("GetDeploymentGroup", group).await;
    let filters = json!({"ec2TagFilters": shown["deploymentGroupInfo"]["ec2TagFilters"]});
    update(nobody).await;
    let id = house.create(replacing("v1.zip")).await;
    assert_eq!(
        house.end(&id).await["errorInformation"]["code"],
        "NO_INSTANCES",
        "there is nothing to replace"
    );
    update(filters).await;
    let mut copied = usual.clone();
    copied["blueGreenDeploymentConfiguration"]["greenFleetProvisioningOption"]["action"] =
        json!("COPY_AUTO_SCALING_GROUP");
    update(copied).await;
    let code = refused(caller, "CreateDeployment", replacing("v1.zip")).await;
    assert_eq!(code, "InvalidInputException");
    update(usual).await;
    let style =
        json!({"deploymentType": "BLUE_GREEN", "deploymentOption": "WITHOUT_TRAFFIC_CONTROL"});
    update(json!({"deploymentStyle": style})).await;
    let id = house.create(replacing("v1.zip")).await;
    let info = house.end(&id).await;
    assert_eq!(info["errorInformation"]["code"], "MISSING_ELB_INFORMATION");
}
