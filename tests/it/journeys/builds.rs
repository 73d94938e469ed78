//! CodeBuild actions with real builds.

use super::house::{House, pipeline, publish, source, stage};
use crate::codepipeline::sample::action;
use crate::support::caller::{CODEBUILD, ROLE, with};
use serde_json::{Value, json};

const SPEC: &str = r#"version: 0.2
env: {exported-variables: [NAME]}
phases:
  build:
    commands:
      - mkdir one two
      - cat in.txt $CODEBUILD_SRC_DIR_More/more.txt > one/page.html
      - echo "$WHO $COLOUR $SIZE $CODEBUILD_INITIATOR" > two/page.html
      - NAME=called
artifacts:
  files: ['**/*']
  secondary-artifacts:
    One: {files: ['*'], base-directory: one}
    Two: {files: ['*'], base-directory: two}
"#;

async fn house() -> House {
    let house = House::new().await;
    let codebuild = house.caller.to(CODEBUILD);
    let variables = json!([{"name": "COLOUR", "value": "blue"}, {"name": "SIZE", "value": "big"}]);
    let project = json!({
        "name": "hello",
        "source": {"type": "CODEPIPELINE", "buildspec": "version: 0.2\nphases: {build: {commands: ['exit 3']}}"},
        "artifacts": {"type": "CODEPIPELINE"},
        "environment": {"type": "LINUX_CONTAINER", "image": "any", "computeType": "BUILD_GENERAL1_SMALL", "environmentVariables": variables},
        "serviceRole": ROLE,
    });
    codebuild.ok("CreateProject", project).await;
    house
        .put("incoming", "src.zip", &[("in.txt", "one\n")])
        .await;
    house
        .put("incoming", "more.zip", &[("more.txt", "two\n")])
        .await;
    house
}

/// A pipeline that builds `Src`, and `More` with it.
fn building(configuration: Value, outputs: &[&str], rest: Vec<Value>) -> Value {
    let build = action(
        "Build",
        "Build",
        "CodeBuild",
        configuration,
        &["More", "Src"],
        outputs,
    );
    let build = with(build, "/namespace", json!("Built"));
    let mut stages = vec![stage("Build", vec![build])];
    stages.extend(rest);
    let more = source("Extra", "more.zip", "More");
    with(pipeline("p", stages), "/stages/0/actions/-", more)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_build_of_two_sources_makes_two_artifacts() {
    // contract codepipeline §6.4, F25: PrimarySource, several outputs, EnvironmentVariables, exported variables, CODEBUILD_INITIATOR,
    // BuildspecOverride; external id
    let house = house().await;
    let variables = r##"[{"name":"WHO","value":"#{Zip.ObjectKey}"},{"name":"SIZE","value":"small","type":"PLAINTEXT"}]"##;
    let configuration = json!({"ProjectName": "hello", "PrimarySource": "Src", "BuildspecOverride": SPEC, "EnvironmentVariables": variables});
    let rest = stage(
        "Publish",
        vec![
            publish("First", "One", "#{Built.NAME}/1"),
            publish("Second", "Two", "#{Built.NAME}/2"),
        ],
    );
    house
        .create(building(configuration, &["One", "Two"], vec![rest]))
        .await;
    let status = house.end("p").await;
    let built = house.history("p", "Build").await;
    assert_eq!(status, "Succeeded", "{built}");
    assert_eq!(house.text("out", "called/1/page.html").await, "one\ntwo\n");
    assert_eq!(
        house.text("out", "called/2/page.html").await,
        "src.zip blue small codepipeline/p\n"
    );
    assert_eq!(
        built["output"]["outputVariables"],
        json!({"NAME": "called"})
    );
    let id = &built["output"]["executionResult"]["externalExecutionId"];
    // §5.13: logStreamARN, known before the build has ended.
    let uuid = id.as_str().unwrap().split_once(':').unwrap().1;
    let arn = format!(
        "arn:aws:logs:us-east-1:000000000000:log-group:/aws/codebuild/hello:log-stream:{uuid}"
    );
    assert_eq!(
        built["output"]["executionResult"]["logStreamARN"],
        arn.as_str()
    );
    let state = house.stage("p", "Build").await;
    assert_eq!(
        state["actionStates"][0]["latestExecution"]["logStreamARN"],
        arn.as_str()
    );
    let codebuild = house.caller.to(CODEBUILD);
    let builds = codebuild.ok("ListBuilds", json!({})).await;
    assert_eq!(builds["ids"], json!([id]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_build_that_fails_says_where() {
    // contract codepipeline §6.4, failure
    let house = house().await;
    let configuration = json!({"ProjectName": "hello", "PrimarySource": "Src"});
    house.create(building(configuration, &[], Vec::new())).await;
    assert_eq!(house.end("p").await, "Failed");
    let state = house.stage("p", "Build").await;
    assert_eq!(
        state["actionStates"][0]["latestExecution"]["errorDetails"],
        json!({"code": "JobFailed", "message": "Build terminated with state: FAILED. Phase: BUILD, Code: COMMAND_EXECUTION_ERROR, Message: Error while executing command: exit 3. Reason: exit status 3"})
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn variables_that_cannot_be_had_fail_the_build() {
    // contract codebuild §4.4
    for (kind, said) in [
        (
            "PARAMETER_STORE",
            "Code: Decrypted Variables Error, Message: parameter does not exist: /path",
        ),
        (
            "SECRETS_MANAGER",
            "Code: Secrets Manager Error, Message: ResourceNotFoundException: Secrets Manager can't find the specified secret.",
        ),
    ] {
        let house = house().await;
        let variables = json!([{"name": "P", "value": "/path", "type": kind}]).to_string();
        let configuration = json!({"ProjectName": "hello", "PrimarySource": "Src", "EnvironmentVariables": variables});
        house.create(building(configuration, &[], Vec::new())).await;
        assert_eq!(house.end("p").await, "Failed");
        let state = house.stage("p", "Build").await;
        let error = &state["actionStates"][0]["latestExecution"]["errorDetails"]["message"];
        assert!(error.as_str().unwrap().ends_with(said), "{error}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deployment_of_an_application_that_is_not_there_fails() {
    // contract codepipeline §6.5, codedeploy §1.4
    let house = house().await;
    let configuration = json!({"ApplicationName": "app", "DeploymentGroupName": "group"});
    let deploy = action(
        "Deploy",
        "Deploy",
        "CodeDeploy",
        configuration,
        &["Src"],
        &[],
    );
    house
        .create(pipeline("p", vec![stage("Deploy", vec![deploy])]))
        .await;
    assert_eq!(house.end("p").await, "Failed");
    let state = house.stage("p", "Deploy").await;
    let said = "No application found for name: app";
    assert_eq!(
        state["actionStates"][0]["latestExecution"]["errorDetails"]["message"],
        said
    );
}
