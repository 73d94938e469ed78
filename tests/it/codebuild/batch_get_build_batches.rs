//! BatchGetBuildBatches (contract codebuild §3.3, §11.2, §11.3).

use super::batched::{READS, batch_arn, created, run, start};
use super::sample::NOBODY;
use crate::support::caller::{CODEBUILD, Caller, both};
use expect_test::expect;
use serde_json::json;

#[tokio::test]
async fn a_batch_is_shown_with_its_groups_and_phases() {
    // contract codebuild §11.2: ends as SUCCEEDED, no COMPLETED; §11.3: groups and lower-case artifact types
    let shown = both(CODEBUILD, async |caller| {
        created(&caller, "hello").await;
        let id = start(&caller, "hello").await;
        for (group, good) in [(READS, true), ("one", true), ("two", false)] {
            run(&caller, &id, group, good).await;
        }
        let batch = super::batched::batch(&caller, &id).await;
        let members = [
            "buildBatchStatus",
            "buildGroups",
            "complete",
            "currentPhase",
            "endTime",
            "phases",
        ];
        members
            .iter()
            .map(|member| (member.to_string(), batch[member].clone()))
            .collect()
    });
    expect![[r#"
        {
          "buildBatchStatus": "SUCCEEDED",
          "buildGroups": [
            {
              "currentBuildSummary": {
                "arn": "arn:aws:codebuild:us-east-1:000000000000:build/hello:<id:1>",
                "buildStatus": "SUCCEEDED",
                "primaryArtifact": {
                  "identifier": "DOWNLOAD_SOURCE",
                  "type": "no_artifacts"
                },
                "requestedOn": "<time>",
                "secondaryArtifacts": []
              },
              "identifier": "DOWNLOAD_SOURCE",
              "ignoreFailure": false
            },
            {
              "currentBuildSummary": {
                "arn": "arn:aws:codebuild:us-east-1:000000000000:build/hello:<id:2>",
                "buildStatus": "SUCCEEDED",
                "primaryArtifact": {
                  "identifier": "one",
                  "type": "no_artifacts"
                },
                "requestedOn": "<time>",
                "secondaryArtifacts": []
              },
              "dependsOn": [],
              "identifier": "one",
              "ignoreFailure": false
            },
            {
              "currentBuildSummary": {
                "arn": "arn:aws:codebuild:us-east-1:000000000000:build/hello:<id:3>",
                "buildStatus": "FAILED",
                "primaryArtifact": {
                  "identifier": "two",
                  "type": "no_artifacts"
                },
                "requestedOn": "<time>",
                "secondaryArtifacts": []
              },
              "dependsOn": [
                "one"
              ],
              "identifier": "two",
              "ignoreFailure": true
            }
          ],
          "complete": true,
          "currentPhase": "SUCCEEDED",
          "endTime": "<time>",
          "phases": [
            {
              "durationInSeconds": "<seconds>",
              "endTime": "<time>",
              "phaseStatus": "SUCCEEDED",
              "phaseType": "SUBMITTED",
              "startTime": "<time>"
            },
            {
              "durationInSeconds": "<seconds>",
              "endTime": "<time>",
              "phaseStatus": "SUCCEEDED",
              "phaseType": "DOWNLOAD_BATCHSPEC",
              "startTime": "<time>"
            },
            {
              "durationInSeconds": "<seconds>",
              "endTime": "<time>",
              "phaseStatus": "SUCCEEDED",
              "phaseType": "IN_PROGRESS",
              "startTime": "<time>"
            },
            {
              "durationInSeconds": "<seconds>",
              "endTime": "<time>",
              "phaseStatus": "SUCCEEDED",
              "phaseType": "COMBINE_ARTIFACTS",
              "startTime": "<time>"
            },
            {
              "phaseType": "SUCCEEDED",
              "startTime": "<time>"
            }
          ]
        }
    "#]]
    .assert_eq(&shown.await);
}

#[tokio::test]
async fn each_is_shown_once_and_what_is_missing_comes_back_as_it_was_written() {
    // contract codebuild §3 "Conventions", §1.3: no ids at all are allowed
    let caller = Caller::new(CODEBUILD).await;
    created(&caller, "hello").await;
    let id = start(&caller, "hello").await;
    let asked = json!({"ids": [batch_arn(&id), id, NOBODY, "arn:other"]});
    let got = caller.ok("BatchGetBuildBatches", asked).await;
    assert_eq!(got["buildBatches"].as_array().unwrap().len(), 1);
    assert_eq!(got["buildBatchesNotFound"], json!([NOBODY, "arn:other"]));
    let none = caller.ok("BatchGetBuildBatches", json!({"ids": []})).await;
    assert_eq!(
        none,
        json!({"buildBatches": [], "buildBatchesNotFound": []})
    );
    // A batch is no build, and a region has its own.
    let got = caller.ok("BatchGetBuilds", json!({"ids": [id]})).await;
    assert_eq!(got["buildsNotFound"], json!([id]));
    let elsewhere = caller.in_region("eu-west-1");
    let got = elsewhere
        .ok("BatchGetBuildBatches", json!({"ids": [id]}))
        .await;
    assert_eq!(got["buildBatchesNotFound"], json!([id]));
}
