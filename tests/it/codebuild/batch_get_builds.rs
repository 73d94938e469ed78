//! BatchGetBuilds (contract codebuild §3, §3.2, §4.1).

use super::sample::{NOBODY, build, build_arn, created, project, start, succeed, tell};
use crate::support::caller::{CODEBUILD, Caller, both, texts, with};
use expect_test::expect;
use serde_json::json;
use slipway::engine::build::event::{Event, Failure, SourceReady};
use slipway::engine::build::state::Phase;

#[tokio::test]
async fn a_finished_build_shows_its_phases_logs_and_times() {
    // contract codebuild §0, §3.2.2, §4.1, §14 8, 9
    let shown = both(CODEBUILD, async |caller| {
        created(&caller, "hello").await;
        let id = start(&caller, "hello").await;
        succeed(&caller, &id).await;
        let got = caller
            .ok("BatchGetBuilds", json!({"ids": [id, NOBODY]}))
            .await;
        assert_eq!(got["buildsNotFound"], json!([NOBODY]));
        let build = &got["builds"][0];
        let phases = build["phases"].as_array().unwrap();
        for pair in phases.windows(2) {
            assert_eq!(pair[0]["endTime"], pair[1]["startTime"]);
        }
        let members = [
            "buildComplete",
            "buildStatus",
            "currentPhase",
            "endTime",
            "logs",
            "phases",
            "resolvedSourceVersion",
        ];
        members
            .iter()
            .map(|member| (member.to_string(), build[member].clone()))
            .collect()
    });
    expect![[r#"
        {
          "buildComplete": true,
          "buildStatus": "SUCCEEDED",
          "currentPhase": "COMPLETED",
          "endTime": "<time>",
          "logs": {
            "cloudWatchLogs": {
              "status": "ENABLED"
            },
            "cloudWatchLogsArn": "arn:aws:logs:us-east-1:000000000000:log-group:/aws/codebuild/hello:log-stream:<id:1>",
            "deepLink": "https://console.aws.amazon.com/cloudwatch/home?region=us-east-1#logsV2:log-groups/log-group/$252Faws$252Fcodebuild$252Fhello/log-events/<id:1>",
            "groupName": "/aws/codebuild/hello",
            "s3Logs": {
              "encryptionDisabled": false,
              "status": "DISABLED"
            },
            "streamName": "<id:1>"
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
              "durationInSeconds": "<seconds>",
              "endTime": "<time>",
              "phaseStatus": "SUCCEEDED",
              "phaseType": "QUEUED",
              "startTime": "<time>"
            },
            {
              "contexts": [
                {
                  "message": "",
                  "statusCode": ""
                }
              ],
              "durationInSeconds": "<seconds>",
              "endTime": "<time>",
              "phaseStatus": "SUCCEEDED",
              "phaseType": "PROVISIONING",
              "startTime": "<time>"
            },
            {
              "contexts": [
                {
                  "message": "",
                  "statusCode": ""
                }
              ],
              "durationInSeconds": "<seconds>",
              "endTime": "<time>",
              "phaseStatus": "SUCCEEDED",
              "phaseType": "DOWNLOAD_SOURCE",
              "startTime": "<time>"
            },
            {
              "contexts": [
                {
                  "message": "",
                  "statusCode": ""
                }
              ],
              "durationInSeconds": "<seconds>",
              "endTime": "<time>",
              "phaseStatus": "SUCCEEDED",
              "phaseType": "INSTALL",
              "startTime": "<time>"
            },
            {
              "contexts": [
                {
                  "message": "",
                  "statusCode": ""
                }
              ],
              "durationInSeconds": "<seconds>",
              "endTime": "<time>",
              "phaseStatus": "SUCCEEDED",
              "phaseType": "PRE_BUILD",
              "startTime": "<time>"
            },
            {
              "contexts": [
                {
                  "message": "",
                  "statusCode": ""
                }
              ],
              "durationInSeconds": "<seconds>",
              "endTime": "<time>",
              "phaseStatus": "SUCCEEDED",
              "phaseType": "BUILD",
              "startTime": "<time>"
            },
            {
              "contexts": [
                {
                  "message": "",
                  "statusCode": ""
                }
              ],
              "durationInSeconds": "<seconds>",
              "endTime": "<time>",
              "phaseStatus": "SUCCEEDED",
              "phaseType": "POST_BUILD",
              "startTime": "<time>"
            },
            {
              "contexts": [
                {
                  "message": "",
                  "statusCode": ""
                }
              ],
              "durationInSeconds": "<seconds>",
              "endTime": "<time>",
              "phaseStatus": "SUCCEEDED",
              "phaseType": "UPLOAD_ARTIFACTS",
              "startTime": "<time>"
            },
            {
              "contexts": [
                {
                  "message": "",
                  "statusCode": ""
                }
              ],
              "durationInSeconds": "<seconds>",
              "endTime": "<time>",
              "phaseStatus": "SUCCEEDED",
              "phaseType": "FINALIZING",
              "startTime": "<time>"
            },
            {
              "phaseType": "COMPLETED",
              "startTime": "<time>"
            }
          ],
          "resolvedSourceVersion": "v1"
        }
    "#]].assert_eq(&shown.await);
}

#[tokio::test]
async fn a_failed_build_has_the_reason_in_its_phase_and_jumps_to_the_end() {
    // contract codebuild §0, §14 6: a failed PRE_BUILD goes to FINALIZING
    let caller = Caller::new(CODEBUILD).await;
    created(&caller, "hello").await;
    let id = start(&caller, "hello").await;
    let failure = Failure::customer(
        "COMMAND_EXECUTION_ERROR",
        "Error while executing command: exit 3. Reason: exit status 3",
    );
    for event in [
        Event::Admitted,
        Event::Provisioned,
        Event::SourceReady(SourceReady::default()),
        Event::CommandsSucceeded(Phase::Install),
        Event::PhaseFailed(Phase::PreBuild, failure),
        Event::Finalized(None),
    ] {
        tell(&caller, &id, event).await;
    }
    let build = super::sample::build(&caller, &id).await;
    assert_eq!(build["buildStatus"], "FAILED");
    let kinds = texts(&build["phases"], "phaseType");
    assert_eq!(
        kinds,
        [
            "SUBMITTED",
            "QUEUED",
            "PROVISIONING",
            "DOWNLOAD_SOURCE",
            "INSTALL",
            "PRE_BUILD",
            "FINALIZING",
            "COMPLETED"
        ]
    );
    let contexts = json!([{"statusCode": "COMMAND_EXECUTION_ERROR", "message": "Error while executing command: exit 3. Reason: exit status 3"}]);
    assert_eq!(build["phases"][5]["contexts"], contexts);
    assert!(build.get("resolvedSourceVersion").is_none());
}

#[tokio::test]
async fn ids_and_arns_come_back_in_the_order_asked_and_what_is_missing_as_it_was_written() {
    // contract codebuild §2, §3
    let caller = Caller::new(CODEBUILD).await;
    created(&caller, "hello").await;
    created(&caller.in_region("eu-west-1"), "hello").await;
    let first = start(&caller, "hello").await;
    let second = start(&caller, "hello").await;
    let foreign = start(&caller.in_region("eu-west-1"), "hello").await;
    let ids = json!([
        second,
        "nonsense",
        build_arn(&first),
        second,
        foreign,
        build_arn(NOBODY),
        build_arn(&second)
    ]);
    let got = caller.ok("BatchGetBuilds", json!({"ids": ids})).await;
    assert_eq!(texts(&got["builds"], "id"), [second, first]);
    assert_eq!(
        got["buildsNotFound"],
        json!(["nonsense", foreign, build_arn(NOBODY)])
    );
}

#[tokio::test]
async fn between_one_and_a_hundred_ids_may_be_asked() {
    // contract codebuild §1.3
    let caller = Caller::new(CODEBUILD).await;
    let said = "1 validation error detected: Value at 'ids' failed to satisfy constraint: Member must have length greater than or equal to 1";
    caller
        .expect_refusal(
            "BatchGetBuilds",
            json!({"ids": []}),
            "InvalidInputException",
            said,
        )
        .await;
}

#[tokio::test]
async fn a_build_in_a_vpc_shows_an_interface_once_it_is_provisioned() {
    // contract codebuild §9.2: a synthetic `eni-…`; §3.2.2: VPC builds only
    let caller = Caller::new(CODEBUILD).await;
    let vpc = json!({"vpcId": "vpc-1", "subnets": ["subnet-1", "subnet-2"], "securityGroupIds": ["sg-1"]});
    let body = with(project("inside"), "/vpcConfig", vpc.clone());
    caller.ok("CreateProject", body).await;
    created(&caller, "outside").await;
    for (name, has) in [("inside", true), ("outside", false)] {
        let id = start(&caller, name).await;
        tell(&caller, &id, Event::Admitted).await;
        let before = build(&caller, &id).await;
        assert_eq!(before.get("networkInterface"), None);
        assert_eq!(before.get("vpcConfig").is_some(), has);
        tell(&caller, &id, Event::Provisioned).await;
        let after = build(&caller, &id).await;
        let Some(interface) = after.get("networkInterface") else {
            assert!(!has, "{after}");
            continue;
        };
        assert_eq!(interface["subnetId"], "subnet-1");
        let eni = interface["networkInterfaceId"].as_str().unwrap();
        assert!(eni.starts_with("eni-") && eni.len() == 21, "{eni}");
        assert_eq!(build(&caller, &id).await["networkInterface"], *interface);
        assert!(has);
    }
}
