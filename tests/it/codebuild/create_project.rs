//! CreateProject (contract codebuild §3.1, §3.1.1, §3.1.2).

use super::rules;
use super::sample::{created, project, start};
use crate::support::caller::{CODEBUILD, Caller, both, tags, with};
use expect_test::expect;
use serde_json::{Value, json};

const INVALID: &str = "InvalidInputException";

#[tokio::test]
async fn a_minimal_project_comes_back_with_every_default() {
    // contract codebuild §3.1.1, §14 18, 20
    let shown = both(CODEBUILD, async |caller| {
        caller.ok("CreateProject", project("hello")).await
    });
    expect![[r#"
        {
          "project": {
            "arn": "arn:aws:codebuild:us-east-1:000000000000:project/hello",
            "artifacts": {
              "type": "NO_ARTIFACTS"
            },
            "badge": {
              "badgeEnabled": false
            },
            "cache": {
              "type": "NO_CACHE"
            },
            "created": "<time>",
            "encryptionKey": "arn:aws:kms:us-east-1:000000000000:alias/aws/s3",
            "environment": {
              "computeType": "BUILD_GENERAL1_SMALL",
              "environmentVariables": [],
              "image": "any",
              "imagePullCredentialsType": "CODEBUILD",
              "privilegedMode": false,
              "type": "LINUX_CONTAINER"
            },
            "lastModified": "<time>",
            "name": "hello",
            "projectVisibility": "PRIVATE",
            "queuedTimeoutInMinutes": 480,
            "serviceRole": "arn:aws:iam::000000000000:role/delivery",
            "source": {
              "buildspec": "version: 0.2",
              "insecureSsl": false,
              "type": "NO_SOURCE"
            },
            "tags": [],
            "timeoutInMinutes": 60
          }
        }
    "#]]
    .assert_eq(&shown.await);
}

#[tokio::test]
async fn a_full_project_comes_back_as_given_with_the_defaults_of_its_parts() {
    // contract codebuild §3.1.1, §14 44
    let shown = both(CODEBUILD, async |caller| {
        let mut full = project("hello");
        let more = json!({
            "description": "all of it",
            "source": {"type": "GITHUB", "location": "https://github.com/o/r.git", "gitCloneDepth": 2, "buildspec": "ci.yml",
                       "gitSubmodulesConfig": {"fetchSubmodules": true}, "auth": {"type": "OAUTH", "resource": "x"}},
            "sourceVersion": "main",
            "secondarySources": [{"type": "S3", "location": "b/k", "sourceIdentifier": "extra"}],
            "secondarySourceVersions": [{"sourceIdentifier": "extra", "sourceVersion": "v"}],
            "artifacts": {"type": "S3", "location": "out", "path": "p"},
            "secondaryArtifacts": [{"type": "S3", "location": "out", "artifactIdentifier": "docs"}],
            "cache": {"type": "LOCAL", "modes": ["LOCAL_SOURCE_CACHE", "LOCAL_CUSTOM_CACHE"]},
            "timeoutInMinutes": 10, "queuedTimeoutInMinutes": 20,
            "encryptionKey": "alias/mine",
            "tags": tags(&[("a", "1")]),
            "vpcConfig": {"vpcId": "vpc-1", "subnets": ["s-1"], "securityGroupIds": ["g-1"]},
            "badgeEnabled": false,
            "logsConfig": {"cloudWatchLogs": {"status": "ENABLED", "groupName": "g"}, "s3Logs": {"status": "DISABLED"}},
            "concurrentBuildLimit": 3,
            "autoRetryLimit": 1,
        });
        full.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        let variables = json!([{"name": "B", "value": ""}, {"name": "A", "value": "/p", "type": "PARAMETER_STORE"}]);
        full["environment"]["environmentVariables"] = variables;
        full["environment"]["privilegedMode"] = json!(true);
        caller.ok("CreateProject", full).await
    });
    expect![[r#"
        {
          "project": {
            "arn": "arn:aws:codebuild:us-east-1:000000000000:project/hello",
            "artifacts": {
              "encryptionDisabled": false,
              "location": "out",
              "name": "hello",
              "namespaceType": "NONE",
              "packaging": "NONE",
              "path": "p",
              "type": "S3"
            },
            "autoRetryLimit": 1,
            "badge": {
              "badgeEnabled": false
            },
            "cache": {
              "modes": [
                "LOCAL_SOURCE_CACHE",
                "LOCAL_CUSTOM_CACHE"
              ],
              "type": "LOCAL"
            },
            "concurrentBuildLimit": 3,
            "created": "<time>",
            "description": "all of it",
            "encryptionKey": "alias/mine",
            "environment": {
              "computeType": "BUILD_GENERAL1_SMALL",
              "environmentVariables": [
                {
                  "name": "B",
                  "type": "PLAINTEXT",
                  "value": ""
                },
                {
                  "name": "A",
                  "type": "PARAMETER_STORE",
                  "value": "/p"
                }
              ],
              "image": "any",
              "imagePullCredentialsType": "CODEBUILD",
              "privilegedMode": true,
              "type": "LINUX_CONTAINER"
            },
            "lastModified": "<time>",
            "logsConfig": {
              "cloudWatchLogs": {
                "groupName": "g",
                "status": "ENABLED"
              },
              "s3Logs": {
                "encryptionDisabled": false,
                "status": "DISABLED"
              }
            },
            "name": "hello",
            "projectVisibility": "PRIVATE",
            "queuedTimeoutInMinutes": 20,
            "secondaryArtifacts": [
              {
                "artifactIdentifier": "docs",
                "encryptionDisabled": false,
                "location": "out",
                "namespaceType": "NONE",
                "packaging": "NONE",
                "type": "S3"
              }
            ],
            "secondarySourceVersions": [
              {
                "sourceIdentifier": "extra",
                "sourceVersion": "v"
              }
            ],
            "secondarySources": [
              {
                "insecureSsl": false,
                "location": "b/k",
                "sourceIdentifier": "extra",
                "type": "S3"
              }
            ],
            "serviceRole": "arn:aws:iam::000000000000:role/delivery",
            "source": {
              "auth": {
                "resource": "x",
                "type": "OAUTH"
              },
              "buildspec": "ci.yml",
              "gitCloneDepth": 2,
              "gitSubmodulesConfig": {
                "fetchSubmodules": true
              },
              "insecureSsl": false,
              "location": "https://github.com/o/r.git",
              "reportBuildStatus": false,
              "type": "GITHUB"
            },
            "sourceVersion": "main",
            "tags": [
              {
                "key": "a",
                "value": "1"
              }
            ],
            "timeoutInMinutes": 10,
            "vpcConfig": {
              "securityGroupIds": [
                "g-1"
              ],
              "subnets": [
                "s-1"
              ],
              "vpcId": "vpc-1"
            }
          }
        }
    "#]]
    .assert_eq(&shown.await);
}

#[tokio::test]
async fn artifacts_of_a_pipelines_project_have_no_namespace() {
    // contract codebuild §3.1.1
    let caller = Caller::new(CODEBUILD).await;
    let mut of_pipeline = project("hello");
    of_pipeline["source"] = json!({"type": "CODEPIPELINE"});
    of_pipeline["artifacts"] = json!({"type": "CODEPIPELINE"});
    let answer = caller.ok("CreateProject", of_pipeline).await;
    let expected = json!({"type": "CODEPIPELINE", "name": "hello", "packaging": "NONE", "encryptionDisabled": false});
    assert_eq!(answer["project"]["artifacts"], expected);
    assert_eq!(
        answer["project"]["source"],
        json!({"type": "CODEPIPELINE", "insecureSsl": false})
    );
}

#[tokio::test]
async fn what_terraform_sends_for_unset_is_unset() {
    // contract codebuild §3.1.2, clearing and source extras
    let caller = Caller::new(CODEBUILD).await;
    created(&caller, "hello").await;
    let mut sent = project("other");
    sent["description"] = json!("");
    sent["sourceVersion"] = json!("");
    sent["vpcConfig"] = json!({});
    sent["buildBatchConfig"] = json!({});
    sent["concurrentBuildLimit"] = json!(-1);
    sent["cache"] = json!({"type": "NO_CACHE"});
    for list in [
        "fileSystemLocations",
        "secondarySources",
        "secondaryArtifacts",
        "secondarySourceVersions",
    ] {
        sent[list] = json!([]);
    }
    let source = json!({"type": "NO_SOURCE", "buildspec": "version: 0.2", "location": "", "gitCloneDepth": 0, "insecureSsl": false});
    sent["source"] = source;
    let plain = caller
        .ok("BatchGetProjects", json!({"names": ["hello"]}))
        .await;
    let other = caller.ok("CreateProject", sent).await;
    let members = |project: &Value| {
        project
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect::<Vec<_>>()
    };
    assert_eq!(members(&other["project"]), members(&plain["projects"][0]));
    assert_eq!(other["project"]["source"], plain["projects"][0]["source"]);
}

#[tokio::test]
async fn a_badge_has_an_address_of_its_own() {
    // contract codebuild §2, §3.1.1
    let caller = Caller::new(CODEBUILD).await;
    let answer = caller
        .ok(
            "CreateProject",
            with(project("hello"), "/badgeEnabled", json!(true)),
        )
        .await;
    let badge = &answer["project"]["badge"];
    assert_eq!(badge["badgeEnabled"], true);
    let url = badge["badgeRequestUrl"].as_str().unwrap();
    assert!(
        url.starts_with("https://codebuild.us-east-1.amazonaws.com/badges?uuid=")
            && url.ends_with("&branch=master"),
        "{url}"
    );
}

#[tokio::test]
async fn a_name_in_use_is_refused_before_anything_else_is_looked_at() {
    // contract codebuild §1.2 (captured: blank before the colon)
    let caller = Caller::new(CODEBUILD).await;
    created(&caller, "hello").await;
    let said = "Project already exists : arn:aws:codebuild:us-east-1:000000000000:project/hello";
    let orphan = with(
        project("hello"),
        "/serviceRole",
        json!("arn:aws:iam::000000000000:role/none"),
    );
    for body in [project("hello"), orphan] {
        caller
            .expect_refusal(
                "CreateProject",
                body,
                "ResourceAlreadyExistsException",
                said,
            )
            .await;
    }
}

#[tokio::test]
async fn every_rule_of_a_project_is_told_in_the_services_words() {
    // contract codebuild §1.2, §1.3
    let caller = Caller::new(CODEBUILD).await;
    for (body, said) in rules::broken("hello") {
        caller
            .expect_refusal("CreateProject", body, INVALID, said)
            .await;
    }
}

#[tokio::test]
async fn a_role_that_trusts_somebody_else_cannot_be_assumed() {
    // contract codebuild §1.2, §3.1
    let caller = Caller::new(CODEBUILD).await;
    caller.make_role("other", r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":"codepipeline.amazonaws.com"}}]}"#).await;
    let role = "arn:aws:iam::000000000000:role/other";
    let body = with(project("hello"), "/serviceRole", json!(role));
    let said = format!("CodeBuild is not authorized to perform: sts:AssumeRole on {role}");
    caller
        .expect_refusal("CreateProject", body, INVALID, &said)
        .await;
}

#[tokio::test]
async fn names_keep_the_model() {
    // contract codebuild §1.2, §1.3, §14 21: digits first are allowed
    let caller = Caller::new(CODEBUILD).await;
    let said = "Only alphanumeric characters, dash, and underscore are supported";
    caller
        .expect_refusal("CreateProject", project("a.b"), INVALID, said)
        .await;
    caller.ok("CreateProject", project("1st")).await;
}

#[tokio::test]
async fn a_build_may_take_five_minutes_to_36_hours() {
    // contract codebuild §0: the text for the time of a build; §1.3: that of the queue has the general one
    let caller = Caller::new(CODEBUILD).await;
    for minutes in [4, 2161] {
        let body = with(project("hello"), "/timeoutInMinutes", json!(minutes));
        let said = "Invalid timeout. Should be between 5 minutes and 36 hours";
        caller
            .expect_refusal("CreateProject", body, INVALID, said)
            .await;
    }
    for minutes in [5, 2160] {
        let body = with(
            project(&format!("p{minutes}")),
            "/timeoutInMinutes",
            json!(minutes),
        );
        caller.ok("CreateProject", body).await;
    }
    let body = with(project("hello"), "/queuedTimeoutInMinutes", json!(481));
    let said = "1 validation error detected: Value '481' at 'queuedTimeoutInMinutes' failed to satisfy constraint: Member must have value less than or equal to 480";
    caller
        .expect_refusal("CreateProject", body, INVALID, said)
        .await;
}

#[tokio::test]
async fn accounts_and_regions_have_their_own_projects_of_one_name() {
    // contract codebuild §3: lists contain only the caller's account and region
    let caller = Caller::new(CODEBUILD).await;
    let other = caller.of_account("111111111111").await;
    created(&caller, "hello").await;
    created(&caller.in_region("eu-west-1"), "hello").await;
    let own = with(
        project("hello"),
        "/serviceRole",
        json!("arn:aws:iam::111111111111:role/delivery"),
    );
    let made = other.ok("CreateProject", own).await;
    assert_eq!(
        made["project"]["arn"],
        "arn:aws:codebuild:us-east-1:111111111111:project/hello"
    );
    start(&caller, "hello").await;
    for elsewhere in [&other, &caller.in_region("eu-west-1")] {
        assert_eq!(
            elsewhere.ok("ListProjects", json!({})).await["projects"],
            json!(["hello"])
        );
        assert_eq!(
            elsewhere.ok("ListBuilds", json!({})).await["ids"],
            json!([])
        );
    }
}

#[tokio::test]
async fn a_docker_server_is_kept_and_shown_with_its_builds() {
    // contract codebuild §9.2: echo only
    let caller = Caller::new(CODEBUILD).await;
    let server = json!({"computeType": "BUILD_GENERAL1_XLARGE", "securityGroupIds": ["sg-1"]});
    let body = with(
        project("hello"),
        "/environment/dockerServer",
        server.clone(),
    );
    let made = caller.ok("CreateProject", body).await;
    assert_eq!(made["project"]["environment"]["dockerServer"], server);
    let started = caller
        .ok("StartBuild", json!({"projectName": "hello"}))
        .await;
    assert_eq!(started["build"]["environment"]["dockerServer"], server);
}

#[tokio::test]
async fn computes_of_lambda_are_for_environments_of_lambda() {
    // contract codebuild §9.4: LINUX_LAMBDA_CONTAINER, ARM_LAMBDA_CONTAINER only; the wording is that of §1.2
    let caller = Caller::new(CODEBUILD).await;
    let of = |name: &str, kind: &str, compute: &str| {
        let body = with(project(name), "/environment/type", json!(kind));
        with(body, "/environment/computeType", json!(compute))
    };
    for (name, kind) in [
        ("linux", "LINUX_LAMBDA_CONTAINER"),
        ("arm", "ARM_LAMBDA_CONTAINER"),
    ] {
        caller
            .ok("CreateProject", of(name, kind, "BUILD_LAMBDA_10GB"))
            .await;
    }
    let said = "Invalid compute type provided: BUILD_LAMBDA_1GB";
    let body = of("other", "LINUX_CONTAINER", "BUILD_LAMBDA_1GB");
    caller
        .expect_refusal("CreateProject", body, "InvalidInputException", said)
        .await;
}

#[tokio::test]
async fn oauth_without_a_token_needs_a_stored_one() {
    // contract codebuild §1.2, GitHub not connected
    let caller = Caller::new(CODEBUILD).await;
    let of = |name: &str, kind: &str, location: &str| {
        let source = json!({"type": kind, "location": location, "auth": {"type": "OAUTH"}});
        with(project(name), "/source", source)
    };
    let github = of("hello", "GITHUB", "https://github.com/o/r.git");
    for (kind, host) in [
        ("GITHUB", "GitHub"),
        ("BITBUCKET", "Bitbucket"),
        ("GITLAB", "GitLab"),
    ] {
        let said = format!(
            "No Access token found, please visit AWS CodeBuild console to connect to {host}"
        );
        let body = of("hello", kind, "https://example.com/o/r.git");
        caller
            .expect_refusal("CreateProject", body, INVALID, &said)
            .await;
    }
    created(&caller, "other").await;
    let said = "No Access token found, please visit AWS CodeBuild console to connect to GitHub";
    let update = json!({"name": "other", "source": github["source"]});
    caller
        .expect_refusal("UpdateProject", update.clone(), INVALID, said)
        .await;
    super::hooked::connected(&caller, "GITHUB").await;
    caller.ok("CreateProject", github).await;
    caller.ok("UpdateProject", update).await;
}
