//! GetApplication (contract codedeploy §3.1).

use super::sample::app;
use crate::support::caller::{CODEDEPLOY, both};
use crate::support::normal::normalised;
use serde_json::json;

#[tokio::test]
async fn an_application_shows_its_platform_and_that_it_is_not_linked() {
    // contract codedeploy §3.1
    let shown = both(CODEDEPLOY, async |caller| {
        app(&caller, "a", "ECS").await;
        let got = caller
            .ok("GetApplication", json!({"applicationName": "a"}))
            .await;
        caller
            .expect_refusal(
                "GetApplication",
                json!({"applicationName": "b"}),
                "ApplicationDoesNotExistException",
                "No application found for name: b",
            )
            .await;
        got
    });
    assert_eq!(
        shown.await,
        normalised(
            json!({"application": {"applicationId": "11111111-2222-4333-8444-555555555555", "applicationName": "a",
        "createTime": 2e9, "linkedToGitHub": false, "computePlatform": "ECS"}})
        )
    );
}
