//! What is in front of a service: network load balancers, and pairs of target groups that cannot be deployed behind.

use super::ecs::{events, rolled_back, target};
use super::house::{House, config};
use crate::codedeploy::deploying::{merged, rolls_back};
use crate::codedeploy::deploying_ecs::{body, group, request, serve};
use crate::codedeploy::sample::app;
use crate::support::caller::ECS;
use serde_json::{Value, json};

const CANARY: &str = "CodeDeployDefault.ECSCanary10Percent5Minutes";
const ONLY_ALB: &str = "Only ALB supports gradual traffic routing, use AllAtOnce Traffic routing instead when you create/update Deployment group.";

/// A service behind a network load balancer.
async fn tcp_house(members: Value) -> House {
    let house = House::with(config(None)).await;
    house.functions.services.tcp();
    group(&house.caller, members).await;
    house
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_network_load_balancer_swaps_at_once_and_then_finds_the_replacement_healthy() {
    // contract codedeploy §7.5 (NLB), §7.4 row 2: all at once needs healthy targets after the shift
    let house = tcp_house(json!({})).await;
    let services = &house.functions.services;
    let id = house.create(request(2, &[])).await;
    services.saw("production green:1").await;
    let looked = house.functions.rights().len();
    // The look after the shift has been made, and what it saw was not well.
    crate::support::waiting::wait_for("the look after the shift", async || {
        let rights = house.functions.rights();
        let mut later = rights[looked.min(rights.len()) - 1..].iter();
        let shown = target(&house, &id).await;
        let moved = shown["taskSetsInfo"][1]["trafficWeight"] == 100.0;
        (moved && later.any(|right| right == "ecs:DescribeServices")).then_some(())
    })
    .await;
    let shown = target(&house, &id).await;
    assert_eq!(events(&shown, &["InProgress"]), ["AllowTraffic"]);
    assert!(!services.log().contains(&"primary ecs-svc/2".to_owned()));
    services.up();
    let info = house.end(&id).await;
    assert_eq!(info["status"], "Succeeded", "{info}");
    assert_eq!(
        services.log(),
        [
            "create ecs-svc/2 of web:2 behind green",
            "production green:1",
            "primary ecs-svc/2",
            "delete ecs-svc/1"
        ]
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_never_healthy_behind_a_network_load_balancer_is_rolled_back_after_an_hour() {
    // contract codedeploy §5.6, §7.4 row 2, §7.5, §7.7
    let house = tcp_house(json!({"autoRollbackConfiguration": rolls_back()})).await;
    let services = &house.functions.services;
    let first = house.create(request(2, &[])).await;
    services.saw("production green:1").await;
    services.up();
    assert_eq!(house.end(&first).await["status"], "Succeeded");
    let id = house.create(request(3, &[])).await;
    services.saw("production blue:1").await;
    let hour = std::time::Duration::from_secs(3600);
    let clock = &house.caller.server.app.clock;
    clock.set(300.0, hour).await.unwrap();
    let info = house.end(&id).await;
    assert_eq!(
        info["errorInformation"],
        json!({"code": "TIMEOUT", "message": "The deployment timed out while waiting for the replacement task set to become healthy. This time out period is 60 minutes."})
    );
    let shown = target(&house, &id).await;
    assert_eq!(events(&shown, &["Failed"]), ["AllowTraffic"]);
    assert_eq!(rolled_back(&house, &info).await["status"], "Succeeded");
    assert_eq!(services.leads("production"), "green:1");
    assert_eq!(services.sets(), ["ecs-svc/2 PRIMARY"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_network_load_balancer_takes_no_share_of_the_traffic() {
    // contract codedeploy §1.4, §7.2 row 5: told when a group is saved, and when a deployment asks for it
    let house = tcp_house(json!({})).await;
    let caller = &house.caller;
    let again = merged(
        body(),
        json!({"deploymentGroupName": "h", "deploymentConfigName": CANARY}),
    );
    let update = json!({"applicationName": "e", "currentDeploymentGroupName": "g", "deploymentConfigName": CANARY});
    caller
        .expect_refusal(
            "UpdateDeploymentGroup",
            update,
            "InvalidTrafficRoutingConfigurationException",
            ONLY_ALB,
        )
        .await;
    let delete = json!({"applicationName": "e", "deploymentGroupName": "g"});
    caller.ok("DeleteDeploymentGroup", delete).await;
    caller
        .expect_refusal(
            "CreateDeploymentGroup",
            again,
            "InvalidTrafficRoutingConfigurationException",
            ONLY_ALB,
        )
        .await;
    caller.ok("CreateDeploymentGroup", body()).await;
    let asked = json!({"deploymentConfigName": CANARY});
    let id = house.create(merged(request(2, &[]), asked)).await;
    let info = house.end(&id).await;
    assert_eq!(
        info["errorInformation"],
        json!({"code": "ELASTIC_LOAD_BALANCING_INVALID", "message":
            format!("The ELB could not be updated due to the following error: {ONLY_ALB}")})
    );
    assert_eq!(house.functions.services.log(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pair_of_target_groups_that_cannot_be_is_told_when_the_group_is_saved() {
    // contract codedeploy §7.2 row 4
    let house = House::with(config(None)).await;
    let caller = &house.caller;
    app(caller, "e", "ECS").await;
    serve(&caller.to(ECS), "web", "CODE_DEPLOY").await;
    let pair = |first: &str, second: &str| {
        json!({"loadBalancerInfo": {"targetGroupPairInfoList": [{"targetGroups": [{"name": first}, {"name": second}],
            "prodTrafficRoute": {"listenerArns": ["production"]}}]}})
    };
    let cases = [
        (
            "blue",
            "red",
            "The target groups cannot be used: the target group red does not exist",
        ),
        (
            "blue",
            "host-1",
            "The target groups have different target types: blue has ip, host-1 has instance",
        ),
        (
            "host-1",
            "host-2",
            "The target group host-1 has the target type instance, which is incompatible with the awsvpc network mode of the service.",
        ),
    ];
    for (first, second, said) in cases {
        caller
            .expect_refusal(
                "CreateDeploymentGroup",
                merged(body(), pair(first, second)),
                "InvalidTargetGroupPairException",
                said,
            )
            .await;
    }
    caller.ok("CreateDeploymentGroup", body()).await;
    let update = json!({"applicationName": "e", "currentDeploymentGroupName": "g"});
    caller
        .expect_refusal(
            "UpdateDeploymentGroup",
            merged(update, pair("host-1", "host-2")),
            "InvalidTargetGroupPairException",
            cases[2].2,
        )
        .await;
}
