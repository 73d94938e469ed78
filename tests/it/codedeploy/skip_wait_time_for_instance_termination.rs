//! SkipWaitTimeForInstanceTermination (contract codedeploy §3.5).

use super::deploying::{create, deployed, group, refuses_wrong_ids, request, shown};
use super::deploying_ecs as ecs;
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

#[tokio::test]
async fn the_termination_wait_of_an_ecs_deployment_is_skipped() {
    // contract codedeploy §3.5, §7.4 row 9
    both(CODEDEPLOY, async |caller| {
        let waits = ecs::waits(None, 5);
        ecs::group(&caller, json!({"blueGreenDeploymentConfiguration": waits})).await;
        let id = create(&caller, ecs::request(2, &[])).await;
        let operation = "SkipWaitTimeForInstanceTermination";
        let body = json!({"deploymentId": id});
        let early = caller.refused(operation, body.clone()).await;
        assert_eq!(early.code, "DeploymentNotStartedException");
        ecs::go(&caller, &id, ecs::TO_TRAFFIC + 3).await;
        caller.ok(operation, body).await;
        ecs::go(&caller, &id, 2).await;
        assert_eq!(shown(&caller, &id).await["status"], "Succeeded");
        json!(null)
    })
    .await;
}
