//! StartBuildBatch (contract codebuild §3.3, §11).

use super::batched::{READS, batch, batching, created, groups, launch, run, start, wanted};
use super::sample::{self, build, project_arn};
use crate::support::caller::{CODEBUILD, Caller, ROLE, both};
use expect_test::expect;
use serde_json::{Value, json};
use slipway::engine::world::World;

#[tokio::test]
async fn a_batch_is_submitted_in_the_answer() {
    // contract codebuild §3.3, §11.2, §11.3; defaults §3.1.1
    let shown = both(CODEBUILD, async |caller| {
        created(&caller, "hello").await;
        let input = json!({"projectName": project_arn("hello")});
        caller.ok("StartBuildBatch", input).await
    });
    expect![[r#"
        {
          "buildBatch": {
            "arn": "arn:aws:codebuild:us-east-1:000000000000:build-batch/hello:<id:1>",
            "artifacts": {
              "location": ""
            },
            "buildBatchConfig": {
              "restrictions": {
                "maximumBuildsAllowed": 100
              },
              "serviceRole": "arn:aws:iam::000000000000:role/delivery",
              "timeoutInMins": 480
            },
            "buildBatchNumber": 1,
            "buildBatchStatus": "IN_PROGRESS",
            "buildGroups": [
              {
                "currentBuildSummary": {
                  "buildStatus": "PENDING",
                  "primaryArtifact": {
                    "identifier": "DOWNLOAD_SOURCE",
                    "type": "no_artifacts"
                  },
                  "secondaryArtifacts": []
                },
                "identifier": "DOWNLOAD_SOURCE",
                "ignoreFailure": false
              }
            ],
            "buildTimeoutInMinutes": 60,
            "cache": {
              "type": "NO_CACHE"
            },
            "complete": false,
            "currentPhase": "SUBMITTED",
            "debugSessionEnabled": false,
            "encryptionKey": "arn:aws:kms:us-east-1:000000000000:alias/aws/s3",
            "environment": {
              "computeType": "BUILD_GENERAL1_SMALL",
              "environmentVariables": [],
              "image": "any",
              "imagePullCredentialsType": "CODEBUILD",
              "privilegedMode": false,
              "type": "LINUX_CONTAINER"
            },
            "id": "hello:<id:1>",
            "initiator": "slipway",
            "logConfig": {
              "cloudWatchLogs": {
                "status": "ENABLED"
              },
              "s3Logs": {
                "encryptionDisabled": false,
                "status": "DISABLED"
              }
            },
            "phases": [
              {
                "phaseType": "SUBMITTED",
                "startTime": "<time>"
              }
            ],
            "projectName": "hello",
            "queuedTimeoutInMinutes": 480,
            "secondarySourceVersions": [],
            "secondarySources": [],
            "serviceRole": "arn:aws:iam::000000000000:role/delivery",
            "source": {
              "buildspec": "version: 0.2\nbatch:\n  build-graph:\n    - identifier: one\n    - identifier: two\n      depend-on: [one]\n      ignore-failure: true\n      buildspec: other.yml\n      env: {variables: {A: b}}\n",
              "insecureSsl": false,
              "type": "NO_SOURCE"
            },
            "startTime": "<time>"
          }
        }
    "#]].assert_eq(&shown.await);
}

#[tokio::test]
async fn overrides_are_for_this_batch_only() {
    // contract codebuild §3.3: overrides as StartBuild, some under other names
    let caller = Caller::new(CODEBUILD).await;
    created(&caller, "hello").await;
    let input = json!({
        "projectName": "hello",
        "buildspecOverride": "version: 0.2\nbatch: {build-fanout: {parallelism: 1}}",
        "buildTimeoutInMinutesOverride": 7,
        "queuedTimeoutInMinutesOverride": 8,
        "environmentVariablesOverride": [{"name": "A", "value": "b"}],
        "imageOverride": "other",
        "debugSessionEnabled": true,
        "buildBatchConfigOverride": {
            "serviceRole": ROLE,
            "timeoutInMins": 9,
            "restrictions": {"maximumBuildsAllowed": 2},
            "batchReportMode": "REPORT_INDIVIDUAL_BUILDS",
        },
    });
    let started = caller.ok("StartBuildBatch", input).await["buildBatch"].clone();
    assert_eq!(started["buildTimeoutInMinutes"], 7);
    assert_eq!(started["queuedTimeoutInMinutes"], 8);
    assert_eq!(started["environment"]["image"], "other");
    assert_eq!(
        started["environment"]["environmentVariables"][0]["name"],
        "A"
    );
    assert_eq!(started["debugSessionEnabled"], true);
    assert_eq!(
        started["buildBatchConfig"],
        json!({
            "serviceRole": ROLE,
            "timeoutInMins": 9,
            "restrictions": {"maximumBuildsAllowed": 2},
            "batchReportMode": "REPORT_INDIVIDUAL_BUILDS",
        })
    );
    let next = batch(&caller, &start(&caller, "hello").await).await;
    assert_eq!(next["buildTimeoutInMinutes"], 60);
    assert_eq!(next["buildBatchNumber"], 2);
}

#[tokio::test]
async fn its_builds_are_builds_of_the_project_with_the_tasks_changes() {
    // contract codebuild §11.3: children; §2: numbers; §6: CODEBUILD_BATCH_BUILD_IDENTIFIER is tested with real builds
    let caller = Caller::new(CODEBUILD).await;
    created(&caller, "hello").await;
    let id = start(&caller, "hello").await;
    assert_eq!(
        groups(&batch(&caller, &id).await),
        ["DOWNLOAD_SOURCE PENDING"]
    );
    let reads = run(&caller, &id, READS, true).await;
    run(&caller, &id, "one", true).await;
    let two = launch(&caller, &id, "two").await;
    let shown = batch(&caller, &id).await;
    assert_eq!(
        groups(&shown),
        [
            "DOWNLOAD_SOURCE SUCCEEDED",
            "one SUCCEEDED",
            "two IN_PROGRESS"
        ]
    );
    let (reads, two) = (build(&caller, &reads).await, build(&caller, &two).await);
    assert_eq!(reads["buildBatchArn"], shown["arn"]);
    assert_eq!(
        [&reads["buildNumber"], &two["buildNumber"]],
        [&json!(1), &json!(3)]
    );
    assert_eq!(two["source"]["buildspec"], "other.yml");
    assert_eq!(two["environment"]["environmentVariables"][0]["value"], "b");
    assert!(reads.get("autoRetryConfig").is_none());
    let listed = caller
        .ok("ListBuildsForProject", json!({"projectName": "hello"}))
        .await;
    assert_eq!(listed["ids"].as_array().unwrap().len(), 3);
    assert_eq!(
        shown["buildGroups"][2]["currentBuildSummary"]["arn"],
        two["arn"]
    );
}

#[tokio::test]
async fn an_attempt_starts_one_build_and_none_when_nobody_waits() {
    // ours: performing an effect twice is harmless, and a stopped batch starts nothing
    let caller = Caller::new(CODEBUILD).await;
    created(&caller, "hello").await;
    let id = start(&caller, "hello").await;
    let job = wanted(&caller, &id, READS);
    let world = &caller.server.app.world;
    let first = world.launch_batch_build(job.clone()).await.unwrap();
    assert_eq!(world.launch_batch_build(job.clone()).await.unwrap(), first);
    let other = start(&caller, "hello").await;
    let late = wanted(&caller, &other, READS);
    caller.ok("StopBuildBatch", json!({"id": other})).await;
    assert!(world.launch_batch_build(late).await.is_err());
    let listed = caller.ok("ListBuilds", json!({})).await;
    assert_eq!(listed["ids"], json!([first]));
}

#[tokio::test]
async fn a_limit_of_the_project_does_not_stop_a_batch_that_was_started() {
    // our reading of contract codebuild §4.7: StartBuild above the limit is refused
    let caller = Caller::new(CODEBUILD).await;
    let mut project = batching("hello");
    project["concurrentBuildLimit"] = json!(1);
    project["autoRetryLimit"] = json!(2);
    caller.ok("CreateProject", project).await;
    sample::start(&caller, "hello").await;
    let id = start(&caller, "hello").await;
    let child = launch(&caller, &id, READS).await;
    // §4.7: no automatic retries in batches
    assert!(
        build(&caller, &child)
            .await
            .get("autoRetryConfig")
            .is_none()
    );
}

#[tokio::test]
async fn a_token_starts_one_batch() {
    // contract codebuild §1.3, §3.2.1; builds and batches may use the same token
    let caller = Caller::new(CODEBUILD).await;
    created(&caller, "hello").await;
    let input = json!({"projectName": "hello", "idempotencyToken": "t"});
    let first = caller.ok("StartBuildBatch", input.clone()).await;
    assert_eq!(caller.ok("StartBuildBatch", input.clone()).await, first);
    caller.ok("StartBuild", input).await;
    let other = json!({"projectName": "hello", "idempotencyToken": "t", "sourceVersion": "x"});
    let said = caller.refused("StartBuildBatch", other).await;
    assert_eq!(said.code, "InvalidInputException");
    assert!(said.message.contains("parameter mismatch"), "{said:?}");
}

#[tokio::test]
async fn what_cannot_be_started_is_refused() {
    // contract codebuild §1.2, §3.3
    let caller = Caller::new(CODEBUILD).await;
    sample::created(&caller, "plain").await;
    created(&caller, "hello").await;
    let cases: [(Value, &str, &str); 7] = [
        (
            json!({"projectName": "nobody"}),
            "ResourceNotFoundException",
            "Project cannot be found: arn:aws:codebuild:us-east-1:000000000000:project/nobody",
        ),
        (
            json!({"projectName": "plain"}),
            "InvalidInputException",
            "Project plain has no buildBatchConfig: set one on the project, or give buildBatchConfigOverride",
        ),
        (
            json!({"projectName": "plain", "buildBatchConfigOverride": {"timeoutInMins": 5}}),
            "InvalidInputException",
            "The buildBatchConfig of project plain has no serviceRole, which a batch needs",
        ),
        (
            json!({"projectName": "hello", "buildBatchConfigOverride": {"serviceRole": "arn:aws:iam::000000000000:role/nobody"}}),
            "InvalidInputException",
            "CodeBuild is not authorized to perform: sts:AssumeRole on arn:aws:iam::000000000000:role/nobody",
        ),
        (
            // contract codebuild §1.1: invalid inline buildspec for batch; the words are ours
            json!({"projectName": "hello", "buildspecOverride": "version: 0.2\nphases: {}"}),
            "InvalidInputException",
            "Invalid buildspec for a build batch: batch: expected a block batch in the buildspec of a batch at line 1",
        ),
        (
            json!({"projectName": "hello", "artifactsOverride": {"type": "S3"}}),
            "InvalidInputException",
            "Project artifact location is required",
        ),
        (
            // contract codebuild §0
            json!({"projectName": "hello", "buildTimeoutInMinutesOverride": 2161}),
            "InvalidInputException",
            "Invalid timeout. Should be between 5 minutes and 36 hours",
        ),
    ];
    for (input, code, said) in cases {
        caller
            .expect_refusal("StartBuildBatch", input, code, said)
            .await;
    }
}
