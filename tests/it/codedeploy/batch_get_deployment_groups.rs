//! BatchGetDeploymentGroups (contract codedeploy §3.4.4).

use super::sample::{app, group, refusals};
use crate::support::caller::{CODEDEPLOY, both};
use crate::support::normal::normalised;
use serde_json::json;

#[tokio::test]
async fn unknown_groups_are_named_in_the_message() {
    // contract codedeploy §3.4.4
    let shown = both(CODEDEPLOY, async |caller| {
        app(&caller, "a", "Server").await;
        group(&caller, "a", "g").await;
        let of = |names: &[&str]| json!({"applicationName": "a", "deploymentGroupNames": names});
        let all = caller.ok("BatchGetDeploymentGroups", of(&["g"])).await;
        let some = caller.ok("BatchGetDeploymentGroups", of(&["h", "g"])).await;
        let cases = refusals(&caller, "BatchGetDeploymentGroups", [of(&[])]).await;
        json!([
            all["errorMessage"],
            some["errorMessage"],
            some["deploymentGroupsInfo"][0]["deploymentGroupName"],
            cases
        ])
    });
    assert_eq!(
        shown.await,
        normalised(json!([
            "",
            "No Deployment Group found for name: h",
            "g",
            ["DeploymentGroupNameRequiredException"]
        ]))
    );
}
