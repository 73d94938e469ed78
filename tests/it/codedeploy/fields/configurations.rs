//! Configurations; every row of contract codedeploy §4.3.

use super::{house, long, refused};
use crate::codedeploy::deploying::merged;
use crate::support::caller::{CODEDEPLOY, Caller};
use serde_json::{Value, json};

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
