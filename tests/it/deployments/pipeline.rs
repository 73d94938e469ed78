//! A pipeline that deploys a function through CodeDeploy.

use super::house::{House, config};
use crate::codedeploy::deploying;
use crate::codepipeline::sample::action;
use crate::journeys::house::{House as Journey, pipeline, stage};
use crate::support::caller::CODEPIPELINE;
use serde_json::{Value, json};

const VERSIONED: &str =
    "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>";

fn deploy() -> Value {
    let configuration = json!({"ApplicationName": "a", "DeploymentGroupName": "g"});
    let action = action(
        "Deploy",
        "Deploy",
        "CodeDeploy",
        configuration,
        &["Src"],
        &[],
    );
    pipeline("p", vec![stage("Deploy", vec![action])])
}

async fn houses() -> (House, Journey) {
    let house = House::with(config(None)).await;
    deploying::group(&house.caller, json!({})).await;
    for bucket in ["/incoming", "/store", "/out"] {
        house.caller.s3("PUT", bucket, "").await;
    }
    house
        .caller
        .s3("PUT", "/incoming?versioning", VERSIONED)
        .await;
    let journey = Journey {
        caller: house.caller.to(CODEPIPELINE),
    };
    (house, journey)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_artifact_with_an_appspec_shifts_the_alias() {
    // contract codepipeline §6.5: external id, summary
    let (house, journey) = houses().await;
    let spec = deploying::app_spec(1, 2, false);
    journey
        .put("incoming", "src.zip", &[("appspec.yaml", &spec)])
        .await;
    journey.create(deploy()).await;
    assert_eq!(journey.end("p").await, "Succeeded");
    assert_eq!(house.functions.alias(), "2");
    let history = journey.history("p", "Deploy").await;
    let result = &history["output"]["executionResult"];
    let id = result["externalExecutionId"].as_str().unwrap();
    assert_eq!(result["externalExecutionSummary"], "Deployment Succeeded");
    assert_eq!(house.shown(id).await["status"], "Succeeded");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deployment_that_fails_fails_its_action() {
    // contract codepipeline §6.5: JobFailed with the deployment's error
    let (house, journey) = houses().await;
    let spec = deploying::app_spec(3, 4, false);
    journey
        .put("incoming", "src.zip", &[("appspec.yml", &spec)])
        .await;
    journey.create(deploy()).await;
    assert_eq!(journey.end("p").await, "Failed");
    let state = journey.stage("p", "Deploy").await;
    let error = &state["actionStates"][0]["latestExecution"]["errorDetails"];
    assert_eq!(
        *error,
        json!({"code": "JobFailed", "message": "The alias live of the Lambda function f points to the version 1, not to the CurrentVersion 3 of the AppSpec file."})
    );
    assert_eq!(house.functions.alias(), "1");
}
