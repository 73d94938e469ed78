//! StartBuild (contract codebuild §3.2, §3.2.1, §3.2.2).

use super::sample::{build, created, project, project_arn, start};
use crate::support::caller::{CODEBUILD, Caller, both, with};
use expect_test::expect;
use serde_json::{Value, json};

const INVALID: &str = "InvalidInputException";

#[tokio::test]
async fn a_new_build_is_queued() {
    // contract codebuild §0, §3.2.2, §4.1, §14 8, 9, 45
    let shown = both(CODEBUILD, async |caller| {
        created(&caller, "hello").await;
        caller
            .ok("StartBuild", json!({"projectName": "hello"}))
            .await
    });
    expect![[r#"
        {
          "build": {
            "arn": "arn:aws:codebuild:us-east-1:000000000000:build/hello:<id:1>",
            "artifacts": {
              "location": ""
            },
            "buildComplete": false,
            "buildNumber": 1,
            "buildStatus": "IN_PROGRESS",
            "cache": {
              "type": "NO_CACHE"
            },
            "currentPhase": "QUEUED",
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
            "projectName": "hello",
            "queuedTimeoutInMinutes": 480,
            "secondarySourceVersions": [],
            "secondarySources": [],
            "serviceRole": "arn:aws:iam::000000000000:role/delivery",
            "source": {
              "buildspec": "version: 0.2",
              "insecureSsl": false,
              "type": "NO_SOURCE"
            },
            "startTime": "<time>",
            "timeoutInMinutes": 60
          }
        }
    "#]].assert_eq(&shown.await);
}

#[tokio::test]
async fn overrides_are_for_this_build_and_leave_the_project() {
    // contract codebuild §0 (the artifacts of S3), §3.2.1, §14 24, 25
    let shown = both(CODEBUILD, async |caller| {
        let mut base = project("hello");
        base["environment"]["environmentVariables"] =
            json!([{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]);
        caller.ok("CreateProject", base).await;
        let before = caller
            .ok("BatchGetProjects", json!({"names": ["hello"]}))
            .await;
        let body = json!({
            "projectName": project_arn("hello"),
            "sourceTypeOverride": "S3", "sourceLocationOverride": "in/src.zip", "sourceVersion": "v1",
            "buildspecOverride": "ci.yml",
            "secondarySourcesOverride": [{"type": "S3", "location": "b/k", "sourceIdentifier": "x"}],
            "secondarySourcesVersionOverride": [{"sourceIdentifier": "x", "sourceVersion": "w"}],
            "artifactsOverride": {"type": "S3", "location": "arn:aws:s3:::out", "path": "/p/", "namespaceType": "BUILD_ID", "name": "site.zip", "packaging": "ZIP"},
            "environmentVariablesOverride": [{"name": "B", "value": "3"}, {"name": "C", "value": ""}],
            "environmentTypeOverride": "ARM_CONTAINER", "imageOverride": "other", "computeTypeOverride": "BUILD_GENERAL1_LARGE", "privilegedModeOverride": true,
            "cacheOverride": {"type": "LOCAL", "modes": ["LOCAL_SOURCE_CACHE"]},
            "logsConfigOverride": {"cloudWatchLogs": {"status": "DISABLED"}, "s3Logs": {"status": "ENABLED", "location": "logs/here"}},
            "timeoutInMinutesOverride": 7, "queuedTimeoutInMinutesOverride": 8,
            "encryptionKeyOverride": "alias/mine",
            "debugSessionEnabled": true,
            "autoRetryLimitOverride": 2,
        });
        let answer = caller.ok("StartBuild", body).await;
        assert_eq!(
            caller
                .ok("BatchGetProjects", json!({"names": ["hello"]}))
                .await,
            before
        );
        answer
    });
    expect![[r#"
        {
          "build": {
            "arn": "arn:aws:codebuild:us-east-1:000000000000:build/hello:<id:1>",
            "artifacts": {
              "encryptionDisabled": false,
              "location": "arn:aws:s3:::out/p/<id:1>/site.zip",
              "name": "site.zip",
              "namespaceType": "buildId",
              "packaging": "zip",
              "path": "/p/",
              "type": "s3"
            },
            "autoRetryConfig": {
              "autoRetryLimit": 2,
              "autoRetryNumber": 0
            },
            "buildComplete": false,
            "buildNumber": 1,
            "buildStatus": "IN_PROGRESS",
            "cache": {
              "modes": [
                "LOCAL_SOURCE_CACHE"
              ],
              "type": "LOCAL"
            },
            "currentPhase": "QUEUED",
            "debugSession": {
              "sessionEnabled": true
            },
            "encryptionKey": "alias/mine",
            "environment": {
              "computeType": "BUILD_GENERAL1_LARGE",
              "environmentVariables": [
                {
                  "name": "A",
                  "type": "PLAINTEXT",
                  "value": "1"
                },
                {
                  "name": "B",
                  "type": "PLAINTEXT",
                  "value": "3"
                },
                {
                  "name": "C",
                  "type": "PLAINTEXT",
                  "value": ""
                }
              ],
              "image": "other",
              "imagePullCredentialsType": "CODEBUILD",
              "privilegedMode": true,
              "type": "ARM_CONTAINER"
            },
            "id": "hello:<id:1>",
            "initiator": "slipway",
            "logs": {
              "cloudWatchLogs": {
                "status": "DISABLED"
              },
              "s3Logs": {
                "encryptionDisabled": false,
                "location": "logs/here",
                "status": "ENABLED"
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
            "projectName": "hello",
            "queuedTimeoutInMinutes": 8,
            "secondarySourceVersions": [
              {
                "sourceIdentifier": "x",
                "sourceVersion": "w"
              }
            ],
            "secondarySources": [
              {
                "insecureSsl": false,
                "location": "b/k",
                "sourceIdentifier": "x",
                "type": "S3"
              }
            ],
            "serviceRole": "arn:aws:iam::000000000000:role/delivery",
            "source": {
              "buildspec": "ci.yml",
              "insecureSsl": false,
              "location": "in/src.zip",
              "type": "S3"
            },
            "sourceVersion": "v1",
            "startTime": "<time>",
            "timeoutInMinutes": 7
          }
        }
    "#]]
    .assert_eq(&shown.await);
}

#[tokio::test]
async fn builds_count_from_one_and_their_ids_are_project_and_uuid() {
    // contract codebuild §2, §14 11
    let caller = Caller::new(CODEBUILD).await;
    created(&caller, "hello").await;
    created(&caller, "other").await;
    for number in 1..=3 {
        let id = start(&caller, "hello").await;
        assert_eq!(build(&caller, &id).await["buildNumber"], number);
        let uuid = id.strip_prefix("hello:").unwrap();
        assert_eq!(uuid::Uuid::parse_str(uuid).unwrap().to_string(), uuid);
    }
    let id = start(&caller, "other").await;
    assert_eq!(build(&caller, &id).await["buildNumber"], 1);
}

#[tokio::test]
async fn the_same_token_with_the_same_request_gives_the_same_build() {
    // contract codebuild §0, §3.2.1, §14 26
    let caller = Caller::new(CODEBUILD).await;
    created(&caller, "hello").await;
    let body =
        json!({"projectName": "hello", "idempotencyToken": "t", "timeoutInMinutesOverride": 9});
    let first = caller.ok("StartBuild", body.clone()).await;
    assert_eq!(caller.ok("StartBuild", body.clone()).await, first);
    let said = "Request parameter mismatch for idempotency token t";
    for (member, value) in [
        ("timeoutInMinutesOverride", json!(10)),
        ("projectName", json!(project_arn("hello"))),
    ] {
        let mut other = body.clone();
        other[member] = value;
        caller
            .expect_refusal("StartBuild", other, INVALID, said)
            .await;
    }
    let mut fresh = body.clone();
    fresh["idempotencyToken"] = json!("u");
    assert_ne!(
        caller.ok("StartBuild", fresh).await["build"]["id"],
        first["build"]["id"]
    );
    caller
        .ok("StopBuild", json!({"id": first["build"]["id"]}))
        .await;
    let again = caller.ok("StartBuild", body).await;
    assert_eq!(
        again["build"]["buildStatus"], "STOPPED",
        "the build as it is now"
    );
}

#[tokio::test]
async fn a_project_that_is_not_there_is_not_found_before_overrides_are_judged() {
    // contract codebuild §1.2, §3.2 order of checks, §14 16
    let caller = Caller::new(CODEBUILD).await;
    created(&caller.in_region("eu-west-1"), "hello").await;
    let said = format!("Project cannot be found: {}", project_arn("hello"));
    for name in ["hello".to_owned(), project_arn("hello")] {
        let body = json!({"projectName": name, "artifactsOverride": {"type": "S3"}});
        caller
            .expect_refusal("StartBuild", body, "ResourceNotFoundException", &said)
            .await;
    }
}

#[tokio::test]
async fn overrides_are_judged_like_projects() {
    // contract codebuild §0, §1.2, §3.1: NO_SOURCE needs a buildspec at build time, not at create
    let caller = Caller::new(CODEBUILD).await;
    created(&caller, "hello").await;
    let bare = with(project("bare"), "/source/buildspec", Value::Null);
    caller.ok("CreateProject", bare).await;
    let cases = [
        (
            json!({"sourceTypeOverride": "S3"}),
            "Project source location is required",
        ),
        (
            json!({"sourceTypeOverride": "S3", "sourceLocationOverride": "b/folder/", "sourceVersion": "v"}),
            "Source version should be empty for S3 folder source location",
        ),
        (
            json!({"reportBuildStatusOverride": false}),
            "Source type NO_SOURCE does not support ReportBuildStatus",
        ),
        (
            json!({"artifactsOverride": {"type": "S3"}}),
            "Project artifact location is required",
        ),
        (
            json!({"artifactsOverride": {"type": "NO_ARTIFACTS", "path": "x"}}),
            "Invalid artifacts: artifact type NO_ARTIFACTS should have null path",
        ),
        (
            json!({"cacheOverride": {"type": "S3"}}),
            "Invalid cache: cache type S3 should have a location",
        ),
        (
            json!({"logsConfigOverride": {"s3Logs": {"status": "ENABLED"}}}),
            "Invalid logs config: S3 logs that are enabled should have a location",
        ),
        (
            json!({"serviceRoleOverride": "arn:aws:iam::000000000000:role/none"}),
            "CodeBuild is not authorized to perform: sts:AssumeRole on arn:aws:iam::000000000000:role/none",
        ),
        (
            json!({"secondarySourcesOverride": [{"type": "S3", "location": "b/k"}]}),
            "Invalid secondary source: the sourceIdentifier '' should have 1 to 127 letters, digits and underscores",
        ),
        (
            json!({"secondaryArtifactsOverride": [{"type": "CODEPIPELINE", "artifactIdentifier": "a"}]}),
            "Invalid secondary artifact: type CODEPIPELINE is not allowed",
        ),
        (
            json!({"projectName": "bare"}),
            "Project source type NO_SOURCE requires a buildspec",
        ),
        (
            json!({"timeoutInMinutesOverride": 4}),
            "Invalid timeout. Should be between 5 minutes and 36 hours",
        ),
    ];
    for (mut body, said) in cases {
        if body.get("projectName").is_none() {
            body["projectName"] = json!("hello");
        }
        caller
            .expect_refusal("StartBuild", body, INVALID, said)
            .await;
    }
}

#[tokio::test]
async fn a_project_of_a_pipeline_may_be_started_by_hand() {
    // contract codebuild §0
    let caller = Caller::new(CODEBUILD).await;
    let mut of_pipeline = project("hello");
    of_pipeline["source"] = json!({"type": "CODEPIPELINE"});
    of_pipeline["artifacts"] = json!({"type": "CODEPIPELINE"});
    caller.ok("CreateProject", of_pipeline).await;
    let id = start(&caller, "hello").await;
    assert_eq!(build(&caller, &id).await["source"]["type"], "CODEPIPELINE");
}

#[tokio::test]
async fn a_project_has_no_more_running_builds_than_its_limit() {
    // contract codebuild §1.2, §4.7: refused, not queued
    let caller = Caller::new(CODEBUILD).await;
    caller
        .ok(
            "CreateProject",
            with(project("hello"), "/concurrentBuildLimit", json!(1)),
        )
        .await;
    let first = start(&caller, "hello").await;
    let said = "Cannot have more than 1 concurrent builds for the project";
    let body = json!({"projectName": "hello", "idempotencyToken": "t"});
    caller
        .expect_refusal("StartBuild", body, "AccountLimitExceededException", said)
        .await;
    caller.ok("StopBuild", json!({"id": first})).await;
    start(&caller, "hello").await;
}

#[tokio::test]
async fn a_start_may_be_repeated_at_the_limit_and_a_refused_one_is_forgotten() {
    // contract codebuild §3.2, order of checks: overrides -> idempotency -> the project's limit
    let caller = Caller::new(CODEBUILD).await;
    let limited = with(project("hello"), "/concurrentBuildLimit", json!(1));
    caller.ok("CreateProject", limited).await;
    let of = |token: &str| json!({"projectName": "hello", "idempotencyToken": token});
    let first = caller.ok("StartBuild", of("first")).await;
    assert_eq!(caller.ok("StartBuild", of("first")).await, first);
    let mut bad = of("first");
    bad["artifactsOverride"] = json!({"type": "S3"});
    let said = "Project artifact location is required";
    caller
        .expect_refusal("StartBuild", bad, INVALID, said)
        .await;
    let said = "Cannot have more than 1 concurrent builds for the project";
    caller
        .expect_refusal(
            "StartBuild",
            of("second"),
            "AccountLimitExceededException",
            said,
        )
        .await;
    let id = &first["build"]["id"];
    caller.ok("StopBuild", json!({"id": id})).await;
    let mut other = of("second");
    other["sourceVersion"] = json!("v");
    let second = caller.ok("StartBuild", other).await;
    assert_eq!(second["build"]["buildNumber"], 2);
}

#[tokio::test]
async fn without_cloudwatch_logs_there_are_no_links() {
    // contract codebuild §0
    let caller = Caller::new(CODEBUILD).await;
    let logs = json!({"cloudWatchLogs": {"status": "DISABLED"}});
    caller
        .ok("CreateProject", with(project("hello"), "/logsConfig", logs))
        .await;
    let id = start(&caller, "hello").await;
    let expected = json!({"cloudWatchLogs": {"status": "DISABLED"}, "s3Logs": {"status": "DISABLED", "encryptionDisabled": false}});
    assert_eq!(build(&caller, &id).await["logs"], expected);
}

#[tokio::test]
async fn a_token_has_at_most_64_characters() {
    // contract codebuild §1.3
    let caller = Caller::new(CODEBUILD).await;
    created(&caller, "hello").await;
    let id = super::sample::stopped(&caller, "hello").await;
    let token = "t".repeat(65);
    let said = format!(
        "1 validation error detected: Value '{token}' at 'idempotencyToken' failed to satisfy constraint: Member must have length less than or equal to 64"
    );
    for (operation, body) in [
        (
            "StartBuild",
            json!({"projectName": "hello", "idempotencyToken": token}),
        ),
        ("RetryBuild", json!({"id": id, "idempotencyToken": token})),
    ] {
        caller
            .expect_refusal(operation, body, "InvalidInputException", &said)
            .await;
    }
    let body = json!({"projectName": "hello", "idempotencyToken": "t".repeat(64)});
    caller.ok("StartBuild", body).await;
}
