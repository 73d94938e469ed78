//! ListOnPremisesInstances (contract codedeploy §3.6).

use super::sample::{instance, refusals};
use crate::support::caller::{CODEDEPLOY, both};
use crate::support::normal::normalised;
use serde_json::json;

#[tokio::test]
async fn names_are_filtered_by_status_and_tags() {
    // contract codedeploy §3.6
    let shown = both(CODEDEPLOY, async |caller| {
        for name in ["i", "j", "k"] {
            instance(&caller, name).await;
        }
        caller
            .ok(
                "AddTagsToOnPremisesInstances",
                json!({"instanceNames": ["j"], "tags": [{"Key": "a", "Value": "1"}]}),
            )
            .await;
        caller
            .ok("DeregisterOnPremisesInstance", json!({"instanceName": "k"}))
            .await;
        let mut shown = Vec::new();
        for body in [
            json!({}),
            json!({"registrationStatus": "Deregistered"}),
            json!({"tagFilters": [{"Key": "z"}, {"Key": "a", "Type": "KEY_ONLY"}]}),
        ] {
            shown.push(caller.ok("ListOnPremisesInstances", body).await);
        }
        let cases = refusals(
            &caller,
            "ListOnPremisesInstances",
            [
                json!({"registrationStatus": "odd"}),
                json!({"tagFilters": [{}]}),
                json!({"tagFilters": [{"Key": "a", "Type": "odd"}]}),
                json!({"nextToken": "x"}),
            ],
        )
        .await;
        json!([shown, cases])
    });
    assert_eq!(
        shown.await,
        normalised(
            json!([[{"instanceNames": ["i", "j", "k"]}, {"instanceNames": ["k"]}, {"instanceNames": ["j"]}],
        ["InvalidRegistrationStatusException", "InvalidTagFilterException", "InvalidTagFilterException", "InvalidNextTokenException"]])
        )
    );
}
