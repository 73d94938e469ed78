//! DeleteApplication (contract codedeploy §3.1).

use super::sample::{app, group, revision};
use crate::support::caller::{CODEDEPLOY, both};
use crate::support::normal::normalised;
use serde_json::json;

#[tokio::test]
async fn everything_of_an_application_goes_and_an_unknown_one_is_deleted_too() {
    // contract codedeploy §3.1
    let shown = both(CODEDEPLOY, async |caller| {
        app(&caller, "a", "Server").await;
        group(&caller, "a", "g").await;
        revision(&caller, "a", "k").await;
        for _ in 0..2 {
            caller
                .ok("DeleteApplication", json!({"applicationName": "a"}))
                .await;
        }
        let tables = &caller.server.app.codedeploy.tables;
        assert!(
            tables.groups.is_empty()
                && tables.revisions.is_empty()
                && tables.tags.is_empty()
                && tables.config_users.is_empty()
        );
        app(&caller, "a", "Server").await;
        caller
            .ok("ListDeploymentGroups", json!({"applicationName": "a"}))
            .await
    });
    assert_eq!(
        shown.await,
        normalised(json!({"applicationName": "a", "deploymentGroups": []}))
    );
}
