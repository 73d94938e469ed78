//! BatchGetDeployments (contract codedeploy §3.5).

use super::deploying::{deployed, group};
use super::sample::refusals;
use crate::support::caller::{CODEDEPLOY, both, texts};
use serde_json::json;

#[tokio::test]
async fn deployments_come_in_the_order_asked_for_and_unknown_ones_are_left_out() {
    // contract codedeploy §3.5, §10.1 F44
    both(CODEDEPLOY, async |caller| {
        group(&caller, json!({})).await;
        let one = deployed(&caller, 1, 2).await;
        let two = deployed(&caller, 2, 3).await;
        let ids = json!({"deploymentIds": [two, "d-ZZZZZZZZZ", one]});
        let found = caller.ok("BatchGetDeployments", ids).await;
        assert_eq!(
            texts(&found["deploymentsInfo"], "deploymentId"),
            [two, one.clone()]
        );
        let many: Vec<_> = std::iter::repeat_n(one, 101).collect();
        let cases = refusals(
            &caller,
            "BatchGetDeployments",
            [
                json!({"deploymentIds": []}),
                json!({"deploymentIds": [""]}),
                json!({"deploymentIds": ["d-1"]}),
                json!({"deploymentIds": many}),
            ],
        );
        assert_eq!(
            cases.await,
            [
                "DeploymentIdRequiredException",
                "DeploymentIdRequiredException",
                "InvalidDeploymentIdException",
                "BatchLimitExceededException"
            ]
        );
        json!(null)
    })
    .await;
}
