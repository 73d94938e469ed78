//! Batches with real builds.

use super::house::{House, pipeline, stage};
use crate::codepipeline::sample::action;
use crate::support::caller::{CODEBUILD, Caller, ROLE};
use crate::support::wait_for;
use camino::Utf8Path;
use serde_json::{Value, json};
use slipway::config::{Config, Data};

const SPEC: &str = r#"version: 0.2
batch:
  build-graph:
    - identifier: one
      env: {variables: {WORD: first}}
    - identifier: two
      depend-on: [one]
      env: {variables: {WORD: second}}
phases:
  build:
    commands:
      - mkdir out
      - echo "$WORD $CODEBUILD_BATCH_BUILD_IDENTIFIER" > out/$WORD.txt
      - echo "$WORD" > out/same.txt
      - test "$WORD" != "$BAD"
artifacts:
  base-directory: out
  files: ['**/*']
"#;

fn project(artifacts: Value, bad: &str) -> Value {
    let source = match artifacts["type"].as_str() {
        Some("CODEPIPELINE") => json!({"type": "CODEPIPELINE"}),
        _ => json!({"type": "S3", "location": "incoming/src.zip"}),
    };
    json!({
        "name": "hello",
        "source": source,
        "artifacts": artifacts,
        "environment": {
            "type": "LINUX_CONTAINER", "image": "any", "computeType": "BUILD_GENERAL1_SMALL",
            "environmentVariables": [{"name": "BAD", "value": bad}],
        },
        "serviceRole": ROLE,
        "buildBatchConfig": {"serviceRole": ROLE, "combineArtifacts": true},
    })
}

async fn house(config: Config, project: Value) -> House {
    let house = House::with(config).await;
    house
        .caller
        .to(CODEBUILD)
        .ok("CreateProject", project)
        .await;
    house
        .put("incoming", "src.zip", &[("buildspec.yml", SPEC)])
        .await;
    house
}

async fn batch(codebuild: &Caller, id: &str) -> Value {
    let got = codebuild
        .ok("BatchGetBuildBatches", json!({"ids": [id]}))
        .await;
    got["buildBatches"][0].clone()
}

async fn end(codebuild: &Caller, id: &str) -> Value {
    wait_for(&format!("the end of {id}"), async || {
        let batch = batch(codebuild, id).await;
        (batch["complete"] == true).then_some(batch)
    })
    .await
}

async fn start(codebuild: &Caller) -> String {
    let started = codebuild
        .ok("StartBuildBatch", json!({"projectName": "hello"}))
        .await;
    started["buildBatch"]["id"].as_str().unwrap().to_owned()
}

fn statuses(batch: &Value) -> Vec<&str> {
    let groups = batch["buildGroups"].as_array().unwrap().iter();
    groups
        .map(|group| {
            group["currentBuildSummary"]["buildStatus"]
                .as_str()
                .unwrap()
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_graph_runs_in_order_and_its_artifacts_are_combined() {
    // contract codebuild §11.1, §11.2, §11.3, §6 CODEBUILD_BATCH_BUILD_IDENTIFIER, §14.39
    let artifacts = json!({"type": "S3", "location": "out", "path": "made", "name": "all"});
    let house = house(Config::in_memory(), project(artifacts, "none")).await;
    let codebuild = house.caller.to(CODEBUILD);
    let id = start(&codebuild).await;
    let done = end(&codebuild, &id).await;
    assert_eq!(done["buildBatchStatus"], "SUCCEEDED", "{done:#}");
    assert_eq!(statuses(&done), ["SUCCEEDED"; 3]);
    let summary = |group: usize| &done["buildGroups"][group]["currentBuildSummary"];
    assert_eq!(
        summary(1)["primaryArtifact"],
        json!({"type": "s3", "location": "arn:aws:s3:::out/made/one/all", "identifier": "one"})
    );
    let asked = |group: usize| summary(group)["requestedOn"].as_f64().unwrap();
    assert!(asked(1) <= asked(2), "two waits for one");
    assert_eq!(done["artifacts"]["location"], "arn:aws:s3:::out/made/all");
    for (key, text) in [
        ("made/all/first.txt", "first one\n"),
        ("made/all/second.txt", "second two\n"),
        ("made/all/same.txt", "second\n"),
        ("made/one/all/same.txt", "first\n"),
    ] {
        assert_eq!(house.text("out", key).await, text, "{key}");
    }
    let version = &done["resolvedSourceVersion"];
    let ids = codebuild
        .ok("ListBuildsForProject", json!({"projectName": "hello"}))
        .await;
    let builds = codebuild
        .ok("BatchGetBuilds", json!({"ids": ids["ids"]}))
        .await;
    let builds = builds["builds"].as_array().unwrap();
    assert_eq!(builds.len(), 3);
    for build in builds {
        assert_eq!(build["buildBatchArn"], done["arn"]);
        assert_eq!(&build["resolvedSourceVersion"], version);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failed_build_stops_what_waits_for_it_and_can_be_retried() {
    // contract codebuild §11.1: dependants become STOPPED; §11.4: RETRY_FAILED_BUILDS
    let none = json!({"type": "NO_ARTIFACTS"});
    let house = house(Config::in_memory(), project(none, "first")).await;
    let codebuild = house.caller.to(CODEBUILD);
    let id = start(&codebuild).await;
    let failed = end(&codebuild, &id).await;
    assert_eq!(failed["buildBatchStatus"], "FAILED", "{failed:#}");
    assert_eq!(statuses(&failed), ["SUCCEEDED", "FAILED", "STOPPED"]);
    let input = json!({"id": id, "retryType": "RETRY_FAILED_BUILDS"});
    codebuild.ok("RetryBuildBatch", input).await;
    let again = end(&codebuild, &id).await;
    assert_eq!(statuses(&again), ["SUCCEEDED", "FAILED", "STOPPED"]);
    let prior = &again["buildGroups"][1]["priorBuildSummaryList"];
    assert_eq!(prior[0], failed["buildGroups"][1]["currentBuildSummary"]);
    let listed = codebuild.ok("ListBuilds", json!({})).await;
    assert_eq!(listed["ids"].as_array().unwrap().len(), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_buildspec_without_a_batch_fails_the_batch() {
    // contract codebuild §11.1: failure in DOWNLOAD_BATCHSPEC
    let none = json!({"type": "NO_ARTIFACTS"});
    let house = house(Config::in_memory(), project(none, "none")).await;
    let codebuild = house.caller.to(CODEBUILD);
    let spec = "version: 0.2\nphases: {build: {commands: ['true']}}";
    house
        .put("incoming", "plain.zip", &[("buildspec.yml", spec)])
        .await;
    let input = json!({"projectName": "hello", "sourceLocationOverride": "incoming/plain.zip"});
    let started = codebuild.ok("StartBuildBatch", input).await;
    let id = started["buildBatch"]["id"].as_str().unwrap();
    let failed = end(&codebuild, id).await;
    let phase = &failed["phases"][1];
    assert_eq!(phase["phaseType"], "DOWNLOAD_BATCHSPEC");
    assert_eq!(phase["phaseStatus"], "FAILED");
    assert_eq!(
        phase["contexts"],
        json!([{
            "statusCode": "YAML_FILE_ERROR",
            "message": "batch: expected a block batch in the buildspec of a batch at line 1",
        }])
    );
}

const SLOW: &str = "version: 0.2
batch: {build-list: [{identifier: slow}]}
phases: {build: {commands: ['sleep 600']}}
";

async fn slow(codebuild: &Caller) -> String {
    let input = json!({"projectName": "hello", "buildspecOverride": SLOW});
    let started = codebuild.ok("StartBuildBatch", input).await;
    let id = started["buildBatch"]["id"].as_str().unwrap().to_owned();
    wait_for("the slow build", async || {
        let batch = batch(codebuild, &id).await;
        let arn = &batch["buildGroups"][1]["currentBuildSummary"]["arn"];
        let builds = codebuild
            .ok("BatchGetBuilds", json!({"ids": [arn.as_str()?]}))
            .await;
        (builds["builds"][0]["currentPhase"] == "BUILD").then_some(())
    })
    .await;
    id
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stopped_batch_stops_its_builds() {
    // contract codebuild §3.3
    let none = json!({"type": "NO_ARTIFACTS"});
    let house = house(Config::in_memory(), project(none, "none")).await;
    let codebuild = house.caller.to(CODEBUILD);
    let id = slow(&codebuild).await;
    let stopped = codebuild.ok("StopBuildBatch", json!({"id": id})).await["buildBatch"].clone();
    assert_eq!(stopped["buildBatchStatus"], "STOPPED");
    let arn = &stopped["buildGroups"][1]["currentBuildSummary"]["arn"];
    wait_for("the build's end", async || {
        let builds = codebuild.ok("BatchGetBuilds", json!({"ids": [arn]})).await;
        (builds["builds"][0]["buildStatus"] == "STOPPED").then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_batch_outlives_the_server() {
    // ours: what is acknowledged is not lost; a build that lost its sandbox is a FAULT (contract codebuild §4.4), and so fails its
    // batch, which can be retried
    let temporary = tempfile::tempdir().unwrap();
    let folder = Utf8Path::from_path(temporary.path()).unwrap().join("data");
    let config = Config {
        data: Data::Folder(folder),
        ..Config::in_memory()
    };
    let none = json!({"type": "NO_ARTIFACTS"});
    let house = house(config.clone(), project(none, "none")).await;
    let id = slow(&house.caller.to(CODEBUILD)).await;
    house.app().close().await.unwrap();
    drop(house);

    let app = super::house::open(config).await;
    app.resume().await;
    let server = crate::support::Server::of(app).await;
    let codebuild = Caller::again(server, CODEBUILD);
    let done = end(&codebuild, &id).await;
    assert_eq!(done["buildBatchStatus"], "FAILED");
    assert_eq!(statuses(&done), ["SUCCEEDED", "FAULT"]);
    let input = json!({"id": id, "retryType": "RETRY_FAILED_BUILDS"});
    let again = codebuild.ok("RetryBuildBatch", input).await;
    assert_eq!(again["buildBatch"]["buildBatchStatus"], "IN_PROGRESS");
    codebuild.ok("StopBuildBatch", json!({"id": id})).await;
}

/// A pipeline that builds `Src` in a batch.
fn building(combine: bool, outputs: &[&str]) -> Value {
    let configuration = json!({
        "ProjectName": "hello", "BatchEnabled": "true", "CombineArtifacts": combine.to_string(),
    });
    let build = action(
        "Build",
        "Build",
        "CodeBuild",
        configuration,
        &["Src"],
        outputs,
    );
    pipeline("p", vec![stage("Build", vec![build])])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_action_waits_for_its_batch_and_has_the_combined_artifacts() {
    // contract codepipeline §6.4: BatchEnabled, CombineArtifacts; external id is the batch's
    let artifacts = json!({"type": "CODEPIPELINE"});
    let house = house(Config::in_memory(), project(artifacts, "none")).await;
    house.create(building(true, &["Made"])).await;
    assert_eq!(house.end("p").await, "Succeeded");
    let built = house.history("p", "Build").await;
    let id = built["output"]["executionResult"]["externalExecutionId"]
        .as_str()
        .unwrap();
    let codebuild = house.caller.to(CODEBUILD);
    let done = batch(&codebuild, id).await;
    assert_eq!(done["buildBatchStatus"], "SUCCEEDED");
    assert_eq!(done["source"]["type"], "CODEPIPELINE");
    assert_eq!(done["initiator"], "codepipeline/p");
    let at = &built["output"]["outputArtifacts"][0]["s3location"];
    let (bucket, key) = (at["bucket"].as_str().unwrap(), at["key"].as_str().unwrap());
    let names = names(house.get(bucket, key).await);
    assert_eq!(names, ["first.txt", "same.txt", "second.txt"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_action_may_have_an_output_for_every_build() {
    // contract codepipeline §6.4: without CombineArtifacts a batch writes per-build outputs
    let artifacts = json!({"type": "CODEPIPELINE"});
    let house = house(Config::in_memory(), project(artifacts, "none")).await;
    house.create(building(false, &["one", "two"])).await;
    assert_eq!(house.end("p").await, "Succeeded");
    let built = house.history("p", "Build").await;
    for (place, expected) in [["first.txt", "same.txt"], ["same.txt", "second.txt"]]
        .iter()
        .enumerate()
    {
        let at = &built["output"]["outputArtifacts"][place]["s3location"];
        let (bucket, key) = (at["bucket"].as_str().unwrap(), at["key"].as_str().unwrap());
        assert_eq!(names(house.get(bucket, key).await), *expected);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_batch_that_fails_fails_its_action() {
    // contract codepipeline §6.4, failure
    let artifacts = json!({"type": "CODEPIPELINE"});
    let house = house(Config::in_memory(), project(artifacts, "second")).await;
    house.create(building(true, &["Made"])).await;
    assert_eq!(house.end("p").await, "Failed");
    let state = house.stage("p", "Build").await;
    let error = &state["actionStates"][0]["latestExecution"]["errorDetails"]["message"];
    let error = error.as_str().unwrap();
    assert!(
        error.starts_with("Build terminated with state: FAILED. Phase: IN_PROGRESS"),
        "{error}"
    );
}

fn names(zip: Vec<u8>) -> Vec<String> {
    let zip = zip::ZipArchive::new(std::io::Cursor::new(zip)).unwrap();
    let names = zip.file_names().map(|name| name.unwrap().to_string());
    let mut names: Vec<String> = names.collect();
    names.sort();
    names
}
