//! ListDeploymentGroups (contract codedeploy §3.4.4).

use super::sample::{app, group, refusals};
use crate::support::caller::{CODEDEPLOY, both};
use crate::support::normal::normalised;
use serde_json::json;

#[tokio::test]
async fn names_come_with_the_application() {
    // contract codedeploy §3.4.4
    let shown = both(CODEDEPLOY, async |caller| {
        app(&caller, "a", "Server").await;
        for name in ["h", "g"] {
            group(&caller, "a", name).await;
        }
        let cases = refusals(
            &caller,
            "ListDeploymentGroups",
            [
                json!({"applicationName": "b"}),
                json!({"applicationName": "a", "nextToken": "x"}),
            ],
        )
        .await;
        json!([
            caller
                .ok("ListDeploymentGroups", json!({"applicationName": "a"}))
                .await,
            cases
        ])
    });
    assert_eq!(
        shown.await,
        normalised(
            json!([{"applicationName": "a", "deploymentGroups": ["g", "h"]}, ["ApplicationDoesNotExistException", "InvalidNextTokenException"]])
        )
    );
}
