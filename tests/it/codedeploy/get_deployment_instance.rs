//! GetDeploymentInstance (contract codedeploy §3.5).

use super::deploying::{create, deployed, group, refuses_wrong_ids};
use super::deploying_ecs as ecs;
use crate::support::caller::{CODEDEPLOY, both};
use serde_json::json;

#[tokio::test]
async fn a_target_is_shown_by_the_older_name() {
    // contract codedeploy §3.5: the id in the answer is the ARN
    both(CODEDEPLOY, async |caller| {
        group(&caller, json!({})).await;
        let id = deployed(&caller, 1, 2).await;
        let of = |instance: &str| json!({"deploymentId": id, "instanceId": instance});
        let shown = caller.ok("GetDeploymentInstance", of("f:live")).await;
        let summary = &shown["instanceSummary"];
        assert_eq!(
            summary["instanceId"],
            "arn:aws:lambda:us-east-1:000000000000:function:f:live"
        );
        assert_eq!(summary["status"], "Succeeded");
        assert_eq!(summary["lifecycleEvents"].as_array().unwrap().len(), 3);
        assert_eq!(summary.get("instanceType"), None);
        for (instance, code) in [
            ("", "InstanceIdRequiredException"),
            ("i-1", "InstanceDoesNotExistException"),
        ] {
            assert_eq!(
                caller
                    .refused("GetDeploymentInstance", of(instance))
                    .await
                    .code,
                code
            );
        }
        refuses_wrong_ids(&caller, "GetDeploymentInstance", json!({"instanceId": "x"})).await;
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
            .refused(
                "GetDeploymentInstance",
                json!({"deploymentId": id, "instanceId": "c:web"}),
            )
            .await;
        assert_eq!(said.code, "InvalidComputePlatformException");
        json!(null)
    })
    .await;
}
