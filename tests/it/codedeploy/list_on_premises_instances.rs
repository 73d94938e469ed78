//! ListOnPremisesInstances (contract codedeploy §3.6).

use super::sample::{instance, refusals};
use crate::support::caller::{CODEDEPLOY, Caller, both};
use crate::support::normal::normalised;
use serde_json::{Value, json};

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
            json!({"registrationStatus": "Registered"}),
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
            json!([[{"instanceNames": ["i", "j", "k"]}, {"instanceNames": ["k"]}, {"instanceNames": ["i", "j"]}, {"instanceNames": ["j"]}],
        ["InvalidRegistrationStatusException", "InvalidTagFilterException", "InvalidTagFilterException", "InvalidNextTokenException"]])
        )
    );
}

#[tokio::test]
async fn a_page_has_a_hundred_names() {
    // contract codedeploy §1.2, §3.6, §10.1 F41
    let caller = Caller::new(CODEDEPLOY).await;
    for number in 0..101 {
        instance(&caller, &format!("n{number:03}")).await;
    }
    let page = async |body: Value| caller.ok("ListOnPremisesInstances", body).await;
    let first = page(json!({})).await;
    let names = first["instanceNames"].as_array().unwrap();
    assert_eq!((names.len(), &names[99]), (100, &json!("n099")));
    let last = page(json!({"nextToken": first["nextToken"]})).await;
    assert_eq!(last, json!({"instanceNames": ["n100"]}));
}
