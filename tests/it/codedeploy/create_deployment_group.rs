//! CreateDeploymentGroup (contract codedeploy §3.4.1).

use super::deploying::merged;
use super::deploying_ecs as ecs;
use super::sample::{app, group, refusals};
use crate::support::caller::{CODEDEPLOY, Caller, ECS, ROLE, both};
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
            of("s", json!({"ec2TagFilters": [{"Key": "k", "Value": "v", "Type": "KEY_ONLY"}]})),
            of("s", json!({"onPremisesInstanceTagFilters": [{"Key": "k", "Value": "v", "Type": "VALUE_ONLY"}]})),
            of("s", json!({"ec2TagSet": {"ec2TagSetList": [filter, filter, filter, filter]}})),
            of("s", json!({"triggerConfigurations": [{"triggerName": "t"}]})),
            of("s", json!({"triggerConfigurations": trigger})),
            of("s", json!({"alarmConfiguration": {"enabled": true}})),
            of("s", json!({"alarmConfiguration": {"enabled": false}})),
            of("s", json!({"autoRollbackConfiguration": {"enabled": true}})),
            of("s", json!({"deploymentStyle": shift})),
            of("s", json!({"blueGreenDeploymentConfiguration": {}})),
            of("s", json!({"deploymentStyle": shift, "loadBalancerInfo": {"targetGroupInfoList": [{"name": "t"}]}, "onPremisesInstanceTagFilters": filter})),
            of("s", json!({"loadBalancerInfo": {"targetGroupInfoList": vec![json!({"name": "t"}); 11]}})),
            of("s", json!({"loadBalancerInfo": {"elbInfoList": vec![json!({"name": "t"}); 11]}})),
            of("s", json!({"ecsServices": [{"serviceName": "s", "clusterName": "c"}]})),
            of("s", json!({"deploymentConfigName": "none"})),
            of("s", json!({"deploymentConfigName": "CodeDeployDefault.ECSAllAtOnce"})),
            of("s", json!({"serviceRoleArn": "arn:aws:iam::000000000000:role/none"})),
            of("s", json!({"serviceRoleArn": "role"})),
            of("s", json!({"serviceRoleArn": ""})),
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
            "InvalidEC2TagException",
            "InvalidTagException",
            "TagSetListLimitExceededException",
            "InvalidTriggerConfigException",
            "InvalidTriggerConfigException",
            "InvalidAlarmConfigException",
            "InvalidAlarmConfigException",
            "InvalidAutoRollbackConfigException",
            "InvalidLoadBalancerInfoException",
            "InvalidBlueGreenDeploymentConfigurationException",
            "InvalidBlueGreenDeploymentConfigurationException",
            "InvalidLoadBalancerInfoException",
            "InvalidLoadBalancerInfoException",
            "InvalidECSServiceException",
            "DeploymentConfigDoesNotExistException",
            "InvalidDeploymentConfigNameException",
            "InvalidRoleException",
            "InvalidRoleException",
            "RoleRequiredException",
            "InvalidAutoScalingGroupException",
            "InvalidTagsToAddException",
            "InvalidLoadBalancerInfoException",
        ]))
    );
}

#[tokio::test]
async fn a_group_for_functions_says_nothing_of_where_it_deploys() {
    // contract codedeploy §6.7
    let shown = both(CODEDEPLOY, async |caller| {
        app(&caller, "l", "Lambda").await;
        let of = |members: serde_json::Value| {
            let body = json!({"applicationName": "l", "deploymentGroupName": "g", "serviceRoleArn": ROLE,
                "deploymentStyle": {"deploymentType": "BLUE_GREEN", "deploymentOption": "WITH_TRAFFIC_CONTROL"}});
            merged(body, members)
        };
        let filter = json!([{"Key": "k", "Type": "KEY_ONLY"}]);
        let pair = json!({"targetGroups": [{"name": "blue"}, {"name": "green"}],
            "prodTrafficRoute": {"listenerArns": ["production"]}});
        let members = [
            json!({"ec2TagFilters": filter}),
            json!({"ec2TagSet": {"ec2TagSetList": [filter]}}),
            json!({"onPremisesInstanceTagFilters": filter}),
            json!({"onPremisesTagSet": {"onPremisesTagSetList": [filter]}}),
            json!({"loadBalancerInfo": {"targetGroupInfoList": [{"name": "t"}]}}),
            json!({"loadBalancerInfo": {"targetGroupPairInfoList": [pair]}}),
            json!({"ecsServices": [{"serviceName": "s", "clusterName": "c"}]}),
            json!({"autoScalingGroups": ["asg"]}),
        ];
        let codes = refusals(&caller, "CreateDeploymentGroup", members.map(of)).await;
        assert!(
            codes.iter().all(|code| code == "InvalidInputException"),
            "{codes:?}"
        );
        let nothing = json!({"ec2TagFilters": [], "onPremisesInstanceTagFilters": [], "loadBalancerInfo": {}, "ecsServices": []});
        caller.ok("CreateDeploymentGroup", of(nothing)).await;
        let update = json!({"applicationName": "l", "currentDeploymentGroupName": "g", "ec2TagFilters": filter});
        json!(
            caller
                .refused("UpdateDeploymentGroup", update)
                .await
                .message
        )
    });
    assert_eq!(
        shown.await,
        normalised(json!(
            "ec2TagFilters is not for the compute platform Lambda"
        ))
    );
}

#[tokio::test]
async fn an_ecs_service_is_there_and_is_for_codedeploy() {
    // contract codedeploy §1.3, §3.4.1, §7.2
    let caller = Caller::new(CODEDEPLOY).await;
    app(&caller, "e", "ECS").await;
    let refused = async || {
        let said = caller.refused("CreateDeploymentGroup", ecs::body()).await;
        assert_eq!(said.code, "InvalidECSServiceException");
        said.message
    };
    let missing = "The ECS service 'web' of the cluster 'c' does not exist or is not active";
    assert_eq!(refused().await, missing);
    let ecs = caller.to(ECS);
    ecs::serve(&ecs, "other", "CODE_DEPLOY").await;
    assert_eq!(refused().await, missing);
    ecs::serve(&ecs, "web", "ECS").await;
    assert_eq!(
        refused().await,
        "Deployment group's ECS service must be configured for a CODE_DEPLOY deployment controller"
    );
    let end = json!({"cluster": "c", "service": "web", "force": true});
    ecs.ok("DeleteService", end).await;
    ecs::serve(&ecs, "web", "CODE_DEPLOY").await;
    let said = caller.refused("CreateDeploymentGroup", ecs::body()).await;
    assert_eq!(
        (said.code.as_str(), said.message.as_str()),
        (
            "InvalidTargetGroupPairException",
            "The target groups cannot be used: the target group blue does not exist"
        )
    );
    ecs::target_groups(&caller).await;
    caller.ok("CreateDeploymentGroup", ecs::body()).await;
    let update = json!({"applicationName": "e", "currentDeploymentGroupName": "g",
        "ecsServices": [{"serviceName": "none", "clusterName": "c"}]});
    let said = caller.refused("UpdateDeploymentGroup", update).await;
    assert_eq!(said.code, "InvalidECSServiceException");
}

#[tokio::test]
async fn an_ecs_service_belongs_to_one_group() {
    // contract codedeploy §2.3, §3.4.1
    let shown = both(CODEDEPLOY, async |caller| {
        app(&caller, "a", "ECS").await;
        ecs::serve(&caller.to(ECS), "s", "CODE_DEPLOY").await;
        ecs::target_groups(&caller).await;
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

#[tokio::test]
async fn an_ecs_group_says_what_becomes_of_the_original_task_set() {
    // contract codedeploy §3.4.1, §7.4: KEEP_ALIVE is not offered for ECS, and no fleet is made; §7.2: one pair, one listener
    let caller = Caller::new(CODEDEPLOY).await;
    app(&caller, "e", "ECS").await;
    ecs::serve(&caller.to(ECS), "web", "CODE_DEPLOY").await;
    ecs::target_groups(&caller).await;
    let keeps = |mut waits: serde_json::Value| {
        waits["terminateBlueInstancesOnDeploymentSuccess"]["action"] = json!("KEEP_ALIVE");
        json!({"blueGreenDeploymentConfiguration": waits})
    };
    let mut fleet = ecs::waits(None, 0);
    fleet["greenFleetProvisioningOption"] = json!({"action": "DISCOVER_EXISTING"});
    let pairs = |groups: serde_json::Value, listeners: serde_json::Value| {
        json!({"loadBalancerInfo": {"targetGroupPairInfoList": [{"targetGroups": groups,
            "prodTrafficRoute": {"listenerArns": listeners}}]}})
    };
    let (blue, green) = (json!({"name": "blue"}), json!({"name": "green"}));
    let named =
        |cluster: &str| json!({"ecsServices": [{"serviceName": "web", "clusterName": cluster}]});
    let cases = [
        (
            keeps(ecs::waits(None, 0)),
            "InvalidBlueGreenDeploymentConfigurationException",
        ),
        (
            json!({"blueGreenDeploymentConfiguration": fleet}),
            "InvalidBlueGreenDeploymentConfigurationException",
        ),
        (
            json!({"blueGreenDeploymentConfiguration": null}),
            "InvalidBlueGreenDeploymentConfigurationException",
        ),
        (
            json!({"blueGreenDeploymentConfiguration": ecs::waits(Some(7201), 0)}),
            "InvalidBlueGreenDeploymentConfigurationException",
        ),
        (
            json!({"blueGreenDeploymentConfiguration": ecs::waits(None, 2881)}),
            "InvalidBlueGreenDeploymentConfigurationException",
        ),
        (
            pairs(json!([blue]), json!(["production"])),
            "InvalidTargetGroupPairException",
        ),
        (
            pairs(json!([blue, blue]), json!(["production"])),
            "InvalidTargetGroupPairException",
        ),
        (
            pairs(json!([blue, green]), json!([])),
            "InvalidTargetGroupPairException",
        ),
        (
            pairs(json!([blue, green]), json!(["one", "two"])),
            "InvalidTargetGroupPairException",
        ),
        (
            json!({"loadBalancerInfo": {}}),
            "InvalidLoadBalancerInfoException",
        ),
        (json!({"ecsServices": []}), "InvalidECSServiceException"),
        (
            named("arn:aws:ecs:us-east-1:000000000000:cluster/c"),
            "InvalidECSServiceException",
        ),
        (
            json!({"deploymentConfigName": "CodeDeployDefault.LambdaAllAtOnce"}),
            "InvalidDeploymentConfigNameException",
        ),
    ];
    for (members, code) in cases {
        let said = caller.refused(
            "CreateDeploymentGroup",
            merged(ecs::body(), members.clone()),
        );
        assert_eq!(said.await.code, code, "{members}");
    }
    caller.ok("CreateDeploymentGroup", ecs::body()).await;
}
