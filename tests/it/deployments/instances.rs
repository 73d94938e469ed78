//! Deployments to instances from the request to the agents and back.

use super::agent::Agent;
use super::house::{House, config};
use crate::codedeploy::deploying::{self, merged, rolls_back};
use crate::support::Server;
use crate::support::caller::{CODEDEPLOY, Caller, ROLE};
use crate::support::waiting::wait_for;
use camino::Utf8Path;
use serde_json::{Value, json};
use slipway::config::Config;

pub const SEVEN: [&str; 7] = [
    "ApplicationStop",
    "DownloadBundle",
    "BeforeInstall",
    "Install",
    "AfterInstall",
    "ApplicationStart",
    "ValidateService",
];

/// A server whose time is everybody's, with the application `a` and its group `g`; `members` are the group's.
pub async fn house(members: Value) -> House {
    let house = House::with(Config::in_memory()).await;
    group(&house.caller, members).await;
    house
}

pub async fn group(caller: &Caller, members: Value) {
    let app = json!({"applicationName": "a", "computePlatform": "Server"});
    caller.ok("CreateApplication", app).await;
    let body = json!({"applicationName": "a", "deploymentGroupName": "g", "serviceRoleArn": ROLE,
        "onPremisesInstanceTagFilters": [{"Key": "role", "Value": "web", "Type": "KEY_AND_VALUE"}]});
    caller
        .ok("CreateDeploymentGroup", merged(body, members))
        .await;
}

/// A registered instance with the tag `role=web`, and its agent.
pub async fn instance(caller: &Caller, name: &str) -> Agent {
    let user = format!("arn:aws:iam::000000000000:user/{name}");
    let body = json!({"instanceName": name, "iamUserArn": user});
    caller.ok("RegisterOnPremisesInstance", body).await;
    let tags = json!({"instanceNames": [name], "tags": [{"Key": "role", "Value": "web"}]});
    caller.ok("AddTagsToOnPremisesInstances", tags).await;
    Agent::of(caller, name)
}

pub fn request(key: &str) -> Value {
    let at = json!({"bucket": "b", "key": key, "bundleType": "zip", "eTag": "\"e\""});
    json!({"applicationName": "a", "deploymentGroupName": "g", "revision": {"revisionType": "S3", "s3Location": at}})
}

pub async fn target(caller: &Caller, id: &str, name: &str) -> Value {
    let body = json!({"deploymentId": id, "targetId": name});
    let said = caller.ok("GetDeploymentTarget", body).await;
    said["deploymentTarget"]["instanceTarget"].clone()
}

/// The deployment's status, once it is this one.
pub async fn becomes(house: &House, id: &str, status: &str) -> Value {
    wait_for(&format!("{id} to become {status}"), async || {
        let info = house.shown(id).await;
        (info["status"] == status).then_some(info)
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn instances_are_deployed_to_one_at_a_time() {
    // contract codedeploy §5.2, §5.4, §8.2, §8.3, §8.8, §8.9
    let house = house(json!({})).await;
    let (one, two) = (
        instance(&house.caller, "one").await,
        instance(&house.caller, "two").await,
    );
    // Who polls before there is anything is told when there is.
    let early = tokio::spawn({
        let one = one.clone();
        async move { one.fetch().await }
    });
    let id = house.create(request("v1.zip")).await;
    let first = early.await.unwrap();
    assert_eq!(first.name, "ApplicationStop");
    let expected = json!({"DeploymentId": id, "DeploymentGroupName": "g", "ApplicationName": "a",
        "DeploymentGroupId": first.specification["DeploymentGroupId"], "DeploymentCreator": "user", "DeploymentType": "IN_PLACE",
        "AgentActionOverrides": {"AgentOverrides": {"FileExistsBehavior": "DISALLOW"}},
        "Revision": {"RevisionType": "S3", "S3Revision": {"Bucket": "b", "Key": "v1.zip", "BundleType": "zip", "ETag": "\"e\""}}});
    assert_eq!(first.specification, expected);
    let info = house.shown(&id).await;
    assert_eq!(info["status"], "InProgress");
    assert_eq!(
        info["deploymentOverview"],
        json!({"Pending": 1, "InProgress": 1, "Succeeded": 0, "Failed": 0, "Skipped": 0, "Ready": 0})
    );
    let listed = house
        .caller
        .ok("ListDeploymentTargets", json!({"deploymentId": id}));
    assert_eq!(listed.await["targetIds"], json!(["one", "two"]));
    let waiting = target(&house.caller, &id, "two").await;
    assert_eq!(waiting["status"], "Pending");
    assert_eq!(
        waiting["lifecycleEvents"][6],
        json!({"lifecycleEventName": "ValidateService", "status": "Pending"})
    );
    assert_eq!(one.confirm(&first.id).await, "InProgress");
    one.succeeds(&first.id).await;
    assert_eq!(one.confirm(&first.id).await, "Succeeded", "it has ended");
    assert_eq!(one.works_until("ValidateService").await, SEVEN[1..]);
    assert_eq!(two.works_until("ValidateService").await, SEVEN);
    let info = house.end(&id).await;
    assert_eq!(info["status"], "Succeeded", "{info}");
    assert_eq!(info["deploymentOverview"]["Succeeded"], 2);
    let done = target(&house.caller, &id, "one").await;
    assert_eq!(done["status"], "Succeeded");
    assert_eq!(done.get("instanceLabel"), None);
    let arn = done["targetArn"].as_str().unwrap();
    assert!(arn.starts_with("arn:aws:codedeploy:us-east-1:000000000000:instance/one_"));
    assert_eq!(
        done["lifecycleEvents"][3]["diagnostics"],
        json!({"errorCode": "Success", "scriptName": "", "message": "Succeeded", "logTail": ""})
    );
    let body = json!({"deploymentId": id, "instanceId": "two"});
    let summary = house.caller.ok("GetDeploymentInstance", body).await;
    let summary = &summary["instanceSummary"];
    assert_eq!(summary["status"], "Succeeded");
    assert!(
        summary["instanceId"]
            .as_str()
            .unwrap()
            .contains(":instance/two_")
    );
    let body = json!({"deploymentId": id, "targetIds": ["two", "one"]});
    let both = house.caller.ok("BatchGetDeploymentTargets", body).await;
    assert_eq!(
        both["deploymentTargets"][1]["instanceTarget"]["targetId"],
        "one"
    );
    assert_eq!(
        both["deploymentTargets"][1]["deploymentTargetType"],
        "InstanceTarget"
    );
    let body = json!({"deploymentId": id, "instanceStatusFilter": ["Failed"]});
    let none = house.caller.ok("ListDeploymentInstances", body).await;
    assert_eq!(none, json!({"instancesList": []}));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failed_hook_is_told_of_with_its_log_and_rolled_back() {
    // contract codedeploy §5.5, §5.6, §8.7, §8.8 (two completions), §10.4 1
    let house = house(json!({"autoRollbackConfiguration": rolls_back()})).await;
    let agent = instance(&house.caller, "one").await;
    let first = house.create(request("v1.zip")).await;
    agent.works_until("ValidateService").await;
    assert_eq!(house.end(&first).await["status"], "Succeeded");
    let second = house.create(request("v2.zip")).await;
    agent.works_until("ApplicationStart").await;
    assert_eq!(agent.fails().await.name, "ValidateService");
    let info = house.end(&second).await;
    assert_eq!(info["status"], "Failed");
    assert_eq!(info["errorInformation"]["code"], "HEALTH_CONSTRAINTS");
    let failed = target(&house.caller, &second, "one").await;
    assert_eq!(failed["status"], "Failed");
    let event = &failed["lifecycleEvents"][6];
    assert_eq!(event["status"], "Failed");
    assert_eq!(
        event["diagnostics"],
        json!({"errorCode": "ScriptFailed", "scriptName": "scripts/check.sh", "logTail": "[stderr]no\n",
            "message": "Script at specified location: scripts/check.sh failed with exit code 3"})
    );
    let rollback = info["rollbackInfo"]["rollbackDeploymentId"]
        .as_str()
        .unwrap();
    let command = agent.works().await;
    assert_eq!(command.specification["DeploymentId"], rollback);
    assert_eq!(
        command.specification["DeploymentCreator"],
        "codeDeployRollback"
    );
    assert_eq!(
        command.specification["Revision"]["S3Revision"]["Key"],
        "v1.zip"
    );
    agent.works_until("ValidateService").await;
    let back = house.end(rollback).await;
    assert_eq!(back["status"], "Succeeded");
    assert_eq!(back["creator"], "codeDeployRollback");
    assert_eq!(back["deploymentConfigName"], "CodeDeployDefault.OneAtATime");
    let body = json!({"applicationName": "a", "deploymentGroupName": "g"});
    let group = house.caller.ok("GetDeploymentGroup", body).await;
    let revision = &group["deploymentGroupInfo"]["targetRevision"];
    assert_eq!(revision["s3Location"]["key"], "v1.zip");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_silent_agent_fails_the_deployment_and_comes_first_the_next_time() {
    // contract codedeploy §5.6 (text), §8.3 (order); one shown minute takes a fifth of a second
    let house = House::with(config(None)).await;
    group(&house.caller, json!({})).await;
    let one = instance(&house.caller, "one").await;
    let id = house.create(request("v1.zip")).await;
    let info = house.end(&id).await;
    assert_eq!(info["errorInformation"]["code"], "HEALTH_CONSTRAINTS");
    let silent = target(&house.caller, &id, "one").await;
    let diagnostics = &silent["lifecycleEvents"][0]["diagnostics"];
    assert_eq!(diagnostics["errorCode"], "UnknownError");
    let text = diagnostics["message"].as_str().unwrap();
    assert!(text.starts_with("CodeDeploy agent was not able to receive the lifecycle event."));
    // One that is deregistered in the middle cannot be reached any more.
    let id = house.create(request("v1.zip")).await;
    assert_eq!(one.works().await.name, "ApplicationStop");
    let gone = json!({"instanceName": "one"});
    house.caller.ok("DeregisterOnPremisesInstance", gone).await;
    assert_eq!(house.end(&id).await["status"], "Failed");
    let id = house.create(request("v1.zip")).await;
    let info = house.end(&id).await;
    assert_eq!(info["errorInformation"]["code"], "NO_INSTANCES");
    let said = house
        .caller
        .refused("ListDeploymentTargets", json!({"deploymentId": id}));
    assert_eq!(said.await.code, "DeploymentNotStartedException");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_waits_for_the_running_event() {
    // contract codedeploy §5.7
    let house = house(json!({})).await;
    let agent = instance(&house.caller, "one").await;
    let id = house.create(request("v1.zip")).await;
    let command = agent.fetch().await;
    agent.confirm(&command.id).await;
    let body = json!({"deploymentId": id});
    let said = house.caller.ok("StopDeployment", body.clone()).await;
    assert_eq!(
        said,
        json!({"status": "Pending", "statusMessage": "Stopping Pending. Stopping to schedule commands in the deployment instances"})
    );
    agent.succeeds(&command.id).await;
    let info = becomes(&house, &id, "Stopped").await;
    assert_eq!(info["errorInformation"]["code"], "MANUAL_STOP");
    let said = house.caller.ok("StopDeployment", body).await;
    assert_eq!(said["status"], "Succeeded");
    let continued = house
        .caller
        .refused("ContinueDeployment", json!({"deploymentId": id}));
    assert_eq!(continued.await.code, "DeploymentAlreadyCompletedException");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_what_is_outdated_can_be_asked_for() {
    // contract codedeploy §5.1 updateOutdatedInstancesOnly
    let house = house(json!({"deploymentConfigName": "CodeDeployDefault.AllAtOnce"})).await;
    let one = instance(&house.caller, "one").await;
    let id = house.create(request("v1.zip")).await;
    one.works_until("ValidateService").await;
    house.end(&id).await;
    let two = instance(&house.caller, "two").await;
    let body = merged(
        request("v1.zip"),
        json!({"updateOutdatedInstancesOnly": true}),
    );
    let id = house.create(body).await;
    two.works_until("ValidateService").await;
    let info = house.end(&id).await;
    assert_eq!(info["status"], "Succeeded");
    assert_eq!(info["deploymentOverview"]["Succeeded"], 1);
    assert_eq!(info["updateOutdatedInstancesOnly"], true);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn instances_of_ec2_are_taken_out_of_their_target_groups_and_put_back() {
    // contract codedeploy §8.1, §8.2, §8.4
    let members = json!({"ec2TagFilters": [{"Key": "role", "Value": "api", "Type": "KEY_AND_VALUE"}],
        "deploymentStyle": {"deploymentType": "IN_PLACE", "deploymentOption": "WITH_TRAFFIC_CONTROL"},
        "loadBalancerInfo": {"targetGroupInfoList": [{"name": "front"}]}});
    let house = house(members).await;
    house.functions.boot("i-0000000000000000a", "api");
    house.functions.boot("i-0000000000000000b", "other");
    let arn = "arn:aws:ec2:us-east-1:000000000000:instance/i-0000000000000000a";
    let agent = Agent::at(&house.caller, arn);
    let id = house.create(request("v1.zip")).await;
    let names = agent.works_until("AfterAllowTraffic").await;
    assert_eq!(names[..2], ["BeforeBlockTraffic", "AfterBlockTraffic"]);
    assert_eq!(names[2..9], SEVEN);
    assert_eq!(names[9..], ["BeforeAllowTraffic", "AfterAllowTraffic"]);
    assert_eq!(house.end(&id).await["status"], "Succeeded");
    assert_eq!(
        house.functions.traffic(),
        [
            "block i-0000000000000000a in front",
            "allow i-0000000000000000a in front"
        ]
    );
    let shown = target(&house.caller, &id, "i-0000000000000000a").await;
    assert_eq!(shown["targetArn"], arn);
    assert_eq!(shown["lifecycleEvents"].as_array().unwrap().len(), 13);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restart_loses_no_command() {
    // ours: nothing acknowledged is lost; contract codedeploy §10.1 F31
    let temporary = tempfile::tempdir().unwrap();
    let folder = Utf8Path::from_path(temporary.path()).unwrap().join("data");
    let caller = Caller::keeping(&folder, CODEDEPLOY).await;
    group(&caller, json!({})).await;
    let agent = instance(&caller, "one").await;
    let id = deploying::create(&caller, request("v1.zip")).await;
    let command = agent.fetch().await;
    agent.confirm(&command.id).await;
    drop(agent);
    let caller = again(caller, &folder).await;
    let agent = Agent::of(&caller, "one");
    agent.succeeds(&command.id).await;
    // The agent has been told of the next command, and the server ends before it confirms.
    let next = agent.fetch().await;
    assert_eq!(next.name, "DownloadBundle");
    drop(agent);
    let caller = again(caller, &folder).await;
    let agent = Agent::of(&caller, "one");
    assert_eq!(agent.confirm(&next.id).await, "InProgress");
    agent.succeeds(&next.id).await;
    assert_eq!(agent.works_until("ValidateService").await, SEVEN[2..]);
    let info = wait_for("the end", async || {
        let info = deploying::shown(&caller, &id).await;
        (info["status"] == "Succeeded").then_some(info)
    });
    assert_eq!(info.await["deploymentOverview"]["Succeeded"], 1);
}

/// The same folder with another server.
pub async fn again(caller: Caller, folder: &Utf8Path) -> Caller {
    caller.server.app.close().await.unwrap();
    drop(caller);
    let config = Config {
        data: slipway::config::Data::Folder(folder.to_owned()),
        builds: slipway::config::Builds::Host,
        ..Config::in_memory()
    };
    Caller::again(Server::with(config).await, CODEDEPLOY)
}
