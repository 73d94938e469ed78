//! Which instances a deployment goes to, in what order, and what is kept of them for the next one.

use super::agent::Agent;
use super::house::House;
use super::instances::{SEVEN, group, house, instance, request, target};
use crate::codedeploy::deploying::merged;
use crate::support::caller::Caller;
use serde_json::{Value, json};
use slipway::config::Config;

const ALL_AT_ONCE: &str = "CodeDeployDefault.AllAtOnce";

async fn targets(caller: &Caller, id: &str) -> Value {
    let body = json!({"deploymentId": id});
    let listed = caller.ok("ListDeploymentTargets", body).await;
    listed["targetIds"].clone()
}

fn role(value: &str) -> Value {
    json!({"Key": "role", "Value": value, "Type": "KEY_AND_VALUE"})
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn instances_of_every_kind_are_deployed_to_together_and_nobody_who_comes_later() {
    // contract codedeploy §8.1: OR within a list, union of the kinds, fixed at the start; §10.1 F27
    let members =
        json!({"ec2TagFilters": [role("api"), role("db")], "deploymentConfigName": ALL_AT_ONCE});
    let house = house(members).await;
    for (id, role) in [("i-a", "api"), ("i-b", "db"), ("i-c", "other")] {
        house.functions.boot(id, role);
    }
    let agent = instance(&house.caller, "one").await;
    let id = house.create(request("v1.zip")).await;
    assert_eq!(agent.works().await.name, SEVEN[0]);
    let fixed = json!(["i-a", "i-b", "one"]);
    assert_eq!(targets(&house.caller, &id).await, fixed);
    house.functions.boot("i-d", "api");
    let late = instance(&house.caller, "two").await;
    agent.works_until("ValidateService").await;
    assert_eq!(targets(&house.caller, &id).await, fixed);
    drop(late);
    let body = json!({"deploymentId": id});
    house.caller.ok("StopDeployment", body).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_group_without_filters_has_no_instances() {
    // contract codedeploy §8.1: never all; §10.1 F26
    let house = house(json!({"onPremisesInstanceTagFilters": []})).await;
    instance(&house.caller, "one").await;
    house.functions.boot("i-a", "web");
    let id = house.create(request("v1.zip")).await;
    let info = house.end(&id).await;
    assert_eq!(info["status"], "Failed");
    assert_eq!(info["errorInformation"]["code"], "NO_INSTANCES");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_minimum_of_healthy_hosts_says_how_many_go_at_once() {
    // contract codedeploy §8.3, pseudo-code; §10.1 F23
    let house = House::with(Config::in_memory()).await;
    let hosts = json!({"type": "HOST_COUNT", "value": 1});
    let body = json!({"deploymentConfigName": "keep-one", "minimumHealthyHosts": hosts});
    house.caller.ok("CreateDeploymentConfig", body).await;
    let members = json!({"deploymentConfigName": "keep-one"});
    group(&house.caller, members).await;
    let (one, two, three) = (
        instance(&house.caller, "one").await,
        instance(&house.caller, "three").await,
        instance(&house.caller, "two").await,
    );
    let id = house.create(request("v1.zip")).await;
    let (first, second) = (one.fetch().await, two.fetch().await);
    assert_eq!(first.name, second.name);
    let overview = house.shown(&id).await["deploymentOverview"].clone();
    assert_eq!(
        (&overview["InProgress"], &overview["Pending"]),
        (&json!(2), &json!(1))
    );
    let failure = json!({"error_code": 5, "script_name": "", "message": "no", "log": ""});
    one.tell(&first.id, "Failed", failure).await;
    // One has failed and one is at it: the third would leave nobody.
    let overview = house.shown(&id).await["deploymentOverview"].clone();
    assert_eq!(
        (&overview["Failed"], &overview["Pending"]),
        (&json!(1), &json!(1))
    );
    two.confirm(&second.id).await;
    two.succeeds(&second.id).await;
    two.works_until("ValidateService").await;
    // The last one may fail.
    three.fails().await;
    let info = house.end(&id).await;
    assert_eq!(info["status"], "Succeeded", "{info}");
    assert_eq!(info["deploymentOverview"]["Failed"], 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_became_of_each_instance_orders_the_next_deployment() {
    // contract codedeploy §8.3, "Scheduling order", "State kept per (group, instance)"; §5.1 updateOutdatedInstancesOnly
    let house = house(json!({})).await;
    let caller = &house.caller;
    let (a, b) = (instance(caller, "a").await, instance(caller, "b").await);
    let deployed = async |key: &str, agents: &[&Agent], last: Option<&Agent>| {
        let id = house.create(request(key)).await;
        for agent in agents {
            agent.works_until("ValidateService").await;
        }
        if let Some(agent) = last {
            assert_eq!(agent.fails().await.name, "ApplicationStop");
        }
        let info = house.end(&id).await;
        (id, info["status"].as_str().unwrap().to_owned())
    };
    let (id, status) = deployed("v1.zip", &[&a, &b], None).await;
    assert_eq!(
        (targets(caller, &id).await, &*status),
        (json!(["a", "b"]), "Succeeded")
    );
    // The last one may fail; it is unhealthy from now on, and has the old revision.
    let (id, status) = deployed("v2.zip", &[&a], Some(&b)).await;
    assert_eq!(
        (targets(caller, &id).await, &*status),
        (json!(["a", "b"]), "Succeeded")
    );
    let (id, status) = deployed("v3.zip", &[], Some(&b)).await;
    assert_eq!(
        (targets(caller, &id).await, &*status),
        (json!(["b", "a"]), "Failed")
    );
    // The group stays where it was, and who was not reached stays as healthy.
    let body = json!({"applicationName": "a", "deploymentGroupName": "g"});
    let shown = caller.ok("GetDeploymentGroup", body).await;
    let revision = &shown["deploymentGroupInfo"]["targetRevision"];
    assert_eq!(revision["s3Location"]["key"], "v2.zip");
    let c = instance(caller, "c").await;
    let id = house.create(request("v4.zip")).await;
    let first = c.fetch().await;
    assert_eq!(
        targets(caller, &id).await,
        json!(["c", "b", "a"]),
        "unknown, old, healthy"
    );
    caller
        .ok("StopDeployment", json!({"deploymentId": id}))
        .await;
    c.confirm(&first.id).await;
    c.succeeds(&first.id).await;
    assert_eq!(house.end(&id).await["status"], "Stopped");
    let outdated = json!({"updateOutdatedInstancesOnly": true});
    let id = house.create(merged(request("v2.zip"), outdated)).await;
    c.fetch().await;
    assert_eq!(targets(caller, &id).await, json!(["c", "b"]), "a has it");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_failed_deployment_has_installed_counts_as_installed() {
    // ours: contract codedeploy §8.3 lets only health flags change then; that an instance has another revision is no matter of opinion
    let house = house(json!({})).await;
    let agent = instance(&house.caller, "a").await;
    let id = house.create(request("v1.zip")).await;
    agent.works_until("ValidateService").await;
    assert_eq!(house.end(&id).await["status"], "Succeeded");
    let id = house.create(request("v2.zip")).await;
    agent.works_until("Install").await;
    agent.fails().await;
    assert_eq!(house.end(&id).await["status"], "Failed");
    let outdated = json!({"updateOutdatedInstancesOnly": true});
    let id = house.create(merged(request("v1.zip"), outdated)).await;
    agent.works_until("ValidateService").await;
    assert_eq!(house.end(&id).await["status"], "Succeeded");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_instance_of_a_name_has_nothing_of_the_first() {
    // contract codedeploy §3.6: a name that was deregistered is another instance's; §8.3, state is kept per instance
    let house = house(json!({})).await;
    let agent = instance(&house.caller, "one").await;
    let id = house.create(request("v1.zip")).await;
    agent.works_until("ValidateService").await;
    assert_eq!(house.end(&id).await["status"], "Succeeded");
    let outdated = || {
        merged(
            request("v1.zip"),
            json!({"updateOutdatedInstancesOnly": true}),
        )
    };
    let id = house.create(outdated()).await;
    let info = house.end(&id).await;
    assert_eq!(
        info["errorInformation"]["code"], "NO_INSTANCES",
        "it has it"
    );
    let name = json!({"instanceName": "one"});
    house.caller.ok("DeregisterOnPremisesInstance", name).await;
    let agent = instance(&house.caller, "one").await;
    let id = house.create(outdated()).await;
    agent.works_until("ValidateService").await;
    assert_eq!(house.end(&id).await["status"], "Succeeded");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn groups_deploy_to_one_instance_at_the_same_time() {
    // contract codedeploy §5.1, §8.8: several groups on one host
    let house = house(json!({})).await;
    let body = json!({"applicationName": "a", "deploymentGroupName": "h", "serviceRoleArn": crate::support::caller::ROLE,
        "onPremisesInstanceTagFilters": [role("web")]});
    house.caller.ok("CreateDeploymentGroup", body).await;
    let agent = instance(&house.caller, "one").await;
    let first = house.create(request("v1.zip")).await;
    let other = merged(request("v2.zip"), json!({"deploymentGroupName": "h"}));
    let second = house.create(other).await;
    let commands = [agent.fetch().await, agent.fetch().await];
    let mut told: Vec<&str> = commands
        .iter()
        .map(|command| command.specification["DeploymentId"].as_str().unwrap())
        .collect();
    told.sort_unstable();
    let mut both = [first.as_str(), second.as_str()];
    both.sort_unstable();
    assert_eq!(told, both);
    for command in &commands {
        agent.confirm(&command.id).await;
        agent.succeeds(&command.id).await;
    }
    for _ in 0..12 {
        agent.works().await;
    }
    for id in both {
        assert_eq!(house.end(id).await["status"], "Succeeded");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_instance_with_a_session_is_known_by_its_arn() {
    // contract codedeploy §3.6, §8.8 "Map the HostIdentifier to the registered instance by that ARN", §8.9
    let house = house(json!({})).await;
    let caller = &house.caller;
    let session = "arn:aws:sts::000000000000:assumed-role/edge/web-1";
    let body = json!({"instanceName": "edge", "iamSessionArn": session});
    caller.ok("RegisterOnPremisesInstance", body).await;
    let tags = json!({"instanceNames": ["edge"], "tags": [{"Key": "role", "Value": "web"}]});
    caller.ok("AddTagsToOnPremisesInstances", tags).await;
    let id = house.create(request("v1.zip")).await;
    let agent = Agent::at(caller, session);
    assert_eq!(agent.works_until("ValidateService").await, SEVEN);
    assert_eq!(house.end(&id).await["status"], "Succeeded");
    let mut shown = target(caller, &id, "edge").await;
    let body = json!({"instanceName": "edge"});
    let info = caller.ok("GetOnPremisesInstance", body).await;
    assert_eq!(shown["targetArn"], info["instanceInfo"]["instanceArn"]);
    let shown = shown.as_object_mut().unwrap();
    let event = shown["lifecycleEvents"][0].as_object().unwrap().clone();
    let names = |of: &serde_json::Map<String, Value>| {
        let mut names: Vec<String> = of.keys().cloned().collect();
        names.sort_unstable();
        names.join(" ")
    };
    assert_eq!(
        names(shown),
        "deploymentId lastUpdatedAt lifecycleEvents status targetArn targetId"
    );
    assert_eq!(
        names(&event),
        "diagnostics endTime lifecycleEventName startTime status"
    );
}
