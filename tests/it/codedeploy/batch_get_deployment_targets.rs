//! BatchGetDeploymentTargets (contract codedeploy §3.5).

use super::deploying::{create, deployed, group, refuses_wrong_ids, request};
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
