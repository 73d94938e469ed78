//! ListDeploymentTargets (contract codedeploy §3.5).

use super::deploying::{create, deployed, group, refuses_wrong_ids, request};
use super::deploying_ecs as ecs;
use crate::support::caller::{CODEDEPLOY, both};
use serde_json::{Value, json};

#[tokio::test]
async fn filters_choose_among_targets() {
    // contract codedeploy §1.3, §3.5
    both(CODEDEPLOY, async |caller| {
        group(&caller, json!({})).await;
        let id = deployed(&caller, 1, 2).await;
        let of = |id: &str, filters: Value| json!({"deploymentId": id, "targetFilters": filters});
        for (filters, listed) in [
            (json!({}), json!(["f:live"])),
            (
                json!({"TargetStatus": ["Failed", "Succeeded"]}),
                json!(["f:live"]),
            ),
            (json!({"TargetStatus": ["Failed"]}), json!([])),
        ] {
            let said = caller.ok("ListDeploymentTargets", of(&id, filters)).await;
            assert_eq!(said, json!({"targetIds": listed}));
        }
        let live = create(&caller, request(2, 3)).await;
        for (body, code) in [
            (of(&live, json!({})), "DeploymentNotStartedException"),
            (
                of(&id, json!({"odd": ["x"]})),
                "InvalidTargetFilterNameException",
            ),
            (
                of(&id, json!({"TargetStatus": ["odd"]})),
                "InvalidInstanceStatusException",
            ),
            (
                of(&id, json!({"ServerInstanceLabel": ["odd"]})),
                "InvalidInstanceTypeException",
            ),
            (
                of(&id, json!({"ServerInstanceLabel": ["Blue"]})),
                "InvalidDeploymentInstanceTypeException",
            ),
            (
                json!({"deploymentId": id, "nextToken": "odd"}),
                "InvalidNextTokenException",
            ),
        ] {
            assert_eq!(
                caller.refused("ListDeploymentTargets", body).await.code,
                code
            );
        }
        refuses_wrong_ids(&caller, "ListDeploymentTargets", json!({})).await;
        json!(null)
    })
    .await;
}

#[tokio::test]
async fn the_target_of_an_ecs_deployment_is_listed() {
    // contract codedeploy §2.1: `<cluster>:<service>`
    both(CODEDEPLOY, async |caller| {
        ecs::group(&caller, json!({})).await;
        let id = create(&caller, ecs::request(2, &[])).await;
        let body = json!({"deploymentId": id});
        let early = caller.refused("ListDeploymentTargets", body.clone()).await;
        assert_eq!(early.code, "DeploymentNotStartedException");
        ecs::go(&caller, &id, 1).await;
        let listed = caller.ok("ListDeploymentTargets", body).await;
        assert_eq!(listed, json!({"targetIds": ["c:web"]}));
        json!(null)
    })
    .await;
}
