//! BatchGetDeploymentInstances (contract codedeploy §3.5).

use super::deploying::{create, deployed, group, refuses_wrong_ids};
use super::deploying_ecs as ecs;
use crate::support::caller::{CODEDEPLOY, both};
use serde_json::{Value, json};

#[tokio::test]
async fn what_is_not_there_is_named_in_the_message() {
    // contract codedeploy §1.3, §2.3, §3.5
    both(CODEDEPLOY, async |caller| {
        group(&caller, json!({})).await;
        let id = deployed(&caller, 1, 2).await;
        let of = |instances: Value| json!({"deploymentId": id, "instanceIds": instances});
        let shown = caller
            .ok("BatchGetDeploymentInstances", of(json!(["f:live"])))
            .await;
        assert_eq!(shown["instancesSummary"].as_array().unwrap().len(), 1);
        assert_eq!(shown["errorMessage"], "");
        let shown = caller
            .ok("BatchGetDeploymentInstances", of(json!(["i-1", "f"])))
            .await;
        assert_eq!(shown["instancesSummary"].as_array().unwrap().len(), 1);
        assert_eq!(shown["errorMessage"], "No instances found for: i-1");
        let many: Vec<_> = std::iter::repeat_n("f", 26).collect();
        for (body, code) in [
            (of(json!([])), "InstanceIdRequiredException"),
            (of(json!([""])), "InstanceIdRequiredException"),
            (of(json!(many)), "BatchLimitExceededException"),
        ] {
            assert_eq!(
                caller
                    .refused("BatchGetDeploymentInstances", body)
                    .await
                    .code,
                code
            );
        }
        refuses_wrong_ids(
            &caller,
            "BatchGetDeploymentInstances",
            json!({"instanceIds": ["x"]}),
        )
        .await;
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
                "BatchGetDeploymentInstances",
                json!({"deploymentId": id, "instanceIds": ["c:web"]}),
            )
            .await;
        assert_eq!(said.code, "InvalidComputePlatformException");
        json!(null)
    })
    .await;
}
