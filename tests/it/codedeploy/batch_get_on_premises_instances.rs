//! BatchGetOnPremisesInstances (contract codedeploy §3.6).

use super::sample::{instance, refusals};
use crate::support::caller::texts;
use crate::support::caller::{CODEDEPLOY, both};
use crate::support::normal::normalised;
use serde_json::json;

#[tokio::test]
async fn unknown_names_are_left_out() {
    // contract codedeploy §3.6
    let shown = both(CODEDEPLOY, async |caller| {
        for name in ["i", "j"] {
            instance(&caller, name).await;
        }
        let got = caller
            .ok(
                "BatchGetOnPremisesInstances",
                json!({"instanceNames": ["j", "none", "i"]}),
            )
            .await;
        let cases = refusals(
            &caller,
            "BatchGetOnPremisesInstances",
            [
                json!({"instanceNames": []}),
                json!({"instanceNames": vec!["i"; 101]}),
            ],
        )
        .await;
        assert_eq!(got.as_object().unwrap().len(), 1, "§10.1 F39: {got}");
        json!([texts(&got["instanceInfos"], "instanceName"), cases])
    });
    assert_eq!(
        shown.await,
        normalised(json!([
            ["j", "i"],
            [
                "InstanceNameRequiredException",
                "BatchLimitExceededException"
            ]
        ]))
    );
}
