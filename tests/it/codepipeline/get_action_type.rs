//! GetActionType (contract codepipeline §3.3).

use super::sample::custom_type;
use crate::support::caller::{CODEPIPELINE, Caller, both};
use serde_json::json;

#[tokio::test]
async fn neither_built_in_nor_custom_types_can_be_read_here() {
    // contract codepipeline §3.3; the text is ours
    let shown = both(CODEPIPELINE, async |caller| {
        caller
            .ok("CreateCustomActionType", custom_type("Forge"))
            .await;
        let mut said = Vec::new();
        for (owner, category, provider) in [
            ("AWS", "Source", "S3"),
            ("ThirdParty", "Source", "GitHub"),
            ("AWS", "Build", "Forge"),
        ] {
            let body =
                json!({"category": category, "owner": owner, "provider": provider, "version": "1"});
            let refused = caller.refused("GetActionType", body).await;
            said.push(format!("{}: {}", refused.code, refused.message));
        }
        json!(said)
    });
    let expected = json!([
        "ActionTypeNotFoundException: ActionType (Category: 'Source', Provider: 'S3', Owner: 'AWS', Version: '1') does not exist",
        "ActionTypeNotFoundException: ActionType (Category: 'Source', Provider: 'GitHub', Owner: 'ThirdParty', Version: '1') does not exist",
        "ActionTypeNotFoundException: ActionType (Category: 'Build', Provider: 'Forge', Owner: 'AWS', Version: '1') does not exist",
    ]);
    assert_eq!(shown.await, format!("{expected:#}\n"));
}

#[tokio::test]
async fn the_owner_is_aws_or_a_third_party() {
    // contract codepipeline §1.4, §3.3
    let caller = Caller::new(CODEPIPELINE).await;
    let body = json!({"category": "Build", "owner": "Custom", "provider": "Forge", "version": "1"});
    let said = "1 validation error detected: Value at 'owner' failed to satisfy constraint: Member must satisfy regular expression pattern: AWS|ThirdParty";
    caller
        .expect_refusal("GetActionType", body, "ValidationException", said)
        .await;
}
