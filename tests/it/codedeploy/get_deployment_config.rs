//! GetDeploymentConfig (contract codedeploy §4.1, §4.2).

use super::sample::config;
use crate::support::caller::{CODEDEPLOY, both};
use crate::support::normal::normalised;
use serde_json::json;

#[tokio::test]
async fn predefined_configurations_answer_what_aws_answers() {
    // contract codedeploy §4.1
    let shown = both(CODEDEPLOY, async |caller| {
        config(&caller, "c").await;
        let mut shown = Vec::new();
        for name in [
            "CodeDeployDefault.OneAtATime",
            "CodeDeployDefault.LambdaCanary10Percent30Minutes",
            "CodeDeployDefault.ECSLinear10PercentEvery3Minutes",
            "c",
        ] {
            let got = caller
                .ok("GetDeploymentConfig", json!({"deploymentConfigName": name}))
                .await;
            let mut info = got["deploymentConfigInfo"].clone();
            info.as_object_mut().unwrap().remove("deploymentConfigId");
            shown.push(info);
        }
        caller
            .expect_refusal(
                "GetDeploymentConfig",
                json!({"deploymentConfigName": "d"}),
                "DeploymentConfigDoesNotExistException",
                "No deployment configuration found for name: d",
            )
            .await;
        json!(shown)
    });
    assert_eq!(
        shown.await,
        normalised(json!([
            {"deploymentConfigName": "CodeDeployDefault.OneAtATime", "computePlatform": "Server", "createTime": 2e9,
                "minimumHealthyHosts": {"type": "MOST_CONCURRENCY", "value": 1}},
            {"deploymentConfigName": "CodeDeployDefault.LambdaCanary10Percent30Minutes", "computePlatform": "Lambda",
                "trafficRoutingConfig": {"type": "TimeBasedCanary", "timeBasedCanary": {"canaryPercentage": 10, "canaryInterval": 30}}},
            {"deploymentConfigName": "CodeDeployDefault.ECSLinear10PercentEvery3Minutes", "computePlatform": "ECS",
                "trafficRoutingConfig": {"type": "TimeBasedLinear", "timeBasedLinear": {"linearPercentage": 10, "linearInterval": 3}}},
            {"deploymentConfigName": "c", "computePlatform": "Server", "createTime": 2e9, "minimumHealthyHosts": {"type": "HOST_COUNT", "value": 1}},
        ]))
    );
}
