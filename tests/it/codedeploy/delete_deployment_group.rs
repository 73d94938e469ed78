//! DeleteDeploymentGroup (contract codedeploy §3.4.4).

use super::sample::{app, group};
use crate::support::caller::{CODEDEPLOY, both};
use crate::support::normal::normalised;
use serde_json::json;

#[tokio::test]
async fn an_unknown_group_is_deleted_too() {
    // contract codedeploy §3.4.4
    let shown = both(CODEDEPLOY, async |caller| {
        app(&caller, "a", "Server").await;
        group(&caller, "a", "g").await;
        for (app, group) in [("a", "g"), ("a", "g"), ("none", "g")] {
            let answer = caller
                .ok(
                    "DeleteDeploymentGroup",
                    json!({"applicationName": app, "deploymentGroupName": group}),
                )
                .await;
            assert_eq!(answer, json!({"hooksNotCleanedUp": []}));
        }
        caller
            .ok("ListDeploymentGroups", json!({"applicationName": "a"}))
            .await
    });
    assert_eq!(
        shown.await,
        normalised(json!({"applicationName": "a", "deploymentGroups": []}))
    );
}
