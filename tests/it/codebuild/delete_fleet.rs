//! DeleteFleet (contract codebuild §3.7).

use super::flock::{NOBODY, created};
use super::sample::project;
use crate::support::caller::{CODEBUILD, Caller, both, with};
use serde_json::json;

#[tokio::test]
async fn the_answer_is_an_empty_structure_whether_or_not_there_was_a_fleet() {
    // contract codebuild §3.7: idempotent; an ARN with another id is another fleet's
    let shown = both(CODEBUILD, async |caller| {
        let arn = created(&caller, "fleet").await;
        let body = json!({"arn": NOBODY});
        assert_eq!(caller.ok("DeleteFleet", body).await, json!({}));
        let listed = caller.ok("ListFleets", json!({})).await;
        assert_eq!(listed["fleets"], json!([arn]));
        for _ in 0..2 {
            let body = json!({"arn": arn});
            assert_eq!(caller.ok("DeleteFleet", body).await, json!({}));
        }
        caller.ok("ListFleets", json!({})).await
    });
    let expected = json!({"fleets": []});
    assert_eq!(shown.await, crate::support::normal::normalised(expected));
}

#[tokio::test]
async fn a_fleet_that_projects_name_may_go() {
    // contract codebuild §3.7: allowed
    let caller = Caller::new(CODEBUILD).await;
    let arn = created(&caller, "fleet").await;
    let fleet = json!({"fleetArn": arn});
    let body = with(project("hello"), "/environment/fleet", fleet.clone());
    caller.ok("CreateProject", body).await;
    caller.ok("DeleteFleet", json!({"arn": arn})).await;
    let names = json!({"names": ["hello"]});
    let got = caller.ok("BatchGetProjects", names).await;
    assert_eq!(got["projects"][0]["environment"]["fleet"], fleet);
}

#[tokio::test]
async fn what_is_no_arn_of_a_fleet_is_refused() {
    // contract codebuild §1.1
    let caller = Caller::new(CODEBUILD).await;
    let said = "Invalid ARN provided: 'fleet' is not the ARN of a fleet";
    let body = json!({"arn": "fleet"});
    caller
        .expect_refusal("DeleteFleet", body, "InvalidInputException", said)
        .await;
}
