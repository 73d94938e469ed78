//! Pipelines that deploy a function through CodeDeploy, and services of ECS with and without it.

use super::house::{House, config};
use crate::codedeploy::deploying;
use crate::codedeploy::deploying_ecs;
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

const TEMPLATE: &str = r#"{"family": "web", "containerDefinitions": [{"name": "web", "image": "<IMAGE1_NAME>", "memory": 64}]}"#;

fn to_ecs(members: Value) -> Value {
    let configuration = json!({"ApplicationName": "e", "DeploymentGroupName": "g", "TaskDefinitionTemplateArtifact": "Src",
        "AppSpecTemplateArtifact": "Src", "Image1ArtifactName": "Src", "Image1ContainerName": "IMAGE1_NAME"});
    let configuration = deploying::merged(configuration, members);
    let action = action(
        "Deploy",
        "Deploy",
        "CodeDeployToECS",
        configuration,
        &["Src"],
        &[],
    );
    pipeline("p", vec![stage("Deploy", vec![action])])
}

fn standard(members: Value) -> Value {
    let configuration = json!({"ClusterName": "c", "ServiceName": "rolling"});
    let configuration = deploying::merged(configuration, members);
    let action = action("Deploy", "Deploy", "ECS", configuration, &["Src"], &[]);
    pipeline("p", vec![stage("Deploy", vec![action])])
}

async fn error(journey: &Journey) -> Value {
    let state = journey.stage("p", "Deploy").await;
    state["actionStates"][0]["latestExecution"]["errorDetails"].clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn templates_become_a_task_definition_and_a_deployment_to_ecs() {
    // contract codepipeline §6.5: placeholders, registration, external id, summary
    let (house, journey) = houses().await;
    deploying_ecs::group(&house.caller, json!({})).await;
    let spec = deploying_ecs::app_spec(1, &[]);
    let spec = spec.replace(
        "arn:aws:ecs:us-east-1:000000000000:task-definition/web:1",
        "<TASK_DEFINITION>",
    );
    let files = [
        ("appspec.yaml", spec.as_str()),
        ("taskdef.json", TEMPLATE),
        ("imageDetail.json", r#"{"ImageURI": "repo/web@sha256:1"}"#),
    ];
    journey.put("incoming", "src.zip", &files).await;
    journey.create(to_ecs(json!({}))).await;
    let end = journey.end("p").await;
    assert_eq!(end, "Succeeded", "{}", error(&journey).await);
    let log = house.functions.services.log();
    assert_eq!(
        log[0],
        r#"register {"containerDefinitions":[{"image":"repo/web@sha256:1","memory":64,"name":"web"}],"family":"web"}"#
    );
    let created = "create ecs-svc/2 of web:7 behind green".to_owned();
    assert!(log.contains(&created), "{log:?}");
    let history = journey.history("p", "Deploy").await;
    let result = &history["output"]["executionResult"];
    let id = result["externalExecutionId"].as_str().unwrap();
    assert_eq!(result["externalExecutionSummary"], "Deployment Succeeded");
    assert_eq!(house.shown(id).await["status"], "Succeeded");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn templates_that_are_missing_or_half_given_fail_the_action() {
    // contract codepipeline §6.5
    for (members, files, said) in [
        (
            json!({}),
            vec![("imageDetail.json", r#"{"ImageURI": "x"}"#)],
            "Exception while trying to read the task definition artifact file from: Src",
        ),
        (
            json!({"Image2ArtifactName": "Src"}),
            vec![("taskdef.json", TEMPLATE)],
            "Image2ArtifactName and Image2ContainerName must be given together.",
        ),
    ] {
        let (house, journey) = houses().await;
        deploying_ecs::group(&house.caller, json!({})).await;
        journey.put("incoming", "src.zip", &files).await;
        journey.create(to_ecs(members)).await;
        assert_eq!(journey.end("p").await, "Failed");
        assert_eq!(error(&journey).await["message"], said);
        assert_eq!(house.functions.services.log(), Vec::<String>::new());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn image_definitions_become_a_revision_that_the_service_runs() {
    // contract codepipeline §6.5: new revision, UpdateService, wait for steady state
    let (house, journey) = houses().await;
    let services = &house.functions.services;
    services.hold();
    let images = r#"[{"name": "web", "imageUri": "web:new"}]"#;
    let files = [("imagedefinitions.json", images)];
    journey.put("incoming", "src.zip", &files).await;
    journey.create(standard(json!({}))).await;
    services.saw("update rolling to web:7").await;
    assert_eq!(
        services.log()[0],
        r#"register {"containerDefinitions":[{"image":"web:new","memory":64,"name":"web"}],"family":"web"}"#
    );
    services.finish("COMPLETED");
    let end = journey.end("p").await;
    assert_eq!(end, "Succeeded", "{}", error(&journey).await);
    let history = journey.history("p", "Deploy").await;
    let result = &history["output"]["executionResult"];
    assert_eq!(result["externalExecutionId"], "ecs-svc/100");
    assert_eq!(
        result["externalExecutionUrl"],
        "https://console.aws.amazon.com/ecs/home?region=us-east-1#/clusters/c/services/rolling/deployments"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_service_that_does_not_come_up_fails_its_action() {
    // contract codepipeline §5.14 (DeploymentTimeout), §6.5; ours for the texts
    let images = [(
        "imagedefinitions.json",
        r#"[{"name": "web", "imageUri": "web:new"}]"#,
    )];
    let odd = [("imagedefinitions.json", "{}")];
    for (members, files, end, said) in [
        (json!({}), &images, Some("FAILED"), "tasks failed to start."),
        (
            json!({"FileName": "other.json"}),
            &images,
            None,
            "Did not find the image definition file other.json in the input artifacts ZIP file.",
        ),
        (
            json!({}),
            &odd,
            None,
            "The image definition file imagedefinitions.json is not a JSON array",
        ),
        (
            json!({"DeploymentTimeout": "61"}),
            &images,
            None,
            "The DeploymentTimeout '61' is not a number of minutes from 1 to 60.",
        ),
        (
            json!({"ServiceName": "none"}),
            &images,
            None,
            "The Amazon ECS service none does not exist in the cluster c.",
        ),
        (json!({"DeploymentTimeout": "1"}), &images, None, ""),
    ] {
        let (house, journey) = houses().await;
        let services = &house.functions.services;
        services.hold();
        journey.put("incoming", "src.zip", files).await;
        journey.create(standard(members)).await;
        if let Some(end) = end {
            services.saw("update rolling").await;
            services.finish(end);
        }
        assert_eq!(journey.end("p").await, "Failed");
        let error = error(&journey).await;
        let message = error["message"].as_str().unwrap();
        assert!(message.starts_with(said), "{error}");
    }
}
