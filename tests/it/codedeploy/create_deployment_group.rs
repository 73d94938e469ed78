//! CreateDeploymentGroup (contract codedeploy §3.4.1).

use super::sample::{app, group, refusals};
use crate::support::caller::ROLE;
use crate::support::caller::{CODEDEPLOY, both};
use crate::support::normal::normalised;
use serde_json::json;

#[tokio::test]
async fn every_rule_of_a_group_is_told_and_nothing_is_kept() {
    // contract codedeploy §1.3, §1.5, §3.4.1
    let shown = both(CODEDEPLOY, async |caller| {
        for (name, platform) in [("s", "Server"), ("l", "Lambda"), ("e", "ECS")] {
            app(&caller, name, platform).await;
        }
        group(&caller, "s", "taken").await;
        let style =
            |kind: &str, option: &str| json!({"deploymentType": kind, "deploymentOption": option});
        let shift = style("BLUE_GREEN", "WITH_TRAFFIC_CONTROL");
        let of = |app: &str, members: serde_json::Value| {
            let mut body =
                json!({"applicationName": app, "deploymentGroupName": "g", "serviceRoleArn": ROLE});
            body.as_object_mut()
                .unwrap()
                .extend(members.as_object().unwrap().clone());
            body
        };
        let filter = json!([{"Key": "k", "Value": "v", "Type": "KEY_AND_VALUE"}]);
        let topic = "arn:aws:sns:us-east-1:000000000000:none";
        let trigger = json!([{"triggerName": "t", "triggerTargetArn": topic, "triggerEvents": ["DeploymentStart"]}]);
        let cases = refusals(&caller, "CreateDeploymentGroup", [
            of("none", json!({})),
            of("s", json!({"deploymentGroupName": "taken", "deploymentStyle": {"deploymentType": "odd"}})),
            of("s", json!({"deploymentStyle": {"deploymentType": "odd"}})),
            of("s", json!({"deploymentStyle": {"deploymentType": "IN_PLACE"}})),
            of("l", json!({})),
            of("s", json!({"ec2TagFilters": filter, "ec2TagSet": {"ec2TagSetList": [filter]}})),
            of("s", json!({"ec2TagFilters": [{"Key": "", "Type": "KEY_ONLY"}]})),
            of("s", json!({"ec2TagSet": {"ec2TagSetList": [filter, filter, filter, filter]}})),
            of("s", json!({"triggerConfigurations": [{"triggerName": "t"}]})),
            of("s", json!({"triggerConfigurations": trigger})),
            of("s", json!({"alarmConfiguration": {"enabled": true}})),
            of("s", json!({"autoRollbackConfiguration": {"enabled": true}})),
            of("s", json!({"deploymentStyle": shift})),
            of("s", json!({"blueGreenDeploymentConfiguration": {}})),
            of("s", json!({"ecsServices": [{"serviceName": "s", "clusterName": "c"}]})),
            of("s", json!({"deploymentConfigName": "none"})),
            of("s", json!({"deploymentConfigName": "CodeDeployDefault.ECSAllAtOnce"})),
            of("s", json!({"serviceRoleArn": "arn:aws:iam::000000000000:role/none"})),
            of("s", json!({"serviceRoleArn": "role"})),
            of("s", json!({"autoScalingGroups": ["asg"]})),
            of("s", json!({"tags": [{"Key": "aws:x"}]})),
            of("e", json!({"deploymentStyle": shift})),
        ]).await;
        caller
            .ok(
                "CreateDeploymentGroup",
                of("l", json!({"deploymentStyle": shift})),
            )
            .await;
        json!(cases)
    });
    assert_eq!(
        shown.await,
        normalised(json!([
            "ApplicationDoesNotExistException",
            "DeploymentGroupAlreadyExistsException",
            "InvalidDeploymentStyleException",
            "InvalidDeploymentStyleException",
            "InvalidDeploymentStyleException",
            "InvalidEC2TagCombinationException",
            "InvalidEC2TagException",
            "TagSetListLimitExceededException",
            "InvalidTriggerConfigException",
            "InvalidTriggerConfigException",
            "InvalidAlarmConfigException",
            "InvalidAutoRollbackConfigException",
            "InvalidLoadBalancerInfoException",
            "InvalidBlueGreenDeploymentConfigurationException",
            "InvalidECSServiceException",
            "DeploymentConfigDoesNotExistException",
            "InvalidDeploymentConfigNameException",
            "InvalidRoleException",
            "InvalidRoleException",
            "InvalidAutoScalingGroupException",
            "InvalidTagsToAddException",
            "InvalidLoadBalancerInfoException",
        ]))
    );
}

#[tokio::test]
async fn an_ecs_service_belongs_to_one_group() {
    // contract codedeploy §2.3, §3.4.1
    let shown = both(CODEDEPLOY, async |caller| {
        app(&caller, "a", "ECS").await;
        let of = |name: &str| {
            json!({"applicationName": "a", "deploymentGroupName": name, "serviceRoleArn": ROLE,
            "deploymentStyle": {"deploymentType": "BLUE_GREEN", "deploymentOption": "WITH_TRAFFIC_CONTROL"},
            "blueGreenDeploymentConfiguration": {"terminateBlueInstancesOnDeploymentSuccess": {"action": "TERMINATE"},
                "deploymentReadyOption": {"actionOnTimeout": "CONTINUE_DEPLOYMENT"}},
            "loadBalancerInfo": {"targetGroupPairInfoList": [{"targetGroups": [{"name": "blue"}, {"name": "green"}],
                "prodTrafficRoute": {"listenerArns": ["arn:aws:elasticloadbalancing:us-east-1:000000000000:listener/app/l/1/2"]}}]},
            "ecsServices": [{"serviceName": "s", "clusterName": "c"}]})
        };
        caller.ok("CreateDeploymentGroup", of("g")).await;
        let cases = refusals(&caller, "CreateDeploymentGroup", [of("h")]).await;
        caller
            .ok(
                "DeleteDeploymentGroup",
                json!({"applicationName": "a", "deploymentGroupName": "g"}),
            )
            .await;
        caller.ok("CreateDeploymentGroup", of("h")).await;
        json!(cases)
    });
    assert_eq!(
        shown.await,
        normalised(json!(["ECSServiceMappingLimitExceededException"]))
    );
}
