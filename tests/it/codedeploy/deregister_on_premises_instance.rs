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
        let tags = json!([{"Key": "a", "Value": "1"}]);
        let tagged = json!({"instanceNames": ["i"], "tags": tags});
        caller
            .ok("AddTagsToOnPremisesInstances", tagged.clone())
            .await;
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
        assert_eq!(gone["instanceInfo"]["tags"], tags);
        for operation in [
            "AddTagsToOnPremisesInstances",
            "RemoveTagsFromOnPremisesInstances",
        ] {
            let said = caller.refused(operation, tagged.clone()).await;
            assert_eq!(said.code, "InstanceNotRegisteredException");
        }
        // Its ARN is free for another one, until that is gone too.
        let user = "arn:aws:iam::000000000000:user/i";
        let other = json!({"instanceName": "j", "iamUserArn": user});
        caller.ok("RegisterOnPremisesInstance", other).await;
        let other = json!({"instanceName": "j"});
        caller.ok("DeregisterOnPremisesInstance", other).await;
        instance(&caller, "i").await;
        let again = caller.ok("GetOnPremisesInstance", name).await;
        let of = |got: &serde_json::Value| got["instanceInfo"].get("deregisterTime").is_some();
        assert_ne!(
            gone["instanceInfo"]["instanceArn"],
            again["instanceInfo"]["instanceArn"]
        );
        json!([of(&gone), of(&again), again["instanceInfo"]["tags"]])
    });
    assert_eq!(shown.await, normalised(json!([true, false, []])));
}
