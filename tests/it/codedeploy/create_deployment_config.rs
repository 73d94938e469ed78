//! CreateDeploymentConfig (contract codedeploy §4.3).

use super::sample::{config, refusals};
use crate::support::caller::{CODEDEPLOY, both};
use crate::support::normal::normalised;
use serde_json::json;

#[tokio::test]
async fn every_rule_of_a_configuration_is_told() {
    // contract codedeploy §4.3
    let shown = both(CODEDEPLOY, async |caller| {
        config(&caller, "c").await;
        let hosts = json!({"type": "HOST_COUNT", "value": 1});
        let canary = |percentage: i32, interval: i32| {
            json!({"type": "TimeBasedCanary",
            "timeBasedCanary": {"canaryPercentage": percentage, "canaryInterval": interval}})
        };
        let linear = |percentage: i32, interval: i32| {
            json!({"type": "TimeBasedLinear",
            "timeBasedLinear": {"linearPercentage": percentage, "linearInterval": interval}})
        };
        let of = |platform: &str, routing: serde_json::Value| json!({"deploymentConfigName": "d", "computePlatform": platform, "trafficRoutingConfig": routing});
        for (at, good) in [canary(99, 2880), linear(34, 1440)].into_iter().enumerate() {
            caller.ok("CreateDeploymentConfig", json!({"deploymentConfigName": format!("g{at}"), "computePlatform": "ECS", "trafficRoutingConfig": good})).await;
        }
        let hosted = |hosts: serde_json::Value| json!({"deploymentConfigName": "d", "minimumHealthyHosts": hosts});
        json!(refusals(&caller, "CreateDeploymentConfig", [
            json!({"deploymentConfigName": "c"}), json!({"deploymentConfigName": ""}), json!({"deploymentConfigName": "CodeDeployDefault.Mine"}),
            json!({"deploymentConfigName": "d"}), hosted(json!({"type": "FLEET_PERCENT", "value": 100})), hosted(json!({"type": "MOST_CONCURRENCY", "value": 1})),
            hosted(json!({"type": "HOST_COUNT", "value": -1})),
            json!({"deploymentConfigName": "d", "minimumHealthyHosts": hosts, "trafficRoutingConfig": {"type": "AllAtOnce"}}),
            json!({"deploymentConfigName": "d", "computePlatform": "Lambda", "minimumHealthyHosts": hosts}),
            json!({"deploymentConfigName": "d", "computePlatform": "Lambda"}), of("Lambda", canary(100, 1)), of("ECS", canary(10, 2881)),
            of("ECS", linear(10, 289)), of("ECS", json!({"type": "TimeBasedLinear"})),
            json!({"deploymentConfigName": "d", "minimumHealthyHosts": hosts, "zonalConfig": {"monitorDurationInSeconds": -1}}),
        ]).await)
    });
    assert_eq!(
        shown.await,
        normalised(json!([
            "DeploymentConfigAlreadyExistsException",
            "DeploymentConfigNameRequiredException",
            "InvalidDeploymentConfigNameException",
            "InvalidMinimumHealthyHostValueException",
            "InvalidMinimumHealthyHostValueException",
            "InvalidMinimumHealthyHostValueException",
            "InvalidMinimumHealthyHostValueException",
            "InvalidTrafficRoutingConfigurationException",
            "InvalidMinimumHealthyHostValueException",
            "InvalidTrafficRoutingConfigurationException",
            "InvalidTrafficRoutingConfigurationException",
            "InvalidTrafficRoutingConfigurationException",
            "InvalidTrafficRoutingConfigurationException",
            "InvalidTrafficRoutingConfigurationException",
            "InvalidZonalDeploymentConfigurationException"
        ]))
    );
}
