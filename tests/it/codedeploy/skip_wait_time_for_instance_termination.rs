//! SkipWaitTimeForInstanceTermination (contract codedeploy §3.5).

use super::deploying::{create, deployed, group, refuses_wrong_ids, request};
use crate::support::caller::{CODEDEPLOY, both};
use serde_json::json;

#[tokio::test]
async fn lambda_deployments_have_no_such_wait() {
    // contract codedeploy §3.5
    both(CODEDEPLOY, async |caller| {
        group(&caller, json!({})).await;
        let over = deployed(&caller, 1, 2).await;
        let live = create(&caller, request(2, 3)).await;
        let operation = "SkipWaitTimeForInstanceTermination";
        for (body, code) in [
            (
                json!({"deploymentId": live}),
                "UnsupportedActionForDeploymentTypeException",
            ),
            (
                json!({"deploymentId": over}),
                "DeploymentAlreadyCompletedException",
            ),
            (json!({}), "DeploymentIdRequiredException"),
        ] {
            assert_eq!(caller.refused(operation, body).await.code, code);
        }
        refuses_wrong_ids(&caller, operation, json!({})).await;
        json!(null)
    })
    .await;
}
