//! DeregisterOnPremisesInstance (contract codedeploy §3.6).

use super::sample::instance;
use crate::support::caller::{CODEDEPLOY, both};
use crate::support::normal::normalised;
use serde_json::json;

#[tokio::test]
async fn a_deregistered_instance_stays_readable_and_can_be_registered_again() {
    // contract codedeploy §3.6
    let shown = both(CODEDEPLOY, async |caller| {
        instance(&caller, "i").await;
        let name = json!({"instanceName": "i"});
        for _ in 0..2 {
            caller
                .ok("DeregisterOnPremisesInstance", name.clone())
                .await;
        }
        caller
            .ok(
                "DeregisterOnPremisesInstance",
                json!({"instanceName": "none"}),
            )
            .await;
        let gone = caller.ok("GetOnPremisesInstance", name.clone()).await;
        instance(&caller, "i").await;
        let again = caller.ok("GetOnPremisesInstance", name).await;
        let of = |got: &serde_json::Value| got["instanceInfo"].get("deregisterTime").is_some();
        assert_ne!(
            gone["instanceInfo"]["instanceArn"],
            again["instanceInfo"]["instanceArn"]
        );
        json!([of(&gone), of(&again)])
    });
    assert_eq!(shown.await, normalised(json!([true, false])));
}
