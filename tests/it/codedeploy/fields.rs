//! Which exception answers for which member (contract codedeploy §1.3), a line for each cell of the table, and the limits of §2.3.
//!
//! What an operation does beside refusing is told in the operation's own file.

use super::deploying::{self, merged};
use super::deploying_ecs as ecs;
use super::sample::{app, config, group, instance, refusals};
use crate::support::caller::{CODEDEPLOY, Caller, ROLE, both};
use serde_json::{Value, json};

/// Operation, exception, request.
type Cell = (&'static str, &'static str, Value);

/// Asserts that each request is refused with its exception, in both protocols; `world` makes what the requests name.
async fn refused(world: impl AsyncFn(&Caller), cells: &[Cell]) {
    both(CODEDEPLOY, async |caller| {
        world(&caller).await;
        let mut wrong = Vec::new();
        for (operation, code, body) in cells {
            let said = caller.refused(operation, body.clone()).await;
            if said.code != *code {
                wrong.push(format!("{operation} {body}: not {code} but {said:?}"));
            }
        }
        assert_eq!(wrong, [""; 0]);
        json!(null)
    })
    .await;
}

/// Applications of the three platforms, `s`, `l` and `e`; the group `g` of `s`; the configuration `c`.
async fn house(caller: &Caller) {
    for (name, platform) in [("s", "Server"), ("l", "Lambda"), ("e", "ECS")] {
        app(caller, name, platform).await;
    }
    group(caller, "s", "g").await;
    config(caller, "c").await;
}

fn long(length: usize) -> String {
    "x".repeat(length)
}

fn many(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("n{number}")).collect()
}

/// A request for a new group of `s`.
fn of(members: Value) -> Value {
    let body =
        json!({"applicationName": "s", "deploymentGroupName": "new", "serviceRoleArn": ROLE});
    merged(body, members)
}

fn update(members: Value) -> Value {
    let body = json!({"applicationName": "s", "currentDeploymentGroupName": "g"});
    merged(body, members)
}

#[tokio::test]
async fn applications_tags_and_arns() {
    let arn = |rest: &str| format!("arn:aws:codedeploy:us-east-1:000000000000:{rest}");
    let tags = |tags: Value| json!({"applicationName": "new", "tags": tags});
    let tagged = |arn: &str, tags: Value| json!({"ResourceArn": arn, "Tags": tags});
    let tag = |key: &str, value: &str| json!({"Key": key, "Value": value});
    let some = json!([tag("k", "v")]);
    let full: Vec<Value> = many(51).iter().map(|key| tag(key, "")).collect();
    let app = arn("application:s");
    refused(
        house,
        &[
            (
                "CreateApplication",
                "ApplicationNameRequiredException",
                json!({}),
            ),
            (
                "CreateApplication",
                "ApplicationNameRequiredException",
                json!({"applicationName": ""}),
            ),
            (
                "CreateApplication",
                "ApplicationNameRequiredException",
                json!({"applicationName": null}),
            ),
            (
                "CreateApplication",
                "InvalidApplicationNameException",
                json!({"applicationName": long(101)}),
            ),
            (
                "CreateApplication",
                "InvalidApplicationNameException",
                json!({"applicationName": "a b"}),
            ),
            (
                "CreateApplication",
                "InvalidApplicationNameException",
                json!({"applicationName": "a/b"}),
            ),
            (
                "CreateApplication",
                "InvalidApplicationNameException",
                json!({"applicationName": "a:b"}),
            ),
            (
                "CreateApplication",
                "ApplicationAlreadyExistsException",
                json!({"applicationName": "s"}),
            ),
            (
                "CreateApplication",
                "InvalidComputePlatformException",
                json!({"applicationName": "new", "computePlatform": "Docker"}),
            ),
            (
                "GetApplication",
                "ApplicationDoesNotExistException",
                json!({"applicationName": "S"}),
            ),
            (
                "UpdateApplication",
                "ApplicationNameRequiredException",
                json!({}),
            ),
            (
                "UpdateApplication",
                "InvalidApplicationNameException",
                json!({"applicationName": "s", "newApplicationName": "a b"}),
            ),
            (
                "UpdateApplication",
                "ApplicationDoesNotExistException",
                json!({"applicationName": "x", "newApplicationName": "y"}),
            ),
            (
                "UpdateApplication",
                "ApplicationAlreadyExistsException",
                json!({"applicationName": "s", "newApplicationName": "l"}),
            ),
            (
                "BatchGetApplications",
                "ApplicationNameRequiredException",
                json!({"applicationNames": []}),
            ),
            (
                "BatchGetApplications",
                "BatchLimitExceededException",
                json!({"applicationNames": many(101)}),
            ),
            (
                "CreateApplication",
                "InvalidTagsToAddException",
                tags(json!([tag("aws:k", "v")])),
            ),
            (
                "CreateApplication",
                "InvalidTagsToAddException",
                tags(json!([tag(&long(129), "v")])),
            ),
            (
                "CreateApplication",
                "InvalidTagsToAddException",
                tags(json!([tag("k", &long(257))])),
            ),
            (
                "CreateApplication",
                "InvalidTagsToAddException",
                tags(json!([tag("k", "1"), tag("k", "2")])),
            ),
            (
                "CreateApplication",
                "InvalidTagsToAddException",
                tags(json!(full)),
            ),
            (
                "CreateDeploymentGroup",
                "InvalidTagsToAddException",
                of(json!({"tags": [tag("k", "1"), tag("k", "2")]})),
            ),
            (
                "TagResource",
                "ResourceArnRequiredException",
                tagged("", some.clone()),
            ),
            (
                "TagResource",
                "InvalidArnException",
                tagged("s", some.clone()),
            ),
            (
                "TagResource",
                "ArnNotSupportedException",
                tagged("arn:aws:s3:::b", some.clone()),
            ),
            (
                "TagResource",
                "ArnNotSupportedException",
                tagged(&arn("instance/i_0123456789"), some.clone()),
            ),
            (
                "TagResource",
                "ApplicationDoesNotExistException",
                tagged(&arn("application:x"), some.clone()),
            ),
            (
                "TagResource",
                "ApplicationDoesNotExistException",
                tagged(&arn("deploymentgroup:x/g"), some.clone()),
            ),
            (
                "TagResource",
                "DeploymentGroupDoesNotExistException",
                tagged(&arn("deploymentgroup:s/x"), some.clone()),
            ),
            (
                "TagResource",
                "DeploymentConfigDoesNotExistException",
                tagged(&arn("deploymentconfig:x"), some.clone()),
            ),
            (
                "TagResource",
                "TagRequiredException",
                tagged(&app, json!([])),
            ),
            (
                "TagResource",
                "InvalidTagsToAddException",
                tagged(&app, json!([tag("aws:k", "v")])),
            ),
            (
                "TagResource",
                "InvalidTagsToAddException",
                tagged(&app, json!([tag(&long(129), "v")])),
            ),
            (
                "TagResource",
                "InvalidTagsToAddException",
                tagged(&app, json!([tag("k", "1"), tag("k", "2")])),
            ),
            (
                "TagResource",
                "InvalidTagsToAddException",
                tagged(&app, json!(full)),
            ),
            (
                "UntagResource",
                "TagRequiredException",
                json!({"ResourceArn": app, "TagKeys": []}),
            ),
            (
                "UntagResource",
                "ResourceArnRequiredException",
                json!({"ResourceArn": "", "TagKeys": ["k"]}),
            ),
            (
                "ListTagsForResource",
                "ResourceArnRequiredException",
                json!({"ResourceArn": ""}),
            ),
            (
                "ListTagsForResource",
                "InvalidArnException",
                json!({"ResourceArn": "s"}),
            ),
            (
                "ListTagsForResource",
                "ArnNotSupportedException",
                json!({"ResourceArn": "arn:aws:s3:::b"}),
            ),
        ],
    )
    .await;
}

#[tokio::test]
async fn configurations() {
    let of = |members: Value| merged(json!({"deploymentConfigName": "new"}), members);
    let lambda =
        |routing: Value| of(json!({"computePlatform": "Lambda", "trafficRoutingConfig": routing}));
    let hosts = |kind: &str, value: i32| json!({"type": kind, "value": value});
    let zonal = |zonal: Value| {
        of(json!({"minimumHealthyHosts": hosts("HOST_COUNT", 1), "zonalConfig": zonal}))
    };
    let canary = |percent: i32, minutes: i32| json!({"type": "TimeBasedCanary", "timeBasedCanary": {"canaryPercentage": percent, "canaryInterval": minutes}});
    let linear = |percent: i32, minutes: i32| json!({"type": "TimeBasedLinear", "timeBasedLinear": {"linearPercentage": percent, "linearInterval": minutes}});
    let (name, hosts_value, routing, zones) = (
        "InvalidDeploymentConfigNameException",
        "InvalidMinimumHealthyHostValueException",
        "InvalidTrafficRoutingConfigurationException",
        "InvalidZonalDeploymentConfigurationException",
    );
    let create = "CreateDeploymentConfig";
    refused(house, &[
        (create, "DeploymentConfigNameRequiredException", json!({})),
        (create, "DeploymentConfigNameRequiredException", json!({"deploymentConfigName": ""})),
        (create, name, json!({"deploymentConfigName": long(101)})),
        (create, name, json!({"deploymentConfigName": "a b"})),
        (create, name, json!({"deploymentConfigName": "CodeDeployDefault.Mine"})),
        (create, "DeploymentConfigAlreadyExistsException", of(json!({"deploymentConfigName": "c", "minimumHealthyHosts": hosts("HOST_COUNT", 1)}))),
        (create, "InvalidComputePlatformException", of(json!({"computePlatform": "Docker"}))),
        // contract codedeploy §4.3, row by row
        (create, hosts_value, of(json!({}))),
        (create, hosts_value, of(json!({"minimumHealthyHosts": {"type": "HOST_COUNT"}}))),
        (create, hosts_value, of(json!({"minimumHealthyHosts": {"value": 1}}))),
        (create, hosts_value, of(json!({"minimumHealthyHosts": hosts("HOST_COUNT", -1)}))),
        (create, hosts_value, of(json!({"minimumHealthyHosts": hosts("FLEET_PERCENT", -1)}))),
        (create, hosts_value, of(json!({"minimumHealthyHosts": hosts("FLEET_PERCENT", 100)}))),
        (create, hosts_value, of(json!({"minimumHealthyHosts": hosts("MOST_CONCURRENCY", 1)}))),
        (create, hosts_value, merged(lambda(canary(10, 5)), json!({"minimumHealthyHosts": hosts("HOST_COUNT", 1)}))),
        (create, routing, of(json!({"computePlatform": "Lambda"}))),
        (create, routing, of(json!({"computePlatform": "ECS"}))),
        (create, routing, lambda(json!({"type": "Odd"}))),
        (create, routing, lambda(json!({"type": "TimeBasedCanary"}))),
        (create, routing, lambda(json!({"type": "TimeBasedLinear"}))),
        (create, routing, lambda(merged(canary(10, 5), json!({"timeBasedLinear": {"linearPercentage": 10, "linearInterval": 1}})))),
        (create, routing, lambda(canary(0, 5))),
        (create, routing, lambda(canary(100, 5))),
        (create, routing, lambda(canary(10, 0))),
        (create, routing, lambda(canary(10, 2881))),
        (create, routing, lambda(linear(0, 1))),
        (create, routing, lambda(linear(100, 1))),
        (create, routing, lambda(linear(10, 0))),
        (create, routing, lambda(linear(10, 289))),
        (create, routing, of(json!({"minimumHealthyHosts": hosts("HOST_COUNT", 1), "trafficRoutingConfig": {"type": "AllAtOnce"}}))),
        (create, zones, merged(lambda(canary(10, 5)), json!({"zonalConfig": {}}))),
        (create, zones, zonal(json!({"firstZoneMonitorDurationInSeconds": -1}))),
        (create, zones, zonal(json!({"monitorDurationInSeconds": -1}))),
        (create, zones, zonal(json!({"minimumHealthyHostsPerZone": hosts("HOST_COUNT", -1)}))),
        (create, zones, zonal(json!({"minimumHealthyHostsPerZone": hosts("FLEET_PERCENT", 100)}))),
        ("GetDeploymentConfig", "DeploymentConfigNameRequiredException", json!({"deploymentConfigName": ""})),
        ("GetDeploymentConfig", name, json!({"deploymentConfigName": "a b"})),
        ("GetDeploymentConfig", "DeploymentConfigDoesNotExistException", json!({"deploymentConfigName": "x"})),
        ("DeleteDeploymentConfig", "DeploymentConfigNameRequiredException", json!({"deploymentConfigName": ""})),
        ("DeleteDeploymentConfig", name, json!({"deploymentConfigName": "a b"})),
        ("DeleteDeploymentConfig", "InvalidOperationException", json!({"deploymentConfigName": "CodeDeployDefault.OneAtATime"})),
    ])
    .await;
}

#[tokio::test]
async fn the_longest_routings_that_are_allowed_are_taken() {
    // contract codedeploy §4.3; 14 % is seven steps, and interval × ⌊100 / 14⌋ may be 2880 minutes
    let caller = Caller::new(CODEDEPLOY).await;
    let canary = json!({"type": "TimeBasedCanary", "timeBasedCanary": {"canaryPercentage": 99, "canaryInterval": 2880}});
    let linear = json!({"type": "TimeBasedLinear", "timeBasedLinear": {"linearPercentage": 14, "linearInterval": 411}});
    for (name, routing) in [("canary", canary), ("linear", linear)] {
        let body = json!({"deploymentConfigName": name, "computePlatform": "ECS", "trafficRoutingConfig": routing});
        caller.ok("CreateDeploymentConfig", body).await;
    }
}

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

#[tokio::test]
async fn revisions() {
    let s3 = json!({"revisionType": "S3", "s3Location": {"bucket": "b", "key": "k", "bundleType": "zip"}});
    let list = |members: Value| merged(json!({"applicationName": "s"}), members);
    let register = |revision: Value| json!({"applicationName": "s", "revision": revision});
    refused(house, &[
        ("RegisterApplicationRevision", "RevisionRequiredException", json!({"applicationName": "s"})),
        ("RegisterApplicationRevision", "ApplicationDoesNotExistException", json!({"applicationName": "x", "revision": s3})),
        ("RegisterApplicationRevision", "InvalidRevisionException", register(json!({"revisionType": "ODD"}))),
        ("RegisterApplicationRevision", "InvalidRevisionException", register(json!({"revisionType": "S3"}))),
        ("RegisterApplicationRevision", "InvalidRevisionException", register(json!({"revisionType": "GitHub", "s3Location": {"bucket": "b", "key": "k", "bundleType": "zip"}}))),
        ("RegisterApplicationRevision", "InvalidRevisionException", register(json!({"revisionType": "S3", "s3Location": {"bucket": "b", "key": "k"}}))),
        ("RegisterApplicationRevision", "DescriptionTooLongException", merged(register(s3.clone()), json!({"description": long(257)}))),
        ("GetApplicationRevision", "RevisionRequiredException", json!({"applicationName": "s"})),
        ("GetApplicationRevision", "RevisionDoesNotExistException", register(s3.clone())),
        ("BatchGetApplicationRevisions", "RevisionRequiredException", json!({"applicationName": "s", "revisions": []})),
        ("BatchGetApplicationRevisions", "BatchLimitExceededException", json!({"applicationName": "s", "revisions": vec![s3.clone(); 26]})),
        ("ListApplicationRevisions", "InvalidSortByException", list(json!({"sortBy": "odd"}))),
        ("ListApplicationRevisions", "InvalidSortOrderException", list(json!({"sortOrder": "odd"}))),
        ("ListApplicationRevisions", "InvalidDeployedStateFilterException", list(json!({"deployed": "odd"}))),
        ("ListApplicationRevisions", "BucketNameFilterRequiredException", list(json!({"s3KeyPrefix": "k"}))),
        ("ListApplicationRevisions", "InvalidBucketNameFilterException", list(json!({"s3Bucket": "a/bucket"}))),
        ("ListApplicationRevisions", "InvalidKeyPrefixFilterException", list(json!({"s3Bucket": "bucket", "s3KeyPrefix": long(1025)}))),
        ("ListApplicationRevisions", "InvalidNextTokenException", list(json!({"nextToken": "x"}))),
    ])
    .await;
}

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

#[tokio::test]
async fn instances_on_premises_and_github_tokens() {
    let world = async |caller: &Caller| {
        instance(caller, "one").await;
        let session = "arn:aws:sts::000000000000:assumed-role/r/s";
        let two = json!({"instanceName": "two", "iamSessionArn": session});
        caller.ok("RegisterOnPremisesInstance", two).await;
    };
    let user = |name: &str| format!("arn:aws:iam::000000000000:user/{name}");
    let session = |name: &str| format!("arn:aws:sts::000000000000:assumed-role/r/{name}");
    let register = "RegisterOnPremisesInstance";
    let of = |members: Value| merged(json!({"instanceName": "new"}), members);
    let (add, remove) = (
        "AddTagsToOnPremisesInstances",
        "RemoveTagsFromOnPremisesInstances",
    );
    let tags = |names: Value, tags: Value| json!({"instanceNames": names, "tags": tags});
    let tag = |key: &str, value: &str| json!({"Key": key, "Value": value});
    let eleven: Vec<Value> = many(11).iter().map(|key| tag(key, "v")).collect();
    refused(
        world,
        &[
            (
                register,
                "InstanceNameRequiredException",
                of(json!({"instanceName": "", "iamUserArn": user("u")})),
            ),
            (
                register,
                "InvalidInstanceNameException",
                of(json!({"instanceName": "a b", "iamUserArn": user("u")})),
            ),
            (
                register,
                "InvalidInstanceNameException",
                of(json!({"instanceName": "i-1", "iamUserArn": user("u")})),
            ),
            (
                register,
                "InvalidInstanceNameException",
                of(json!({"instanceName": long(101), "iamUserArn": user("u")})),
            ),
            (register, "IamArnRequiredException", of(json!({}))),
            (
                register,
                "InvalidIamUserArnException",
                of(json!({"iamUserArn": "u"})),
            ),
            (
                register,
                "InvalidIamSessionArnException",
                of(json!({"iamSessionArn": "u"})),
            ),
            (
                register,
                "MultipleIamArnsProvidedException",
                of(json!({"iamUserArn": user("u"), "iamSessionArn": session("t")})),
            ),
            (
                register,
                "InstanceNameAlreadyRegisteredException",
                of(json!({"instanceName": "one", "iamUserArn": user("u")})),
            ),
            (
                register,
                "IamUserArnAlreadyRegisteredException",
                of(json!({"iamUserArn": user("one")})),
            ),
            (
                register,
                "IamSessionArnAlreadyRegisteredException",
                of(json!({"iamSessionArn": session("s")})),
            ),
            (
                "GetOnPremisesInstance",
                "InstanceNameRequiredException",
                json!({"instanceName": ""}),
            ),
            (
                "GetOnPremisesInstance",
                "InstanceNotRegisteredException",
                json!({"instanceName": "x"}),
            ),
            (
                "DeregisterOnPremisesInstance",
                "InstanceNameRequiredException",
                json!({"instanceName": ""}),
            ),
            (
                "DeregisterOnPremisesInstance",
                "InvalidInstanceNameException",
                json!({"instanceName": "a b"}),
            ),
            (
                "BatchGetOnPremisesInstances",
                "InstanceNameRequiredException",
                json!({"instanceNames": []}),
            ),
            (
                "BatchGetOnPremisesInstances",
                "BatchLimitExceededException",
                json!({"instanceNames": many(101)}),
            ),
            (add, "TagRequiredException", tags(json!(["one"]), json!([]))),
            (
                add,
                "TagRequiredException",
                json!({"instanceNames": ["one"]}),
            ),
            (
                add,
                "InstanceNameRequiredException",
                tags(json!([]), json!([tag("k", "v")])),
            ),
            (
                add,
                "InvalidTagException",
                tags(json!(["one"]), json!([{"Key": "k"}])),
            ),
            (
                add,
                "InvalidTagException",
                tags(json!(["one"]), json!([{"Value": "v"}])),
            ),
            (
                add,
                "InvalidTagException",
                tags(json!(["one"]), json!([tag(&long(129), "v")])),
            ),
            (
                add,
                "InvalidTagException",
                tags(json!(["one"]), json!([tag("k", &long(257))])),
            ),
            (
                add,
                "TagLimitExceededException",
                tags(json!(["one"]), json!(eleven)),
            ),
            (
                add,
                "InstanceNotRegisteredException",
                tags(json!(["one", "x"]), json!([tag("k", "v")])),
            ),
            (
                add,
                "InstanceLimitExceededException",
                tags(json!(many(26)), json!([tag("k", "v")])),
            ),
            (
                remove,
                "TagRequiredException",
                tags(json!(["one"]), json!([])),
            ),
            (
                remove,
                "InstanceNotRegisteredException",
                tags(json!(["x"]), json!([tag("k", "v")])),
            ),
            (
                "ListOnPremisesInstances",
                "InvalidRegistrationStatusException",
                json!({"registrationStatus": "Odd"}),
            ),
            (
                "ListOnPremisesInstances",
                "InvalidTagFilterException",
                json!({"tagFilters": [{"Key": "k", "Value": "v", "Type": "KEY_ONLY"}]}),
            ),
            (
                "ListOnPremisesInstances",
                "InvalidNextTokenException",
                json!({"nextToken": "x"}),
            ),
            (
                "DeleteGitHubAccountToken",
                "GitHubAccountTokenNameRequiredException",
                json!({}),
            ),
            (
                "DeleteGitHubAccountToken",
                "GitHubAccountTokenDoesNotExistException",
                json!({"tokenName": "x"}),
            ),
        ],
    )
    .await;
}

#[tokio::test]
async fn an_account_has_so_many_of_everything_and_no_more() {
    // contract codedeploy §2.3
    let caller = Caller::new(CODEDEPLOY).await;
    app(&caller, "s", "Server").await;
    for number in 0..999 {
        app(&caller, &format!("a{number}"), "Server").await;
        group(&caller, "s", &format!("g{number}")).await;
    }
    group(&caller, "s", "last").await;
    for number in 0..200 {
        config(&caller, &format!("c{number}")).await;
    }
    for (operation, code, body) in [
        (
            "CreateApplication",
            "ApplicationLimitExceededException",
            json!({"applicationName": "more"}),
        ),
        (
            "CreateDeploymentGroup",
            "DeploymentGroupLimitExceededException",
            of(json!({})),
        ),
        (
            "CreateDeploymentConfig",
            "DeploymentConfigLimitExceededException",
            json!({"deploymentConfigName": "more", "minimumHealthyHosts": {"type": "HOST_COUNT", "value": 1}}),
        ),
    ] {
        assert_eq!(refusals(&caller, operation, [body]).await, [code]);
    }
}
