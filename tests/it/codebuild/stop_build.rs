//! StopBuild (contract codebuild §3.2, §4.5).

use super::sample::{NOBODY, build, build_arn, created, start, succeed};
use crate::support::caller::{CODEBUILD, Caller, both};
use expect_test::expect;
use serde_json::json;
use slipway::engine::build::event::Event;

#[tokio::test]
async fn a_queued_build_is_stopped_and_complete_in_the_answer() {
    // contract codebuild §4.5, §14 10
    let shown = both(CODEBUILD, async |caller| {
        created(&caller, "hello").await;
        let id = start(&caller, "hello").await;
        let answer = caller.ok("StopBuild", json!({"id": id})).await["build"].clone();
        assert_eq!(answer, build(&caller, &id).await);
        let last = &answer["phases"][2];
        assert_eq!(answer["endTime"], last["startTime"]);
        let members = [
            "buildComplete",
            "buildStatus",
            "currentPhase",
            "endTime",
            "phases",
        ];
        members
            .iter()
            .map(|member| (member.to_string(), answer[member].clone()))
            .collect()
    });
    expect![[r#"
        {
          "buildComplete": true,
          "buildStatus": "STOPPED",
          "currentPhase": "COMPLETED",
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
              "phaseStatus": "STOPPED",
              "phaseType": "QUEUED",
              "startTime": "<time>"
            },
            {
              "phaseType": "COMPLETED",
              "startTime": "<time>"
            }
          ]
        }
    "#]]
    .assert_eq(&shown.await);
}

#[tokio::test]
async fn the_running_phase_is_stopped_and_no_other_follows() {
    // contract codebuild §4.5: no contexts on a stopped phase
    let caller = Caller::new(CODEBUILD).await;
    created(&caller, "hello").await;
    let id = start(&caller, "hello").await;
    for event in [Event::Admitted, Event::Provisioned] {
        super::sample::tell(&caller, &id, event).await;
    }
    let answer = caller.ok("StopBuild", json!({"id": build_arn(&id)})).await;
    let phases = answer["build"]["phases"].as_array().unwrap();
    let kinds: Vec<_> = phases
        .iter()
        .map(|phase| phase["phaseType"].as_str().unwrap())
        .collect();
    assert_eq!(
        kinds,
        [
            "SUBMITTED",
            "QUEUED",
            "PROVISIONING",
            "DOWNLOAD_SOURCE",
            "COMPLETED"
        ]
    );
    assert_eq!(
        phases[2]["contexts"],
        json!([{"statusCode": "", "message": ""}])
    );
    assert_eq!(phases[3]["phaseStatus"], "STOPPED");
    assert!(phases[3].get("contexts").is_none());
}

#[tokio::test]
async fn a_finished_build_comes_back_unchanged() {
    // contract codebuild §3.2, §14 10
    let caller = Caller::new(CODEBUILD).await;
    created(&caller, "hello").await;
    let id = start(&caller, "hello").await;
    succeed(&caller, &id).await;
    let before = build(&caller, &id).await;
    assert_eq!(before["buildStatus"], "SUCCEEDED");
    assert_eq!(
        caller.ok("StopBuild", json!({"id": id})).await["build"],
        before
    );
}

#[tokio::test]
async fn a_build_that_is_not_there_is_not_found_and_an_id_of_another_form_is_refused() {
    // contract codebuild §0, §1.2
    let caller = Caller::new(CODEBUILD).await;
    created(&caller.in_region("eu-west-1"), "hello").await;
    let elsewhere = start(&caller.in_region("eu-west-1"), "hello").await;
    for id in [NOBODY, &elsewhere] {
        let said = format!("Build cannot be found: {id}");
        caller
            .expect_refusal(
                "StopBuild",
                json!({"id": id}),
                "ResourceNotFoundException",
                &said,
            )
            .await;
    }
    for id in [
        "hello",
        "hello:1",
        ":",
        "arn:aws:codebuild:us-east-1:000000000000:project/hello",
    ] {
        let said = "Invalid build ID provided";
        caller
            .expect_refusal(
                "StopBuild",
                json!({"id": id}),
                "InvalidInputException",
                said,
            )
            .await;
    }
}
