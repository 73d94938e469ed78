//! DeleteCustomActionType (contract codepipeline §3.3).

use super::sample::{create, custom_type, named, pipeline, start, with_custom};
use crate::support::caller::{CODEPIPELINE, Caller, both, tags, with};
use crate::support::wait_for;
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

#[tokio::test]
async fn pipelines_that_use_it_fail_at_that_action_until_it_is_there_again() {
    // contract codepipeline §3.3; the text is ours
    let caller = Caller::running(CODEPIPELINE).await;
    for bucket in ["/store", "/incoming"] {
        caller.s3("PUT", bucket, "").await;
    }
    let on = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>";
    caller.s3("PUT", "/incoming?versioning", on).await;
    let kind = custom_type("Forge");
    caller.ok("CreateCustomActionType", kind.clone()).await;
    let custom = with_custom(pipeline("p"), "Forge", "hush");
    let alone = json!([custom["stages"][1]["actions"][1]]);
    let custom = with(custom, "/stages/1/actions", alone);
    let input = json!([{"name": "Sources"}]);
    let custom = with(custom, "/stages/2/actions/0/inputArtifacts", input);
    // Its source is not there yet.
    create(&caller, custom).await;
    caller.ok("DeleteCustomActionType", named("Forge")).await;
    caller.s3("PUT", "/incoming/src.zip", "zip").await;
    let id = start(&caller, "p").await;
    let failed = became(&caller, &id, "Failed").await;
    let said = "The action type Build/Custom/Forge/1 was deleted, so no worker can do the job. Create it again with the same definition, or edit the pipeline.";
    let error = json!({"code": "ConfigurationError", "message": said});
    let result = &failed["output"]["executionResult"];
    assert_eq!(*result, json!({"errorDetails": error}));
    caller.ok("CreateCustomActionType", kind).await;
    let retry = json!({"pipelineName": "p", "pipelineExecutionId": id, "stageName": "Build", "retryMode": "FAILED_ACTIONS"});
    caller.ok("RetryStageExecution", retry).await;
    became(&caller, &id, "InProgress").await;
    let poll = json!({"actionTypeId": {"category": "Build", "owner": "Custom", "provider": "Forge", "version": "1"}, "queryParam": {"Job": "nightly"}});
    let jobs = caller.ok("PollForJobs", poll).await["jobs"].clone();
    assert_eq!(jobs.as_array().map(Vec::len), Some(1), "{jobs}");
}

/// The newest attempt of the custom action in this execution, once it has this status.
async fn became(caller: &Caller, execution: &str, status: &str) -> Value {
    wait_for("the custom action", async || {
        let body =
            json!({"pipelineName": "p", "filter": {"latestInPipelineExecution": {"pipelineExecutionId": execution, "startTimeRange": "Latest"}}});
        let listed = caller.ok("ListActionExecutions", body).await;
        let details = listed["actionExecutionDetails"].as_array().unwrap().clone();
        let mut custom = details.into_iter().filter(|of| of["actionName"] == "Custom");
        custom.find(|of| of["status"] == status)
    })
    .await
}
