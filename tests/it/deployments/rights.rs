//! Which rights deployments use of a service role: no more than AWS's managed policies give.
//!
//! What the neighbours were asked for is told by themselves; what a role was used for, by the door before them. The two are one list,
//! so nothing goes round the door.

use super::ecs::{events, rolled_back, target};
use super::house::{House, config};
use super::stories::{alarm, hooked, put_alarm, ring};
use crate::codedeploy::deploying::{self, merged, rolls_back};
use crate::codedeploy::deploying_ecs::{group, request, waits};
use crate::support::waiting::wait_for;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// AWSCodeDeployRoleForECS, as the contract lists it.
const FOR_ECS: [&str; 15] = [
    "ecs:DescribeServices",
    "ecs:CreateTaskSet",
    "ecs:UpdateServicePrimaryTaskSet",
    "ecs:DeleteTaskSet",
    "elasticloadbalancing:DescribeTargetGroups",
    "elasticloadbalancing:DescribeListeners",
    "elasticloadbalancing:ModifyListener",
    "elasticloadbalancing:DescribeRules",
    "elasticloadbalancing:ModifyRule",
    "lambda:InvokeFunction",
    "cloudwatch:DescribeAlarms",
    "sns:Publish",
    "s3:GetObject",
    "s3:GetObjectVersion",
    "iam:PassRole",
];

/// AWSCodeDeployRoleForLambda.
const FOR_LAMBDA: [&str; 8] = [
    "lambda:GetAlias",
    "lambda:UpdateAlias",
    "lambda:GetProvisionedConcurrencyConfig",
    "lambda:InvokeFunction",
    "cloudwatch:DescribeAlarms",
    "sns:Publish",
    "s3:GetObject",
    "s3:GetObjectVersion",
];

/// AWSCodeDeployRole, as far as slipway has what it is about (contract codedeploy §8.4).
pub const FOR_INSTANCES: [&str; 8] = [
    "elasticloadbalancing:DescribeTargetGroups",
    "elasticloadbalancing:DescribeTargetHealth",
    "elasticloadbalancing:RegisterTargets",
    "elasticloadbalancing:DeregisterTargets",
    "ec2:DescribeInstances",
    "ec2:TerminateInstances",
    "sns:Publish",
    "cloudwatch:DescribeAlarms",
];

/// A right that goes with another call, and one that only a revision with a version needs.
const NOT_HERE: [&str; 2] = ["iam:PassRole", "s3:GetObjectVersion"];

/// A group's members that ask for everything.
fn everything() -> Value {
    let events = [
        "DeploymentStart",
        "DeploymentSuccess",
        "DeploymentFailure",
        "DeploymentStop",
        "DeploymentRollback",
        "DeploymentReady",
    ];
    let topic = "arn:aws:sns:us-east-1:000000000000:news";
    json!({"autoRollbackConfiguration": rolls_back(),
        "alarmConfiguration": {"enabled": true, "alarms": [{"name": "errors"}]},
        "triggerConfigurations": [{"triggerName": "all", "triggerTargetArn": topic, "triggerEvents": events}]})
}

async fn house() -> House {
    let house = House::with(config(None)).await;
    let server = &house.caller.server;
    let made = server.query("sns", "Action=CreateTopic&Version=2010-03-31&Name=news");
    assert_eq!(made.await.status, http::StatusCode::OK);
    put_alarm(&house, "errors").await;
    house.caller.s3("PUT", "/bucket", "").await;
    house
}

fn object(key: &str) -> Value {
    let s3 = json!({"bucket": "bucket", "key": key, "bundleType": "JSON"});
    json!({"revision": {"revisionType": "S3", "s3Location": s3}})
}

/// Asserts that no other rights were used.
pub fn are_among(house: &House, policy: &[&str]) {
    let rights = house.functions.rights();
    assert!(!rights.is_empty());
    for right in &rights {
        assert!(policy.contains(&right.as_str()), "{right}");
    }
}

/// Asserts that exactly these rights were used, and that all calls were made by them.
async fn uses_all_of(house: &House, policy: &[&str]) {
    let sorted = |mut of: Vec<String>| {
        of.sort();
        of
    };
    // The last look at a service may be under way.
    wait_for("as many calls as rights", async || {
        let rights = sorted(house.functions.rights());
        (rights == sorted(house.functions.services.calls())).then_some(())
    })
    .await;
    let rights = house.functions.rights();
    let used: BTreeSet<&str> = rights.iter().map(String::as_str).collect();
    let given = policy
        .iter()
        .copied()
        .filter(|right| !NOT_HERE.contains(right));
    assert_eq!(used, given.collect());
    for never in [
        "ecs:DescribeTaskSets",
        "elasticloadbalancing:DescribeTargetHealth",
    ] {
        assert!(!used.contains(never), "{never}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deployment_to_ecs_needs_no_more_than_the_managed_policy() {
    // contract codedeploy §7.3, §10.4 5; the order of the first calls: §7.4 row 0
    let house = house().await;
    let services = &house.functions.services;
    group(&house.caller, everything()).await;
    let canary = json!({"deploymentConfigName": "CodeDeployDefault.ECSCanary10Percent5Minutes"});
    let before = house.functions.rights().len();
    // In YAML this time (§7.1, §10.1 F19).
    let spec = "version: 0.0\nResources:\n  - TargetService:\n      Type: AWS::ECS::Service\n      Properties:\n        TaskDefinition: arn:aws:ecs:us-east-1:000000000000:task-definition/web:2\n        LoadBalancerInfo: {ContainerName: web, ContainerPort: 80}\n";
    house.caller.s3("PUT", "/bucket/spec.yml", spec).await;
    let s3 = json!({"bucket": "bucket", "key": "spec.yml", "bundleType": "YAML"});
    let yaml = json!({"revision": {"revisionType": "S3", "s3Location": s3}});
    let first = house.create(merged(request(2, &[]), yaml)).await;
    assert_eq!(house.end(&first).await["status"], "Succeeded");
    let rights = house.functions.rights();
    let began = rights[before..]
        .iter()
        .filter(|right| *right != "sns:Publish");
    let began: Vec<&str> = began.map(String::as_str).take(8).collect();
    let led = [
        "elasticloadbalancing:DescribeListeners",
        "elasticloadbalancing:DescribeRules",
    ];
    assert_eq!(
        began,
        [
            "s3:GetObject",
            "cloudwatch:DescribeAlarms",
            "ecs:DescribeServices",
            "elasticloadbalancing:DescribeTargetGroups",
            led[0],
            led[1],
            led[0],
            led[1],
        ]
    );

    // A hook that fails with all the traffic on the replacement.
    let id = house
        .create(request(3, &[("AfterAllowTraffic", "check")]))
        .await;
    let payload = house.functions.invoked("check", 1).await;
    house.call_back(&payload, "Failed").await;
    let info = house.end(&id).await;
    assert_eq!(rolled_back(&house, &info).await["status"], "Succeeded");

    // A canary that an alarm ends.
    let id = house.create(merged(request(4, &[]), canary.clone())).await;
    services.saw("rule green:90 blue:10").await;
    ring(&house, "errors").await;
    let info = house.end(&id).await;
    assert_eq!(info["errorInformation"]["code"], "ALARM_ACTIVE");
    assert_eq!(rolled_back(&house, &info).await["status"], "Succeeded");
    let shown = target(&house, &id).await;
    assert_eq!(events(&shown, &["Failed"]), ["AllowTraffic"]);
    alarm(
        &house,
        "Action=SetAlarmState&AlarmName=errors&StateValue=OK&StateReason=test",
    )
    .await;

    // A canary that somebody lets go, and whose original somebody ends.
    let update = json!({"applicationName": "e", "currentDeploymentGroupName": "g",
        "blueGreenDeploymentConfiguration": waits(Some(60), 2880)});
    house.caller.ok("UpdateDeploymentGroup", update).await;
    let id = house.create(merged(request(5, &[]), canary)).await;
    for (wait, reached) in [("READY_WAIT", "Ready"), ("TERMINATION_WAIT", "InProgress")] {
        wait_for(wait, async || {
            let info = house.shown(&id).await;
            let waits = wait == "READY_WAIT" || info["instanceTerminationWaitTimeStarted"] == true;
            (info["status"] == reached && waits).then_some(())
        })
        .await;
        let body = json!({"deploymentId": id, "deploymentWaitType": wait});
        house.caller.ok("ContinueDeployment", body).await;
    }
    assert_eq!(house.end(&id).await["status"], "Succeeded");
    uses_all_of(&house, &FOR_ECS).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deployment_of_a_function_needs_no_more_than_the_managed_policy() {
    // contract codedeploy §6.2
    let house = house().await;
    deploying::group(&house.caller, everything()).await;
    let spec = deploying::app_spec(1, 2, false);
    house.caller.s3("PUT", "/bucket/spec.json", &spec).await;
    let canary = json!({"deploymentConfigName": "CodeDeployDefault.LambdaCanary10Percent5Minutes"});
    let first = merged(deploying::request(1, 2), object("spec.json"));
    let first = house.create(merged(first, canary)).await;
    assert_eq!(house.end(&first).await["status"], "Succeeded");
    let id = house.create(hooked(2, 3)).await;
    let payload = house.functions.invoked("before", 1).await;
    house.call_back(&payload, "Succeeded").await;
    let payload = house.functions.invoked("after", 1).await;
    house.call_back(&payload, "Failed").await;
    let info = house.end(&id).await;
    assert_eq!(rolled_back(&house, &info).await["status"], "Succeeded");
    uses_all_of(&house, &FOR_LAMBDA).await;
}
