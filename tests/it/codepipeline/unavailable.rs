//! What a pipeline names and nobody has: accepted when it is declared, an error to act on when it runs (contract codepipeline §4.2,
//! last paragraph; §5.12a, §6.2, §6.4).
//!
//! Here the engine runs.

use super::sample::pipeline;
use crate::support::caller::{CODEPIPELINE, Caller};
use crate::support::wait_for;
use serde_json::{Value, json};

const VERSIONED: &str =
    "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>";

/// The execution that creating the sample began, once it has failed: what the state and the history say of the action.
async fn failure(caller: &Caller, stage: usize) -> (Value, Value) {
    caller
        .ok("CreatePipeline", json!({"pipeline": pipeline("p")}))
        .await;
    wait_for("the execution to fail", async || {
        let listed = caller
            .ok("ListPipelineExecutions", json!({"pipelineName": "p"}))
            .await;
        (listed["pipelineExecutionSummaries"][0]["status"] == "Failed").then_some(())
    })
    .await;
    let state = caller.ok("GetPipelineState", json!({"name": "p"})).await;
    let stage = &state["stageStates"][stage];
    assert_eq!(stage["latestExecution"]["status"], "Failed");
    let latest = stage["actionStates"][0]["latestExecution"].clone();
    assert_eq!(latest["status"], "Failed");
    let listed = caller
        .ok("ListActionExecutions", json!({"pipelineName": "p"}))
        .await;
    let details = listed["actionExecutionDetails"].as_array().unwrap();
    let of = details
        .iter()
        .find(|of| of["stageName"] == stage["stageName"]);
    (
        latest["errorDetails"].clone(),
        of.unwrap()["output"]["executionResult"].clone(),
    )
}

fn error(message: &str) -> Value {
    json!({"code": "ConfigurationError", "message": message})
}

#[tokio::test]
async fn a_source_bucket_that_is_not_there_fails_the_source() {
    // contract codepipeline §5.12a
    let caller = Caller::running(CODEPIPELINE).await;
    caller.s3("PUT", "/store", "").await;
    let (state, history) = failure(&caller, 0).await;
    let said = "Could not access the Amazon S3 object: \"incoming/src.zip\". Make sure that the names of the bucket and object are both correct.";
    assert_eq!(state, error(said));
    assert_eq!(history["errorDetails"]["code"], "ConfigurationError");
}

#[tokio::test]
async fn a_source_object_that_is_not_there_fails_the_source() {
    // contract codepipeline §5.12a
    let caller = Caller::running(CODEPIPELINE).await;
    for bucket in ["/store", "/incoming"] {
        caller.s3("PUT", bucket, "").await;
    }
    caller.s3("PUT", "/incoming?versioning", VERSIONED).await;
    let (state, _) = failure(&caller, 0).await;
    let said = "Could not access the Amazon S3 object: \"incoming/src.zip\". Make sure that the names of the bucket and object are both correct.";
    assert_eq!(state, error(said));
}

#[tokio::test]
async fn a_source_bucket_without_versions_fails_the_source() {
    // contract codepipeline §6.2; the text is ours
    let caller = Caller::running(CODEPIPELINE).await;
    for bucket in ["/store", "/incoming"] {
        caller.s3("PUT", bucket, "").await;
    }
    caller.s3("PUT", "/incoming/src.zip", "zip").await;
    let (state, _) = failure(&caller, 0).await;
    let said = "The Amazon S3 bucket \"incoming\" is not versioned. A source bucket must have versioning enabled.";
    assert_eq!(state, error(said));
}

#[tokio::test]
async fn an_artifact_store_that_is_not_there_fails_the_source() {
    // our reading
    let caller = Caller::running(CODEPIPELINE).await;
    caller.s3("PUT", "/incoming", "").await;
    caller.s3("PUT", "/incoming?versioning", VERSIONED).await;
    caller.s3("PUT", "/incoming/src.zip", "zip").await;
    let (state, _) = failure(&caller, 0).await;
    assert_eq!(
        state,
        error("The artifact store bucket \"store\" does not exist.")
    );
}

#[tokio::test]
async fn a_project_that_is_not_there_fails_the_build_after_its_source_succeeded() {
    // contract codepipeline §6.2, §6.4; the text is ours
    let caller = Caller::running(CODEPIPELINE).await;
    for bucket in ["/store", "/incoming"] {
        caller.s3("PUT", bucket, "").await;
    }
    caller.s3("PUT", "/incoming?versioning", VERSIONED).await;
    caller.s3("PUT", "/incoming/src.zip", "zip").await;
    let (state, _) = failure(&caller, 1).await;
    let said = "The AWS CodeBuild project 'hello' was not found. Make sure that it exists in the region of the action.";
    assert_eq!(state, error(said));

    let listed = caller
        .ok("ListActionExecutions", json!({"pipelineName": "p"}))
        .await;
    let details = listed["actionExecutionDetails"].as_array().unwrap();
    let source = details.iter().find(|of| of["actionName"] == "Zip").unwrap();
    assert_eq!(source["status"], "Succeeded");
    let version = &source["output"]["outputVariables"]["VersionId"];
    assert_eq!(
        source["output"]["executionResult"]["externalExecutionId"],
        *version
    );
    let summary = format!("Amazon S3 version id: {}", version.as_str().unwrap());
    assert_eq!(
        source["output"]["executionResult"]["externalExecutionSummary"],
        summary
    );
    let at = &source["output"]["outputArtifacts"][0]["s3location"];
    assert_eq!(at["bucket"], "store");
    let copy = caller
        .s3(
            "GET",
            &format!("/store/{}", at["key"].as_str().unwrap()),
            "",
        )
        .await;
    assert_eq!(copy, "zip", "a byte-identical copy");
    let variables = &source["output"]["outputVariables"];
    assert_eq!(
        (&variables["BucketName"], &variables["ObjectKey"]),
        (&json!("incoming"), &json!("src.zip"))
    );
}

#[tokio::test]
async fn stopping_what_was_over_and_reading_it_again_finds_it_unchanged() {
    // contract codepipeline §3.2: a terminal execution is not stoppable
    let caller = Caller::running(CODEPIPELINE).await;
    failure(&caller, 0).await;
    let listed = caller
        .ok("ListPipelineExecutions", json!({"pipelineName": "p"}))
        .await;
    let id = listed["pipelineExecutionSummaries"][0]["pipelineExecutionId"].clone();
    let body = json!({"pipelineName": "p", "pipelineExecutionId": id});
    let said = caller.refused("StopPipelineExecution", body).await;
    assert_eq!(said.code, "PipelineExecutionNotStoppableException");
    assert_eq!(
        caller
            .ok("ListPipelineExecutions", json!({"pipelineName": "p"}))
            .await,
        listed
    );
}
