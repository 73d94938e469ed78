//! Deployments and what is asked of them.

use super::{house, long, many, refused};
use crate::codedeploy::deploying::{self, merged};
use crate::codedeploy::sample::instance;
use crate::support::caller::{CODEDEPLOY, Caller};
use serde_json::{Value, json};

#[tokio::test]
async fn deployments() {
    let world = async |caller: &Caller| {
        house(caller).await;
        instance(caller, "one").await;
    };
    let s3 = json!({"revisionType": "S3", "s3Location": {"bucket": "b", "key": "k", "bundleType": "zip"}});
    let of = |members: Value| {
        let body = json!({"applicationName": "s", "deploymentGroupName": "g", "revision": s3});
        merged(body, members)
    };
    let unknown = "d-ZZZZZZZZZ";
    let list = |members: Value| members;
    let both = |members: Value| {
        merged(
            json!({"applicationName": "s", "deploymentGroupName": "g"}),
            members,
        )
    };
    refused(world, &[
        ("CreateDeployment", "DescriptionTooLongException", of(json!({"description": long(257)}))),
        ("CreateDeployment", "InvalidFileExistsBehaviorException", of(json!({"fileExistsBehavior": "ODD"}))),
        ("CreateDeployment", "InvalidTargetInstancesException", of(json!({"targetInstances": {"tagFilters": [{"Key": "k", "Value": "v", "Type": "KEY_AND_VALUE"}]}}))),
        ("CreateDeployment", "InvalidAlarmConfigException", of(json!({"overrideAlarmConfiguration": {"enabled": true}}))),
        ("CreateDeployment", "AlarmsLimitExceededException", of(json!({"overrideAlarmConfiguration": {"enabled": true,
            "alarms": many(51).iter().map(|name| json!({"name": name})).collect::<Vec<_>>()}}))),
        ("BatchGetDeployments", "DeploymentIdRequiredException", json!({"deploymentIds": []})),
        ("BatchGetDeployments", "InvalidDeploymentIdException", json!({"deploymentIds": ["x"]})),
        ("BatchGetDeployments", "BatchLimitExceededException", json!({"deploymentIds": vec![unknown; 101]})),
        ("BatchGetDeploymentInstances", "InstanceIdRequiredException", json!({"deploymentId": unknown, "instanceIds": []})),
        ("GetDeploymentInstance", "InstanceIdRequiredException", json!({"deploymentId": unknown, "instanceId": ""})),
        ("GetDeploymentTarget", "DeploymentTargetIdRequiredException", json!({"deploymentId": unknown})),
        ("BatchGetDeploymentTargets", "DeploymentTargetIdRequiredException", json!({"deploymentId": unknown, "targetIds": []})),
        ("ListDeploymentTargets", "InvalidTargetFilterNameException", json!({"deploymentId": unknown, "targetFilters": {"Odd": ["x"]}})),
        ("ContinueDeployment", "InvalidDeploymentWaitTypeException", json!({"deploymentId": unknown, "deploymentWaitType": "ODD"})),
        ("ListDeployments", "DeploymentGroupNameRequiredException", list(json!({"applicationName": "s"}))),
        ("ListDeployments", "ApplicationNameRequiredException", list(json!({"deploymentGroupName": "g"}))),
        ("ListDeployments", "ApplicationDoesNotExistException", both(json!({"applicationName": "x"}))),
        ("ListDeployments", "DeploymentGroupDoesNotExistException", both(json!({"deploymentGroupName": "x"}))),
        ("ListDeployments", "InvalidDeploymentStatusException", list(json!({"includeOnlyStatuses": ["Odd"]}))),
        ("ListDeployments", "InvalidTimeRangeException", list(json!({"createTimeRange": {"start": 1_600_000_001, "end": 1_600_000_000}}))),
        ("ListDeployments", "InvalidNextTokenException", list(json!({"nextToken": "x"}))),
        ("PutLifecycleEventHookExecutionStatus", "DeploymentIdRequiredException", json!({"lifecycleEventHookExecutionId": "x", "status": "Succeeded"})),
    ])
    .await;
}

#[tokio::test]
async fn deployments_to_a_function() {
    let caller = Caller::new(CODEDEPLOY).await;
    deploying::group(&caller, json!({})).await;
    let id = deploying::create(&caller, deploying::request(1, 2)).await;
    deploying::answer(&caller, &id, true).await;
    let of = |members: Value| merged(json!({"deploymentId": id}), members);
    let put =
        |id: &str, status: &str| of(json!({"lifecycleEventHookExecutionId": id, "status": status}));
    let hook = "PutLifecycleEventHookExecutionStatus";
    for (operation, code, body) in [
        (
            "BatchGetDeploymentInstances",
            "BatchLimitExceededException",
            of(json!({"instanceIds": many(26)})),
        ),
        (
            "BatchGetDeploymentTargets",
            "DeploymentTargetListSizeExceededException",
            of(json!({"targetIds": ["f:live", "f:live"]})),
        ),
        (
            "GetDeploymentTarget",
            "DeploymentTargetDoesNotExistException",
            of(json!({"targetId": "x"})),
        ),
        (
            "ListDeploymentTargets",
            "InvalidInstanceStatusException",
            of(json!({"targetFilters": {"TargetStatus": ["Odd"]}})),
        ),
        (
            "ListDeploymentTargets",
            "InvalidInstanceTypeException",
            of(json!({"targetFilters": {"ServerInstanceLabel": ["Odd"]}})),
        ),
        (
            "ListDeploymentTargets",
            "InvalidDeploymentInstanceTypeException",
            of(json!({"targetFilters": {"ServerInstanceLabel": ["Blue"]}})),
        ),
        (
            "ListDeploymentInstances",
            "InvalidInstanceStatusException",
            of(json!({"instanceStatusFilter": ["Odd"]})),
        ),
        (
            "ListDeploymentInstances",
            "InvalidInstanceTypeException",
            of(json!({"instanceTypeFilter": ["Odd"]})),
        ),
        (
            hook,
            "InvalidLifecycleEventHookExecutionIdException",
            put("x", "Succeeded"),
        ),
        (
            hook,
            "InvalidLifecycleEventHookExecutionIdException",
            of(json!({"status": "Succeeded"})),
        ),
        (
            hook,
            "InvalidLifecycleEventHookExecutionStatusException",
            put("x", "InProgress"),
        ),
        (
            hook,
            "InvalidLifecycleEventHookExecutionStatusException",
            put("x", "Skipped"),
        ),
        (
            hook,
            "InvalidLifecycleEventHookExecutionStatusException",
            put("x", "Odd"),
        ),
    ] {
        let said = caller.refused(operation, body.clone()).await;
        assert_eq!(said.code, code, "{operation} {body}: {}", said.message);
    }
}
