//! ContinueDeployment (contract codedeploy §5.8).

use super::deploying::{create, deployed, group, refuses_wrong_ids, request};
use crate::support::caller::{CODEDEPLOY, both};
use serde_json::json;

#[tokio::test]
async fn lambda_deployments_do_not_wait_for_it() {
    // contract codedeploy §5.8, §10.1 F10
    both(CODEDEPLOY, async |caller| {
        group(&caller, json!({})).await;
        let over = deployed(&caller, 1, 2).await;
        let live = create(&caller, request(2, 3)).await;
        let of = |id: &str, wait: &str| json!({"deploymentId": id, "deploymentWaitType": wait});
        for (body, code) in [
            (
                of(&live, "READY_WAIT"),
                "UnsupportedActionForDeploymentTypeException",
            ),
            (
                of(&live, "TERMINATION_WAIT"),
                "UnsupportedActionForDeploymentTypeException",
            ),
            (
                json!({"deploymentId": live}),
                "UnsupportedActionForDeploymentTypeException",
            ),
            (
                of(&over, "READY_WAIT"),
                "DeploymentAlreadyCompletedException",
            ),
            (of(&live, "odd"), "InvalidDeploymentWaitTypeException"),
            (json!({}), "DeploymentIdRequiredException"),
        ] {
            assert_eq!(caller.refused("ContinueDeployment", body).await.code, code);
        }
        refuses_wrong_ids(&caller, "ContinueDeployment", json!({})).await;
        json!(null)
    })
    .await;
}
