//! ListDeployActionExecutionTargets (contract codepipeline §3.2).

use super::sample::{NOBODY, attempt, created};
use crate::support::caller::{CODEPIPELINE, Caller, both};
use serde_json::{Value, json};

const OPERATION: &str = "ListDeployActionExecutionTargets";

fn of(id: &str) -> Value {
    json!({"actionExecutionId": id})
}

#[tokio::test]
async fn an_action_execution_that_deploys_to_no_instances_has_no_targets() {
    // contract codepipeline §3.2: only EC2 deploy actions produce any; §3.5: the list is there, no token
    let shown = both(CODEPIPELINE, async |caller| {
        let id = created(&caller, "p").await;
        let action = attempt(&caller, "p", &id, "Zip").await;
        let mut body = of(&action);
        let alone = caller.ok(OPERATION, body.clone()).await;
        body["pipelineName"] = json!("p");
        body["filters"] = json!([{"name": "TARGET_STATUS", "values": ["Failed"]}]);
        body["maxResults"] = json!(1);
        assert_eq!(caller.ok(OPERATION, body).await, alone);
        alone
    });
    assert_eq!(shown.await, "{\n  \"targets\": []\n}\n");
}

#[tokio::test]
async fn an_action_execution_that_is_not_there_is_not_found() {
    // contract codepipeline §3.2; the text is ours
    let caller = Caller::new(CODEPIPELINE).await;
    let id = created(&caller, "p").await;
    created(&caller, "q").await;
    let action = attempt(&caller, "p", &id, "Zip").await;
    let elsewhere = json!({"pipelineName": "q", "actionExecutionId": action});
    for (body, id) in [
        (of(NOBODY), NOBODY),
        (of(&id), id.as_str()),
        (elsewhere, &action),
    ] {
        let said = format!("Action execution with id '{id}' does not exist");
        let code = "ActionExecutionNotFoundException";
        caller.expect_refusal(OPERATION, body, code, &said).await;
    }
    let other_region = caller.in_region("eu-west-1");
    let said = other_region.refused(OPERATION, of(&action)).await;
    assert_eq!(said.code, "ActionExecutionNotFoundException");
}

#[tokio::test]
async fn a_pipeline_that_is_named_must_be_there_and_there_is_no_second_page() {
    // contract codepipeline §3.2, §3.5
    let caller = Caller::new(CODEPIPELINE).await;
    let id = created(&caller, "p").await;
    let action = attempt(&caller, "p", &id, "Zip").await;
    let body = json!({"pipelineName": "nope", "actionExecutionId": action});
    let said =
        "The account with AWS account ID '000000000000' does not include a pipeline named 'nope'";
    let code = "PipelineNotFoundException";
    caller.expect_refusal(OPERATION, body, code, said).await;
    let body = json!({"actionExecutionId": action, "nextToken": "t"});
    let said = "The nextToken value 't' is not valid. Specify a valid nextToken value, and then try again.";
    let code = "InvalidNextTokenException";
    caller.expect_refusal(OPERATION, body, code, said).await;
}
