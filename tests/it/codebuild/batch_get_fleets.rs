//! BatchGetFleets (contract codebuild §2, §3, §3.7).

use super::flock::{NOBODY, created};
use crate::support::caller::{CODEBUILD, Caller, both, texts};
use serde_json::json;

#[tokio::test]
async fn a_fleet_is_found_by_name_or_arn_and_what_is_missing_comes_back_as_it_was_written() {
    // contract codebuild §2, §3, §3.7
    let shown = both(CODEBUILD, async |caller| {
        let one = created(&caller, "one").await;
        let two = created(&caller, "two").await;
        created(&caller.in_region("eu-west-1"), "three").await;
        created(&caller, "fleet").await;
        let names = json!([two, "one", "three", one, "two", NOBODY]);
        let mut got = caller.ok("BatchGetFleets", json!({"names": names})).await;
        for fleet in got["fleets"].as_array().unwrap() {
            for always in ["created", "lastModified", "status", "id"] {
                assert!(fleet.get(always).is_some(), "{always} in {fleet}");
            }
        }
        got["fleets"] = json!(texts(&got["fleets"], "name"));
        got
    });
    let expected = json!({"fleets": ["two", "one"], "fleetsNotFound": ["three", NOBODY]});
    assert_eq!(shown.await, crate::support::normal::normalised(expected));
}

#[tokio::test]
async fn between_one_and_a_hundred_names_may_be_asked() {
    // contract codebuild §1.3
    let caller = Caller::new(CODEBUILD).await;
    let names: Vec<String> = (0..101).map(|at| format!("f{at}")).collect();
    caller
        .ok("BatchGetFleets", json!({"names": names[..100]}))
        .await;
    let said = "1 validation error detected: Value at 'names' failed to satisfy constraint: Member must have length less than or equal to 100";
    let body = json!({"names": names});
    caller
        .expect_refusal("BatchGetFleets", body, "InvalidInputException", said)
        .await;
}
