//! CreateApplication (contract codedeploy §1.3, §3.1).

use super::sample::{app, refusals};
use crate::support::caller::{CODEDEPLOY, both};
use crate::support::normal::normalised;
use serde_json::json;

#[tokio::test]
async fn a_name_is_taken_once_and_tags_are_checked() {
    // contract codedeploy §3.1
    let shown = both(CODEDEPLOY, async |caller| {
        let made = caller
            .ok(
                "CreateApplication",
                json!({"applicationName": "a", "tags": [{"Key": "k", "Value": "v"}]}),
            )
            .await;
        let cases = refusals(
            &caller,
            "CreateApplication",
            [
                json!({"applicationName": "a"}),
                json!({"applicationName": ""}),
                json!({"applicationName": "a b"}),
                json!({"applicationName": "b", "computePlatform": "Moon"}),
                json!({"applicationName": "b", "tags": [{"Key": "aws:x", "Value": "v"}]}),
                json!({"applicationName": "b", "tags": [{"Key": "x"}, {"Key": "x"}]}),
            ],
        )
        .await;
        app(&caller.in_region("eu-west-1"), "a", "Lambda").await;
        json!([made, cases])
    });
    assert_eq!(
        shown.await,
        normalised(
            json!([{"applicationId": "11111111-2222-4333-8444-555555555555"}, [
                "ApplicationAlreadyExistsException", "ApplicationNameRequiredException", "InvalidApplicationNameException",
                "InvalidComputePlatformException", "InvalidTagsToAddException", "InvalidTagsToAddException",
            ]])
        )
    );
}
