//! What is told of deployments: messages of triggers, and events.

use super::ecs::rolled_back;
use super::house::{House, config};
use super::instances;
use crate::codedeploy::deploying::rolls_back;
use crate::codedeploy::deploying_ecs::{group, request};
use crate::support::caller::Caller;
use serde_json::{Value, json};

const TOPIC: &str = "arn:aws:sns:us-east-1:000000000000:news";

async fn topic(caller: &Caller) {
    let make = "Action=CreateTopic&Version=2010-03-31&Name=news";
    let made = caller.server.query("sns", make).await;
    assert_eq!(made.status, http::StatusCode::OK);
}

fn trigger(name: &str, topic: &str, events: &[&str]) -> Value {
    json!([{"triggerName": name, "triggerTargetArn": topic, "triggerEvents": events}])
}

/// All events of CodeDeploy, in their order.
async fn heard(house: &House) -> Vec<Value> {
    let text = house.caller.server.get("/_slipway/events").await.text();
    let events = text.lines().map(|line| serde_json::from_str(line).unwrap());
    events
        .filter(|event: &Value| event["source"] == "aws.codedeploy")
        .collect()
}

/// The states that events tell of, those of instances with their names.
pub async fn states(house: &House) -> Vec<String> {
    let state = |event: Value| {
        let detail = &event["detail"];
        let state = detail["state"].as_str().unwrap();
        match detail["instanceId"].as_str() {
            Some(instance) => format!("{instance} {state}"),
            None => state.to_owned(),
        }
    };
    heard(house).await.into_iter().map(state).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn saving_a_trigger_publishes_a_test_message() {
    // contract codedeploy §9.1, last sentence; §1.4 (`Topic ARN`), §3.4.1: on create and on each change
    let house = House::with(config(None)).await;
    topic(&house.caller).await;
    let members = json!({"triggerConfigurations": trigger("one", TOPIC, &["DeploymentStart"])});
    group(&house.caller, members).await;
    let setup =
        |name: &str| format!("SUCCESS: AWS CodeDeploy notification setup for trigger {name}");
    assert_eq!(house.functions.published(1).await, [setup("one")]);
    let update = async |members: Value| {
        let mut body = json!({"applicationName": "e", "currentDeploymentGroupName": "g"});
        let more = members.as_object().unwrap().clone();
        body.as_object_mut().unwrap().extend(more);
        body
    };
    let same = update(json!({"outdatedInstancesStrategy": "IGNORE"})).await;
    house.caller.ok("UpdateDeploymentGroup", same).await;
    let other = trigger("two", TOPIC, &["DeploymentStart"]);
    let other = update(json!({"triggerConfigurations": other})).await;
    house.caller.ok("UpdateDeploymentGroup", other).await;
    assert_eq!(
        house.functions.published(2).await,
        [setup("one"), setup("two")]
    );
    let none = trigger("three", &format!("{TOPIC}-none"), &["DeploymentStart"]);
    let none = update(json!({"triggerConfigurations": none})).await;
    let said = house.caller.refused("UpdateDeploymentGroup", none).await;
    assert_eq!(said.code, "InvalidTriggerConfigException");
    assert!(said.message.contains("Topic ARN"), "{}", said.message);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_of_a_deployment_have_every_member() {
    // contract codedeploy §9.2: each field; START once; the failure and its rollback
    let house = House::with(config(None)).await;
    group(
        &house.caller,
        json!({"autoRollbackConfiguration": rolls_back()}),
    )
    .await;
    let first = house.create(request(2, &[])).await;
    house.end(&first).await;
    let id = house.create(request(3, &[("AfterInstall", "check")])).await;
    let payload = house.functions.invoked("check", 1).await;
    house.call_back(&payload, "Failed").await;
    let info = house.end(&id).await;
    let back = rolled_back(&house, &info).await;
    let back = back["deploymentId"].as_str().unwrap();
    let held = house.create(request(4, &[("BeforeInstall", "wait")])).await;
    let payload = house.functions.invoked("wait", 1).await;
    let stop = json!({"deploymentId": held, "autoRollbackEnabled": false});
    house.caller.ok("StopDeployment", stop).await;
    house.call_back(&payload, "Succeeded").await;
    house.end(&held).await;
    let names = json!({"applicationName": "e", "deploymentGroupName": "g"});
    let group = house.caller.ok("GetDeploymentGroup", names).await;
    let group = &group["deploymentGroupInfo"]["deploymentGroupId"];
    let events = heard(&house).await;
    let expected = [
        (first.as_str(), "START"),
        (&first, "SUCCESS"),
        (&id, "START"),
        (&id, "FAILURE"),
        (back, "START"),
        (back, "SUCCESS"),
        (&held, "START"),
        (&held, "STOP"),
    ];
    assert_eq!(events.len(), expected.len(), "{events:?}");
    for (event, (id, state)) in events.into_iter().zip(expected) {
        let mut event = event;
        let members = event.as_object_mut().unwrap();
        assert!(
            members
                .remove("time")
                .unwrap()
                .as_str()
                .unwrap()
                .ends_with('Z')
        );
        for own in ["id", "sequence"] {
            assert!(members.remove(own).is_some());
        }
        assert_eq!(
            event,
            json!({"version": "0", "source": "aws.codedeploy", "account": "000000000000", "region": "us-east-1",
                "detail-type": "CodeDeploy Deployment State-change Notification",
                "resources": ["arn:aws:codedeploy:us-east-1:000000000000:application:e",
                    "arn:aws:codedeploy:us-east-1:000000000000:deploymentgroup:e/g"],
                "detail": {"region": "us-east-1", "deploymentId": id, "instanceGroupId": group, "deploymentGroup": "g",
                    "state": state, "application": "e"}})
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_of_instances_name_the_instance() {
    // contract codedeploy §9.2, the column of instance events; §9.1: instance events of triggers
    let house = instances::house(json!({})).await;
    topic(&house.caller).await;
    let events = ["InstanceStart", "InstanceSuccess", "InstanceFailure"];
    let update = json!({"applicationName": "a", "currentDeploymentGroupName": "g",
        "triggerConfigurations": trigger("all", TOPIC, &events)});
    house.caller.ok("UpdateDeploymentGroup", update).await;
    let agent = instances::instance(&house.caller, "one").await;
    let first = house.create(instances::request("v1.zip")).await;
    agent.works_until("ValidateService").await;
    house.end(&first).await;
    let second = house.create(instances::request("v2.zip")).await;
    agent.fails().await;
    house.end(&second).await;
    let arn = instances::target(&house.caller, &first, "one").await["targetArn"].clone();
    let about = heard(&house)
        .await
        .into_iter()
        .filter(|event| event["detail-type"] == "CodeDeploy Instance State-change Notification");
    let about: Vec<Value> = about.collect();
    let states: Vec<[&Value; 2]> = about
        .iter()
        .map(|event| [&event["detail"]["deploymentId"], &event["detail"]["state"]])
        .collect();
    let (first, second) = (json!(first), json!(second));
    let [start, success, failure] = ["START", "SUCCESS", "FAILURE"].map(|state| json!(state));
    assert_eq!(
        states,
        [
            [&first, &start],
            [&first, &success],
            [&second, &start],
            [&second, &failure]
        ]
    );
    let names = json!({"applicationName": "a", "deploymentGroupName": "g"});
    let group = house.caller.ok("GetDeploymentGroup", names).await;
    assert_eq!(
        about[0]["detail"],
        json!({"region": "us-east-1", "deploymentId": first, "instanceGroupId": group["deploymentGroupInfo"]["deploymentGroupId"],
            "deploymentGroup": "g", "state": "START", "application": "a", "instanceId": "one"})
    );
    assert_eq!(
        about[0]["resources"],
        json!([
            "arn:aws:codedeploy:us-east-1:000000000000:application:a",
            "arn:aws:codedeploy:us-east-1:000000000000:deploymentgroup:a/g",
            arn
        ])
    );
    // The test message, and one message for each.
    let mut told = house.functions.published(5).await;
    told.sort();
    let of = |status: &str, id: &Value| {
        format!(
            "{status}: AWS CodeDeploy {} in us-east-1 to one",
            id.as_str().unwrap()
        )
    };
    let mut expected = [
        "SUCCESS: AWS CodeDeploy notification setup for trigger all".to_owned(),
        of("IN_PROGRESS", &first),
        of("SUCCEEDED", &first),
        of("IN_PROGRESS", &second),
        of("FAILED", &second),
    ];
    expected.sort();
    assert_eq!(told, expected);
}
