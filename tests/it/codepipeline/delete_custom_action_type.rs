//! DeleteCustomActionType (contract codepipeline §3.3).

use super::sample::{custom_type, named, pipeline, with_custom};
use crate::support::caller::{CODEPIPELINE, Caller, both, tags, with};
use serde_json::{Value, json};

const ARN: &str = "arn:aws:codepipeline:us-east-1:000000000000:actiontype:Custom/Build/Forge/1";

#[tokio::test]
async fn the_answer_is_empty_whether_there_was_a_type_or_not() {
    // contract codepipeline §1.1: zero bytes; §3.3: absent is success
    let shown = both(CODEPIPELINE, async |caller| {
        caller
            .ok("CreateCustomActionType", custom_type("Forge"))
            .await;
        let answers = [
            caller.ok("DeleteCustomActionType", named("Forge")).await,
            caller.ok("DeleteCustomActionType", named("Forge")).await,
            caller.ok("DeleteCustomActionType", named("None")).await,
        ];
        json!(answers)
    });
    let nothing = json!([Value::Null, Value::Null, Value::Null]);
    assert_eq!(shown.await, format!("{nothing:#}\n"));
}

#[tokio::test]
async fn a_deleted_type_is_listed_no_more_and_its_tags_are_gone() {
    // contract codepipeline §2.2, §3.3
    let caller = Caller::new(CODEPIPELINE).await;
    let tagged = with(custom_type("Forge"), "/tags", tags(&[("a", "1")]));
    caller.ok("CreateCustomActionType", tagged).await;
    caller.ok("DeleteCustomActionType", named("Forge")).await;
    let listed = caller
        .ok("ListActionTypes", json!({"actionOwnerFilter": "Custom"}))
        .await;
    assert_eq!(listed, json!({"actionTypes": []}));
    let said = "The account with id '000000000000' does not include a custom action type with the category 'Build', the provider 'Forge' and the version '1'";
    let body = json!({"resourceArn": ARN});
    caller
        .expect_refusal(
            "ListTagsForResource",
            body.clone(),
            "ResourceNotFoundException",
            said,
        )
        .await;
    caller
        .ok("CreateCustomActionType", custom_type("Forge"))
        .await;
    assert_eq!(
        caller.ok("ListTagsForResource", body).await,
        json!({"tags": []})
    );
}

#[tokio::test]
async fn pipelines_that_use_it_stay_and_no_new_one_can() {
    // contract codepipeline §3.3, §4.2 rule 9; its secrets stay hidden
    let caller = Caller::new(CODEPIPELINE).await;
    caller
        .ok("CreateCustomActionType", custom_type("Forge"))
        .await;
    let body = json!({"pipeline": with_custom(pipeline("p"), "Forge", "hush")});
    caller.ok("CreatePipeline", body).await;
    caller.ok("DeleteCustomActionType", named("Forge")).await;
    let got = caller.ok("GetPipeline", json!({"name": "p"})).await;
    let configuration = &got["pipeline"]["stages"][1]["actions"][1]["configuration"];
    assert_eq!(*configuration, json!({"Job": "nightly", "Token": "****"}));
    let said = "ActionType (Category: 'Build', Provider: 'Forge', Owner: 'Custom', Version: '1') in action 'Custom' is not available in region 'US_EAST_1'";
    for (operation, name) in [("CreatePipeline", "q"), ("UpdatePipeline", "p")] {
        let body = json!({"pipeline": with_custom(pipeline(name), "Forge", "hush")});
        caller
            .expect_refusal(operation, body, "InvalidActionDeclarationException", said)
            .await;
    }
}
