//! UpdateActionType (contract codepipeline §3.3).

use crate::support::caller::{CODEPIPELINE, Caller, both, with};
use serde_json::{Value, json};

fn declaration() -> Value {
    json!({"actionType": {
        "id": {"category": "Build", "owner": "AWS", "provider": "Forge", "version": "1"},
        "executor": {
            "type": "JobWorker",
            "configuration": {"jobWorkerExecutorConfiguration": {"pollingAccounts": ["000000000000"]}},
        },
        "inputArtifactDetails": {"minimumCount": 0, "maximumCount": 10},
        "outputArtifactDetails": {"minimumCount": 0, "maximumCount": 10},
    }})
}

#[tokio::test]
async fn there_is_no_type_to_update() {
    // contract codepipeline §3.3; the text is ours
    let shown = both(CODEPIPELINE, async |caller| {
        let said = caller.refused("UpdateActionType", declaration()).await;
        json!({"code": said.code, "message": said.message})
    });
    let expected = json!({
        "code": "ActionTypeNotFoundException",
        "message": "ActionType (Category: 'Build', Provider: 'Forge', Owner: 'AWS', Version: '1') does not exist",
    });
    assert_eq!(shown.await, format!("{expected:#}\n"));
}

#[tokio::test]
async fn the_executor_has_the_one_configuration_of_its_type() {
    // contract codepipeline §3.3; the texts are ours
    let caller = Caller::new(CODEPIPELINE).await;
    let configuration = "/actionType/executor/configuration";
    let lambda = json!({"lambdaFunctionArn": "arn:aws:lambda:us-east-1:000000000000:function:f"});
    let both = with(
        declaration(),
        &format!("{configuration}/lambdaExecutorConfiguration"),
        lambda.clone(),
    );
    let neither = with(declaration(), configuration, json!({}));
    let other = with(
        declaration(),
        configuration,
        json!({"lambdaExecutorConfiguration": lambda}),
    );
    let one = "The executor needs exactly one of jobWorkerExecutorConfiguration and lambdaExecutorConfiguration";
    let cases = [
        (both, one),
        (neither, one),
        (
            other,
            "The executor's configuration is not one of its type JobWorker",
        ),
    ];
    for (body, said) in cases {
        caller
            .expect_refusal("UpdateActionType", body, "ValidationException", said)
            .await;
    }
}
