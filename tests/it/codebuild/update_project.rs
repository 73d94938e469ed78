//! UpdateProject (contract codebuild §3.1, §3.1.2).

use super::rules;
use super::sample::{build, created, project, project_arn, start};
use crate::support::caller::{CODEBUILD, Caller, both, tags, with};
use crate::support::wait_for;
use expect_test::expect;
use serde_json::{Value, json};

async fn shown(caller: &Caller) -> Value {
    let got = caller
        .ok("BatchGetProjects", json!({"names": ["hello"]}))
        .await;
    got["projects"][0].clone()
}

#[tokio::test]
async fn members_that_are_given_are_replaced_whole_and_others_stay() {
    // contract codebuild §3.1
    let text = both(CODEBUILD, async |caller| {
        let mut first = project("hello");
        first["environment"]["environmentVariables"] = json!([{"name": "A", "value": "1"}]);
        first["environment"]["privilegedMode"] = json!(true);
        first["tags"] = tags(&[("a", "1"), ("b", "2")]);
        first["description"] = json!("stays");
        caller.ok("CreateProject", first).await;
        let environment = json!({"type": "LINUX_CONTAINER", "image": "new", "computeType": "BUILD_GENERAL1_LARGE"});
        let body =
            json!({"name": "hello", "environment": environment, "tags": tags(&[("c", "3")])});
        let answer = caller.ok("UpdateProject", body).await;
        assert_eq!(answer["project"], shown(&caller).await);
        answer
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
            "description": "stays",
            "encryptionKey": "arn:aws:kms:us-east-1:000000000000:alias/aws/s3",
            "environment": {
              "computeType": "BUILD_GENERAL1_LARGE",
              "environmentVariables": [],
              "image": "new",
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
            "tags": [
              {
                "key": "c",
                "value": "3"
              }
            ],
            "timeoutInMinutes": 60
          }
        }
    "#]]
    .assert_eq(&text.await);
}

#[tokio::test]
async fn only_the_date_of_the_last_change_moves() {
    // contract codebuild §3.1
    let caller = Caller::new(CODEBUILD).await;
    created(&caller, "hello").await;
    let before = shown(&caller).await;
    assert_eq!(before["created"], before["lastModified"]);
    let app = &caller.server.app;
    let then = app.now();
    wait_for("the next millisecond", async || {
        (app.now() > then).then_some(())
    })
    .await;
    let after = caller
        .ok("UpdateProject", json!({"name": project_arn("hello")}))
        .await["project"]
        .clone();
    assert!(after["lastModified"].as_f64() > before["lastModified"].as_f64());
    assert_eq!(
        with(after, "/lastModified", json!(0)),
        with(before, "/lastModified", json!(0))
    );
}

#[tokio::test]
async fn what_terraform_sends_to_take_a_member_away_takes_it_away() {
    // contract codebuild §3.1.2, clearing
    let caller = Caller::new(CODEBUILD).await;
    created(&caller, "hello").await;
    let plain = shown(&caller).await;
    let set = json!({
        "name": "hello", "description": "d", "sourceVersion": "v", "concurrentBuildLimit": 2, "tags": tags(&[("a", "1")]),
        "vpcConfig": {"vpcId": "vpc-1", "subnets": ["s-1"], "securityGroupIds": ["g-1"]},
        "cache": {"type": "S3", "location": "b/p"},
        "secondarySources": [{"type": "S3", "location": "b/k", "sourceIdentifier": "x"}],
        "secondarySourceVersions": [{"sourceIdentifier": "x", "sourceVersion": "v"}],
        "secondaryArtifacts": [{"type": "S3", "location": "b", "artifactIdentifier": "x"}],
        "buildBatchConfig": {"timeoutInMins": 10},
        "fileSystemLocations": [{"type": "EFS", "location": "fs:/", "mountPoint": "/m", "identifier": "i"}],
    });
    let full = caller.ok("UpdateProject", set).await["project"].clone();
    for member in [
        "description",
        "sourceVersion",
        "concurrentBuildLimit",
        "vpcConfig",
        "secondarySources",
        "secondarySourceVersions",
        "secondaryArtifacts",
        "buildBatchConfig",
        "fileSystemLocations",
    ] {
        assert!(full.get(member).is_some(), "{member} in {full}");
    }
    let clear = json!({
        "name": "hello", "description": "", "sourceVersion": "", "concurrentBuildLimit": -1, "tags": [], "vpcConfig": {},
        "cache": {"type": "NO_CACHE"}, "secondarySources": [], "secondarySourceVersions": [], "secondaryArtifacts": [],
        "buildBatchConfig": {}, "fileSystemLocations": [],
    });
    let cleared = caller.ok("UpdateProject", clear).await["project"].clone();
    assert_eq!(
        with(cleared, "/lastModified", json!(0)),
        with(plain, "/lastModified", json!(0))
    );
}

#[tokio::test]
async fn a_badge_keeps_its_address_until_it_is_taken_away() {
    // contract codebuild §2
    let caller = Caller::new(CODEBUILD).await;
    caller
        .ok(
            "CreateProject",
            with(project("hello"), "/badgeEnabled", json!(true)),
        )
        .await;
    let badge = shown(&caller).await["badge"].clone();
    for enabled in [json!(true), Value::Null] {
        caller
            .ok(
                "UpdateProject",
                json!({"name": "hello", "badgeEnabled": enabled}),
            )
            .await;
        assert_eq!(shown(&caller).await["badge"], badge);
    }
    caller
        .ok(
            "UpdateProject",
            json!({"name": "hello", "badgeEnabled": false}),
        )
        .await;
    assert_eq!(
        shown(&caller).await["badge"],
        json!({"badgeEnabled": false})
    );
    caller
        .ok(
            "UpdateProject",
            json!({"name": "hello", "badgeEnabled": true}),
        )
        .await;
    assert_ne!(shown(&caller).await["badge"], badge);
}

#[tokio::test]
async fn a_running_build_keeps_what_it_started_with() {
    // contract codebuild §3.1
    let caller = Caller::new(CODEBUILD).await;
    created(&caller, "hello").await;
    let id = start(&caller, "hello").await;
    let before = build(&caller, &id).await;
    caller
        .ok(
            "UpdateProject",
            json!({"name": "hello", "timeoutInMinutes": 7}),
        )
        .await;
    assert_eq!(build(&caller, &id).await, before);
}

#[tokio::test]
async fn every_rule_of_a_project_is_told_in_the_services_words() {
    // contract codebuild §1.2, §1.3
    let caller = Caller::new(CODEBUILD).await;
    created(&caller, "hello").await;
    for (body, said) in rules::broken("hello") {
        caller
            .expect_refusal("UpdateProject", body, "InvalidInputException", said)
            .await;
    }
}

#[tokio::test]
async fn a_project_that_is_not_there_is_not_found_by_name_or_arn() {
    // contract codebuild §1.2, §14 16: the message has the ARN
    let caller = Caller::new(CODEBUILD).await;
    created(&caller.in_region("eu-west-1"), "hello").await;
    let foreign = "arn:aws:codebuild:eu-west-1:000000000000:project/hello".to_owned();
    for (asked, arn) in [
        ("hello".to_owned(), project_arn("hello")),
        (project_arn("hello"), project_arn("hello")),
        (foreign.clone(), foreign),
    ] {
        let said = format!("Project cannot be found: {arn}");
        let body = json!({"name": asked, "serviceRole": "arn:aws:iam::000000000000:role/none"});
        caller
            .expect_refusal("UpdateProject", body, "ResourceNotFoundException", &said)
            .await;
    }
}

#[tokio::test]
async fn the_webhook_stays_and_is_shown() {
    // contract codebuild §3.1: webhook stays
    let caller = Caller::new(CODEBUILD).await;
    super::hooked::created(&caller, "hello", "GITHUB").await;
    let made = super::hooked::webhook(&caller, json!({"projectName": "hello"})).await;
    let answer = caller.ok("UpdateProject", json!({"name": "hello"})).await;
    assert_eq!(answer["project"]["webhook"], made);
    assert_eq!(shown(&caller).await["webhook"], made);
}
