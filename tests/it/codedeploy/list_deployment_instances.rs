//! ListDeploymentInstances (contract codedeploy §3.5).

use super::deploying::{create, deployed, group, refuses_wrong_ids, request};
use super::deploying_ecs as ecs;
use crate::support::caller::{CODEDEPLOY, both};
use serde_json::{Value, json};

#[tokio::test]
async fn targets_are_listed_by_the_older_name() {
    // contract codedeploy §3.5: Lambda works
    both(CODEDEPLOY, async |caller| {
        group(&caller, json!({})).await;
        let id = deployed(&caller, 1, 2).await;
        let of = |id: &str, statuses: Value| json!({"deploymentId": id, "instanceStatusFilter": statuses});
        for (statuses, listed) in [
            (json!([]), json!(["f:live"])),
            (json!(["Succeeded"]), json!(["f:live"])),
            (json!(["Failed"]), json!([])),
        ] {
            let said = caller.ok("ListDeploymentInstances", of(&id, statuses)).await;
            assert_eq!(said, json!({"instancesList": listed}));
        }
        let live = create(&caller, request(2, 3)).await;
        for (body, code) in [
            (of(&live, json!([])), "DeploymentNotStartedException"),
            (of(&id, json!(["odd"])), "InvalidInstanceStatusException"),
            (json!({"deploymentId": id, "instanceTypeFilter": ["odd"]}), "InvalidInstanceTypeException"),
            (json!({"deploymentId": id, "instanceTypeFilter": ["Blue"]}), "InvalidDeploymentInstanceTypeException"),
            (json!({"deploymentId": id, "nextToken": "odd"}), "InvalidNextTokenException"),
        ] {
            assert_eq!(caller.refused("ListDeploymentInstances", body).await.code, code);
        }
        refuses_wrong_ids(&caller, "ListDeploymentInstances", json!({})).await;
        json!(null)
    })
    .await;
}

#[tokio::test]
async fn ecs_deployments_have_no_instances() {
    // contract codedeploy §3.5
    both(CODEDEPLOY, async |caller| {
        ecs::group(&caller, json!({})).await;
        let id = create(&caller, ecs::request(2, &[])).await;
        ecs::go(&caller, &id, 1).await;
        let said = caller
            .refused("ListDeploymentInstances", json!({"deploymentId": id}))
            .await;
        assert_eq!(said.code, "InvalidComputePlatformException");
        json!(null)
    })
    .await;
}
