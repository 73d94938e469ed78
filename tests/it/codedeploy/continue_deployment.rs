//! ContinueDeployment (contract codedeploy §5.8).

use super::deploying::{create, deployed, group, refuses_wrong_ids, request, shown};
use super::deploying_ecs as ecs;
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

#[tokio::test]
async fn each_wait_of_an_ecs_deployment_ends_by_its_own_word() {
    // contract codedeploy §5.8, §5.3, §7.4; §5.2 for instanceTerminationWaitTimeStarted
    both(CODEDEPLOY, async |caller| {
        let waits = ecs::waits(Some(60), 5);
        ecs::group(&caller, json!({"blueGreenDeploymentConfiguration": waits})).await;
        let id = create(&caller, ecs::request(2, &[])).await;
        let of = |wait: &str| json!({"deploymentId": id, "deploymentWaitType": wait});
        let state = async || {
            let info = shown(&caller, &id).await;
            let started = info["instanceTerminationWaitTimeStarted"].clone();
            (info["status"].as_str().unwrap().to_owned(), started)
        };
        let refused = async |wait: &str| caller.refused("ContinueDeployment", of(wait)).await.code;
        let (ready, termination) = ("READY_WAIT", "TERMINATION_WAIT");
        let (no, yes) = (json!(false), json!(true));
        assert_eq!(refused(ready).await, "DeploymentIsNotInReadyStateException");
        ecs::go(&caller, &id, ecs::TO_TRAFFIC).await;
        assert_eq!(state().await, ("Ready".to_owned(), no.clone()));
        assert_eq!(
            refused(termination).await,
            "InvalidDeploymentStatusException"
        );
        caller
            .ok("ContinueDeployment", json!({"deploymentId": id}))
            .await;
        assert_eq!(state().await, ("InProgress".to_owned(), no));
        assert_eq!(refused(ready).await, "DeploymentIsNotInReadyStateException");
        ecs::go(&caller, &id, 3).await;
        assert_eq!(state().await, ("InProgress".to_owned(), yes.clone()));
        caller.ok("ContinueDeployment", of(termination)).await;
        assert_eq!(
            refused(termination).await,
            "InvalidDeploymentStatusException"
        );
        ecs::go(&caller, &id, 2).await;
        assert_eq!(state().await, ("Succeeded".to_owned(), yes));
        assert_eq!(refused(ready).await, "DeploymentAlreadyCompletedException");
        json!(null)
    })
    .await;
}
