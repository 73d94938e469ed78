//! AddTagsToOnPremisesInstances (contract codedeploy §3.6).

use super::sample::{instance, refusals};
use crate::support::caller::{CODEDEPLOY, both};
use crate::support::normal::normalised;
use serde_json::json;

#[tokio::test]
async fn tags_go_to_all_of_the_instances_or_to_none() {
    // contract codedeploy §3.6
    let shown = both(CODEDEPLOY, async |caller| {
        for name in ["i", "j"] {
            instance(&caller, name).await;
        }
        let of =
            |names: &[&str], tags: serde_json::Value| json!({"instanceNames": names, "tags": tags});
        let one = json!([{"Key": "a", "Value": "1"}]);
        caller
            .ok("AddTagsToOnPremisesInstances", of(&["i", "j"], one.clone()))
            .await;
        // The same key again has the newer value.
        let two = json!([{"Key": "a", "Value": "2"}, {"Key": "c", "Value": ""}]);
        caller
            .ok("AddTagsToOnPremisesInstances", of(&["i"], two))
            .await;
        let many: Vec<_> = (0..10)
            .map(|at| json!({"Key": format!("k{at}"), "Value": ""}))
            .collect();
        let cases = refusals(
            &caller,
            "AddTagsToOnPremisesInstances",
            [
                of(&["i", "none"], json!([{"Key": "b", "Value": ""}])),
                of(&["i"], json!([])),
                of(&[], one.clone()),
                of(&["i"], json!([{"Key": "b"}])),
                of(&["j", "i"], json!(many)),
                of(&["i"; 26], one),
            ],
        )
        .await;
        let got = caller
            .ok("GetOnPremisesInstance", json!({"instanceName": "i"}))
            .await;
        json!([got["instanceInfo"]["tags"], cases])
    });
    assert_eq!(
        shown.await,
        normalised(
            json!([[{"Key": "a", "Value": "2"}, {"Key": "c", "Value": ""}], ["InstanceNotRegisteredException", "TagRequiredException", "InstanceNameRequiredException", "InvalidTagException",
        "TagLimitExceededException", "InstanceLimitExceededException"]])
        )
    );
}
