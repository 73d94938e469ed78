//! BatchGetDeploymentTargets (contract codedeploy §3.5).

use super::deploying::{create, deployed, group, refuses_wrong_ids, request};
use super::deploying_ecs as ecs;
use crate::support::caller::{CODEDEPLOY, both};
use serde_json::{Value, json};

#[tokio::test]
async fn a_lambda_deployment_has_one_target() {
    // contract codedeploy §1.3, §2.3, §3.5
    both(CODEDEPLOY, async |caller| {
        group(&caller, json!({})).await;
        let id = deployed(&caller, 1, 2).await;
        let of = |id: &str, targets: Value| json!({"deploymentId": id, "targetIds": targets});
        let found = caller
            .ok("BatchGetDeploymentTargets", of(&id, json!(["f:live"])))
            .await;
        let single = json!({"deploymentId": id, "targetId": "f:live"});
        let single = caller.ok("GetDeploymentTarget", single).await;
        assert_eq!(
            found["deploymentTargets"],
            json!([single["deploymentTarget"]])
        );
        let live = create(&caller, request(2, 3)).await;
        for (body, code) in [
            (of(&id, json!([])), "DeploymentTargetIdRequiredException"),
            (of(&id, json!([""])), "DeploymentTargetIdRequiredException"),
            (
                of(&id, json!(["f:live", "f"])),
                "DeploymentTargetListSizeExceededException",
            ),
            (
                of(&id, json!(["g"])),
                "DeploymentTargetDoesNotExistException",
            ),
            (of(&live, json!(["f"])), "DeploymentNotStartedException"),
        ] {
            assert_eq!(
                caller.refused("BatchGetDeploymentTargets", body).await.code,
                code
            );
        }
        refuses_wrong_ids(
            &caller,
            "BatchGetDeploymentTargets",
            json!({"targetIds": ["x"]}),
        )
        .await;
        json!(null)
    })
    .await;
}

#[tokio::test]
async fn an_ecs_deployment_has_one_target() {
    // contract codedeploy §2.1, §3.5
    both(CODEDEPLOY, async |caller| {
        ecs::group(&caller, json!({})).await;
        let id = create(&caller, ecs::request(2, &[])).await;
        ecs::go(&caller, &id, ecs::TO_THE_END).await;
        let of = |targets: Value| json!({"deploymentId": id, "targetIds": targets});
        let operation = "BatchGetDeploymentTargets";
        let found = caller.ok(operation, of(json!(["c:web"]))).await;
        let target = &found["deploymentTargets"][0]["ecsTarget"];
        assert_eq!(target["status"], "Succeeded");
        let sets = target["taskSetsInfo"].as_array().unwrap();
        assert_eq!((sets.len(), &sets[0]["taskSetLabel"]), (1, &json!("Green")));
        let two = caller
            .refused(operation, of(json!(["c:web", "c:web"])))
            .await;
        assert_eq!(two.code, "DeploymentTargetListSizeExceededException");
        json!(null)
    })
    .await;
}
