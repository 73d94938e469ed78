//! StartSandbox (contract codebuild §3.8, §12.5).

use super::sample::{created, project_arn};
use crate::support::caller::{CODEBUILD, Caller, both};
use expect_test::expect;
use serde_json::json;

#[tokio::test]
async fn a_sandbox_is_queued_in_the_answer() {
    // contract codebuild §3.8: {"sandbox": …}, QUEUED; §12.5: members
    let shown = both(CODEBUILD, async |caller| {
        created(&caller, "hello").await;
        let input = json!({"projectName": project_arn("hello")});
        let started = caller.ok("StartSandbox", input).await;
        // A sandbox is no build.
        assert_eq!(caller.ok("ListBuilds", json!({})).await["ids"], json!([]));
        started
    });
    expect![[r#"
        {
          "sandbox": {
            "arn": "arn:aws:codebuild:us-east-1:000000000000:sandbox/hello:<id:1>",
            "currentSession": {
              "currentPhase": "QUEUED",
              "id": "<id:2>",
              "logs": {
                "cloudWatchLogs": {
                  "status": "ENABLED"
                },
                "cloudWatchLogsArn": "arn:aws:logs:us-east-1:000000000000:log-group:null:log-stream:null",
                "deepLink": "https://console.aws.amazon.com/cloudwatch/home?region=us-east-1#logsV2:log-groups",
                "s3Logs": {
                  "encryptionDisabled": false,
                  "status": "DISABLED"
                }
              },
              "phases": [
                {
                  "durationInSeconds": "<seconds>",
                  "endTime": "<time>",
                  "phaseStatus": "SUCCEEDED",
                  "phaseType": "SUBMITTED",
                  "startTime": "<time>"
                },
                {
                  "phaseType": "QUEUED",
                  "startTime": "<time>"
                }
              ],
              "status": "QUEUED"
            },
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
            "projectName": "hello",
            "queuedTimeoutInMinutes": 480,
            "requestTime": "<time>",
            "secondarySourceVersions": [],
            "secondarySources": [],
            "serviceRole": "arn:aws:iam::000000000000:role/delivery",
            "source": {
              "buildspec": "version: 0.2",
              "insecureSsl": false,
              "type": "NO_SOURCE"
            },
            "status": "QUEUED",
            "timeoutInMinutes": 60
          }
        }
    "#]].assert_eq(&shown.await);
}

#[tokio::test]
async fn a_token_starts_one_sandbox() {
    // contract codebuild §1.3
    let caller = Caller::new(CODEBUILD).await;
    created(&caller, "hello").await;
    created(&caller, "other").await;
    let input = json!({"projectName": "hello", "idempotencyToken": "t"});
    let first = caller.ok("StartSandbox", input.clone()).await;
    assert_eq!(caller.ok("StartSandbox", input).await, first);
    let input = json!({"projectName": "other", "idempotencyToken": "t"});
    let said = caller.refused("StartSandbox", input).await;
    assert!(said.message.contains("parameter mismatch"), "{said:?}");
}

#[tokio::test]
async fn a_project_is_needed_and_has_to_be_there() {
    // contract codebuild §3.8: absent is InvalidInput; §1.1
    let caller = Caller::new(CODEBUILD).await;
    let said = "Project name is required";
    caller
        .expect_refusal("StartSandbox", json!({}), "InvalidInputException", said)
        .await;
    let said = "Project cannot be found: arn:aws:codebuild:us-east-1:000000000000:project/nobody";
    let input = json!({"projectName": "nobody"});
    caller
        .expect_refusal("StartSandbox", input, "ResourceNotFoundException", said)
        .await;
}
