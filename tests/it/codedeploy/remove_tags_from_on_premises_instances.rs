//! RemoveTagsFromOnPremisesInstances (contract codedeploy §3.6).

use super::sample::{instance, refusals};
use crate::support::caller::{CODEDEPLOY, both};
use crate::support::normal::normalised;
use serde_json::json;

#[tokio::test]
async fn tags_go_by_key_and_value() {
    // contract codedeploy §3.6
    let shown = both(CODEDEPLOY, async |caller| {
        instance(&caller, "i").await;
        let of = |tags: serde_json::Value| json!({"instanceNames": ["i"], "tags": tags});
        let tags = json!([{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}, {"Key": "c", "Value": "3"}]);
        caller.ok("AddTagsToOnPremisesInstances", of(tags)).await;
        let gone = json!([{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "other"}, {"Key": "c", "Value": ""}, {"Key": "none", "Value": "x"}]);
        caller
            .ok("RemoveTagsFromOnPremisesInstances", of(gone))
            .await;
        let cases = refusals(
            &caller,
            "RemoveTagsFromOnPremisesInstances",
            [json!({"instanceNames": ["none"], "tags": [{"Key": "a", "Value": "1"}]})],
        )
        .await;
        let got = caller
            .ok("GetOnPremisesInstance", json!({"instanceName": "i"}))
            .await;
        json!([got["instanceInfo"]["tags"], cases])
    });
    assert_eq!(
        shown.await,
        normalised(json!([[{"Key": "b", "Value": "2"}], ["InstanceNotRegisteredException"]]))
    );
}
