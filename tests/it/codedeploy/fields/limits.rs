//! How many there may be (contract codedeploy §2.3).

use super::of;
use crate::codedeploy::sample::{app, config, group, refusals};
use crate::support::caller::{CODEDEPLOY, Caller};
use serde_json::json;

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
