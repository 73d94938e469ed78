//! UpdateApplication (contract codedeploy §3.1).

use super::sample::{app, group, refusals};
use crate::support::caller::{CODEDEPLOY, both};
use crate::support::normal::normalised;
use serde_json::json;

#[tokio::test]
async fn a_rename_keeps_id_tags_groups_and_revisions() {
    // contract codedeploy §3.1
    let shown = both(CODEDEPLOY, async |caller| {
        app(&caller, "a", "Server").await;
        app(&caller, "taken", "Server").await;
        group(&caller, "a", "g").await;
        let before = caller
            .ok("GetApplication", json!({"applicationName": "a"}))
            .await;
        let answer = caller
            .ok(
                "UpdateApplication",
                json!({"applicationName": "a", "newApplicationName": "b"}),
            )
            .await;
        assert!(
            answer.as_object().is_none_or(serde_json::Map::is_empty),
            "{answer}"
        );
        let after = caller
            .ok("GetApplication", json!({"applicationName": "b"}))
            .await;
        assert_eq!(
            after["application"]["applicationId"],
            before["application"]["applicationId"]
        );
        let kept = caller
            .ok(
                "GetDeploymentGroup",
                json!({"applicationName": "b", "deploymentGroupName": "g"}),
            )
            .await;
        for same in [
            json!({"applicationName": "b", "newApplicationName": "b"}),
            json!({"applicationName": "b"}),
        ] {
            caller.ok("UpdateApplication", same).await;
        }
        let cases = refusals(
            &caller,
            "UpdateApplication",
            [
                json!({"applicationName": "a", "newApplicationName": "c"}),
                json!({"applicationName": "b", "newApplicationName": "taken"}),
                json!({"newApplicationName": "c"}),
                json!({"applicationName": "b", "newApplicationName": ""}),
            ],
        )
        .await;
        json!([kept["deploymentGroupInfo"]["applicationName"], cases])
    });
    assert_eq!(
        shown.await,
        normalised(json!([
            "b",
            [
                "ApplicationDoesNotExistException",
                "ApplicationAlreadyExistsException",
                "ApplicationNameRequiredException",
                "ApplicationNameRequiredException"
            ]
        ]))
    );
}
