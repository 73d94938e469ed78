//! Deployment groups.

use super::{house, long, many, of, refused, update};
use crate::codedeploy::deploying::merged;
use crate::codedeploy::deploying_ecs as ecs;
use crate::support::caller::Caller;
use serde_json::{Value, json};

#[tokio::test]
async fn groups() {
    let (create, change) = ("CreateDeploymentGroup", "UpdateDeploymentGroup");
    let filter = json!({"Key": "k", "Value": "v", "Type": "KEY_AND_VALUE"});
    let filters = |count: usize| json!(vec![filter.clone(); count]);
    let sets = |name: &str, count: usize| json!({name: vec![filters(1); count]});
    let topic = "arn:aws:sns:us-east-1:000000000000:none";
    let trigger = |name: &str, topic: &str, events: Value| json!([{"triggerName": name, "triggerTargetArn": topic, "triggerEvents": events}]);
    let triggers: Vec<Value> = many(11)
        .iter()
        .map(|name| trigger(name, topic, json!(["DeploymentStart"]))[0].clone())
        .collect();
    let alarms = |names: &[String]| {
        let alarms: Vec<Value> = names.iter().map(|name| json!({"name": name})).collect();
        json!({"alarmConfiguration": {"enabled": true, "alarms": alarms}})
    };
    let style = |kind: &str, option: &str| json!({"deploymentStyle": {"deploymentType": kind, "deploymentOption": option}});
    let groups = |count: usize| {
        json!(
            many(count)
                .iter()
                .map(|name| json!({"name": name}))
                .collect::<Vec<_>>()
        )
    };
    let traffic = |info: Value| {
        merged(
            style("IN_PLACE", "WITH_TRAFFIC_CONTROL"),
            json!({"loadBalancerInfo": info}),
        )
    };
    refused(house, &[
        (create, "ApplicationNameRequiredException", json!({})),
        (create, "DeploymentGroupNameRequiredException", of(json!({"deploymentGroupName": ""}))),
        (create, "RoleRequiredException", of(json!({"serviceRoleArn": ""}))),
        (create, "InvalidDeploymentGroupNameException", of(json!({"deploymentGroupName": "a b"}))),
        (create, "InvalidDeploymentGroupNameException", of(json!({"deploymentGroupName": long(101)}))),
        (create, "DeploymentGroupAlreadyExistsException", of(json!({"deploymentGroupName": "g"}))),
        (create, "InvalidRoleException", of(json!({"serviceRoleArn": "role"}))),
        (create, "InvalidRoleException", of(json!({"serviceRoleArn": "arn:aws:iam::000000000000:role/none"}))),
        (create, "InvalidDeploymentConfigNameException", of(json!({"deploymentConfigName": "a b"}))),
        (create, "DeploymentConfigDoesNotExistException", of(json!({"deploymentConfigName": "x"}))),
        (create, "InvalidEC2TagException", of(json!({"ec2TagSet": {"ec2TagSetList": [filters(11)]}}))),
        (create, "InvalidEC2TagException", of(json!({"ec2TagFilters": [{"Key": "k", "Type": "ODD"}]}))),
        (create, "InvalidEC2TagException", of(json!({"ec2TagFilters": [{"Key": "k", "Value": "v", "Type": "VALUE_ONLY"}]}))),
        (create, "InvalidEC2TagException", of(json!({"ec2TagFilters": [{"Key": "k", "Type": "KEY_AND_VALUE"}]}))),
        (create, "InvalidEC2TagCombinationException", of(merged(json!({"ec2TagFilters": filters(1)}), json!({"ec2TagSet": sets("ec2TagSetList", 1)})))),
        (create, "TagSetListLimitExceededException", of(json!({"ec2TagSet": sets("ec2TagSetList", 4)}))),
        (create, "InvalidTagException", of(json!({"onPremisesInstanceTagFilters": [{"Key": "k", "Value": "v", "Type": "KEY_ONLY"}]}))),
        (create, "InvalidOnPremisesTagCombinationException", of(merged(json!({"onPremisesInstanceTagFilters": filters(1)}), json!({"onPremisesTagSet": sets("onPremisesTagSetList", 1)})))),
        (create, "TagSetListLimitExceededException", of(json!({"onPremisesTagSet": sets("onPremisesTagSetList", 4)}))),
        (create, "InvalidAutoScalingGroupException", of(json!({"autoScalingGroups": ["none"]}))),
        (create, "InvalidTriggerConfigException", of(json!({"triggerConfigurations": trigger("", topic, json!(["DeploymentStart"]))}))),
        (create, "InvalidTriggerConfigException", of(json!({"triggerConfigurations": trigger("t", "topic", json!(["DeploymentStart"]))}))),
        (create, "InvalidTriggerConfigException", of(json!({"triggerConfigurations": trigger("t", topic, json!(["Odd"]))}))),
        (create, "InvalidTriggerConfigException", of(json!({"triggerConfigurations": trigger("t", topic, json!([]))}))),
        (create, "InvalidTriggerConfigException", of(json!({"triggerConfigurations": trigger("t", topic, json!(["DeploymentStart"]))}))),
        (create, "InvalidTriggerConfigException", of(json!({"triggerConfigurations": trigger(&long(101), topic, json!(["DeploymentStart"]))}))),
        (create, "InvalidTriggerConfigException", of(json!({"triggerConfigurations": [triggers[0], triggers[0]]}))),
        (create, "TriggerTargetsLimitExceededException", of(json!({"triggerConfigurations": triggers}))),
        (create, "InvalidAlarmConfigException", of(json!({"alarmConfiguration": {"enabled": true}}))),
        (create, "InvalidAlarmConfigException", of(json!({"alarmConfiguration": {"enabled": true, "alarms": [{}]}}))),
        (create, "InvalidAlarmConfigException", of(alarms(&[String::new()]))),
        (create, "InvalidAlarmConfigException", of(alarms(&[long(256)]))),
        (create, "InvalidAlarmConfigException", of(alarms(&["a".into(), "a".into()]))),
        (create, "InvalidAlarmConfigException", of(alarms(&[]))),
        (create, "AlarmsLimitExceededException", of(alarms(&many(51)))),
        (create, "InvalidAutoRollbackConfigException", of(json!({"autoRollbackConfiguration": {"enabled": true}}))),
        (create, "InvalidAutoRollbackConfigException", of(json!({"autoRollbackConfiguration": {"enabled": true, "events": []}}))),
        (create, "InvalidAutoRollbackConfigException", of(json!({"autoRollbackConfiguration": {"enabled": true, "events": ["ODD"]}}))),
        (create, "InvalidDeploymentStyleException", of(json!({"deploymentStyle": {"deploymentType": "IN_PLACE"}}))),
        (create, "InvalidDeploymentStyleException", of(json!({"deploymentStyle": {"deploymentOption": "WITHOUT_TRAFFIC_CONTROL"}}))),
        (create, "InvalidDeploymentStyleException", of(style("ODD", "WITHOUT_TRAFFIC_CONTROL"))),
        (create, "InvalidDeploymentStyleException", of(style("IN_PLACE", "ODD"))),
        (create, "InvalidBlueGreenDeploymentConfigurationException", of(json!({"blueGreenDeploymentConfiguration": {}}))),
        (create, "InvalidLoadBalancerInfoException", of(style("IN_PLACE", "WITH_TRAFFIC_CONTROL"))),
        (create, "InvalidLoadBalancerInfoException", of(traffic(json!({"targetGroupInfoList": groups(11)})))),
        (create, "InvalidLoadBalancerInfoException", of(traffic(json!({"elbInfoList": groups(11)})))),
        (create, "InvalidInputException", of(json!({"outdatedInstancesStrategy": "ODD"}))),
        (change, "DeploymentGroupNameRequiredException", update(json!({"currentDeploymentGroupName": ""}))),
        (change, "DeploymentGroupDoesNotExistException", update(json!({"currentDeploymentGroupName": "x"}))),
        (change, "InvalidDeploymentGroupNameException", update(json!({"newDeploymentGroupName": "a b"}))),
        (change, "InvalidRoleException", update(json!({"serviceRoleArn": "arn:aws:iam::000000000000:role/none"}))),
        (change, "AlarmsLimitExceededException", update(alarms(&many(51)))),
        (change, "TriggerTargetsLimitExceededException", update(json!({"triggerConfigurations": triggers}))),
        (change, "InvalidOnPremisesTagCombinationException", update(merged(json!({"onPremisesInstanceTagFilters": filters(1)}), json!({"onPremisesTagSet": sets("onPremisesTagSetList", 1)})))),
        ("GetDeploymentGroup", "DeploymentGroupDoesNotExistException", json!({"applicationName": "s", "deploymentGroupName": "x"})),
        ("ListDeploymentGroups", "ApplicationDoesNotExistException", json!({"applicationName": "x"})),
        ("BatchGetDeploymentGroups", "DeploymentGroupNameRequiredException", json!({"applicationName": "s", "deploymentGroupNames": []})),
        ("BatchGetDeploymentGroups", "BatchLimitExceededException", json!({"applicationName": "s", "deploymentGroupNames": many(101)})),
    ])
    .await;
}

#[tokio::test]
async fn groups_for_ecs() {
    let create = "CreateDeploymentGroup";
    let world = async |caller: &Caller| ecs::group(caller, json!({})).await;
    let of = |members: Value| {
        merged(
            merged(ecs::body(), json!({"deploymentGroupName": "new"})),
            members,
        )
    };
    let pair = |pair: Value| of(json!({"loadBalancerInfo": {"targetGroupPairInfoList": [pair]}}));
    let route = json!({"listenerArns": ["production"]});
    let two = json!([{"name": "blue"}, {"name": "green"}]);
    refused(world, &[
        (create, "ECSServiceMappingLimitExceededException", of(json!({}))),
        (create, "InvalidECSServiceException", of(json!({"ecsServices": []}))),
        (create, "InvalidECSServiceException", of(json!({"ecsServices": [{"serviceName": "none", "clusterName": "c"}]}))),
        (create, "InvalidECSServiceException", of(json!({"ecsServices": [{"serviceName": "web"}]}))),
        (create, "InvalidTargetGroupPairException", pair(json!({"targetGroups": [{"name": "blue"}], "prodTrafficRoute": route}))),
        (create, "InvalidTargetGroupPairException", pair(json!({"targetGroups": two}))),
        (create, "InvalidTargetGroupPairException", pair(json!({"targetGroups": two, "prodTrafficRoute": {"listenerArns": ["one", "two"]}}))),
        (create, "InvalidLoadBalancerInfoException", of(json!({"loadBalancerInfo": {}}))),
    ])
    .await;
}
