//! DeleteDeploymentConfig (contract codedeploy §3.3).

use super::sample::{app, config, refusals};
use crate::support::caller::ROLE;
use crate::support::caller::{CODEDEPLOY, both};
use crate::support::normal::normalised;
use serde_json::json;

#[tokio::test]
async fn one_in_use_stays_and_an_unknown_one_is_deleted_too() {
    // contract codedeploy §3.3
    let shown = both(CODEDEPLOY, async |caller| {
        config(&caller, "c").await;
        app(&caller, "a", "Server").await;
        let made = json!({"applicationName": "a", "deploymentGroupName": "g", "serviceRoleArn": ROLE, "deploymentConfigName": "c"});
        caller.ok("CreateDeploymentGroup", made).await;
        let cases = refusals(
            &caller,
            "DeleteDeploymentConfig",
            [
                json!({"deploymentConfigName": "c"}),
                json!({"deploymentConfigName": "CodeDeployDefault.OneAtATime"}),
                json!({"deploymentConfigName": ""}),
            ],
        )
        .await;
        caller
            .ok(
                "DeleteDeploymentGroup",
                json!({"applicationName": "a", "deploymentGroupName": "g"}),
            )
            .await;
        for _ in 0..2 {
            caller
                .ok(
                    "DeleteDeploymentConfig",
                    json!({"deploymentConfigName": "c"}),
                )
                .await;
        }
        json!(cases)
    });
    assert_eq!(
        shown.await,
        normalised(json!([
            "DeploymentConfigInUseException",
            "InvalidOperationException",
            "DeploymentConfigNameRequiredException"
        ]))
    );
}
