//! What subscribers of EventBridge hear of builds, in which order (contract codebuild §13).

use super::batched;
use super::sample::{build_arn, created, project, start, succeed, tell};
use crate::support::caller::{CODEBUILD, Caller, with};
use serde_json::{Value, json};
use slipway::engine::build::event::{Event, Failure, SourceReady};
use slipway::engine::build::state::Phase;

async fn heard(caller: &Caller) -> Vec<Value> {
    let answer = caller.server.get("/_slipway/events").await;
    let text = answer.text();
    let lines = text.lines();
    lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// What became of the builds, such as `build IN_PROGRESS` and `QUEUED SUCCEEDED`.
async fn told(caller: &Caller) -> Vec<String> {
    let line = |event: &Value| {
        let text = |name: &str| event["detail"][name].as_str().unwrap().to_owned();
        match event["detail-type"].as_str().unwrap() {
            "CodeBuild Build State Change" => format!("build {}", text("build-status")),
            "CodeBuild Build Phase Change" => {
                let (phase, status) = (text("completed-phase"), text("completed-phase-status"));
                format!("{phase} {status}")
            }
            other => panic!("{other}"),
        }
    };
    heard(caller).await.iter().map(line).collect()
}

/// The members of an object, in the order of their names.
fn members(object: &Value) -> Vec<&str> {
    let members = object.as_object().unwrap().keys();
    let mut members: Vec<&str> = members.map(String::as_str).collect();
    members.sort_unstable();
    members
}

fn is_time(text: &Value) -> bool {
    let text = text.as_str().unwrap();
    jiff::civil::DateTime::strptime("%b %d, %Y %I:%M:%S %p", text).is_ok()
}

// Witness: contract codebuild §13: on each change of build-status; once per completed phase; the last one is COMPLETED.
#[tokio::test]
async fn a_build_is_told_from_its_start_to_its_end() {
    let caller = Caller::new(CODEBUILD).await;
    created(&caller, "hello").await;
    let id = start(&caller, "hello").await;
    succeed(&caller, &id).await;
    let expected = [
        "build IN_PROGRESS",
        "SUBMITTED SUCCEEDED",
        "QUEUED SUCCEEDED",
        "PROVISIONING SUCCEEDED",
        "DOWNLOAD_SOURCE SUCCEEDED",
        "INSTALL SUCCEEDED",
        "PRE_BUILD SUCCEEDED",
        "BUILD SUCCEEDED",
        "POST_BUILD SUCCEEDED",
        "UPLOAD_ARTIFACTS SUCCEEDED",
        "FINALIZING SUCCEEDED",
        "COMPLETED SUCCEEDED",
        "build SUCCEEDED",
    ];
    assert_eq!(told(&caller).await, expected);
    for (at, event) in heard(&caller).await.iter().enumerate() {
        assert_eq!(event["sequence"], at + 1);
        assert_eq!(event["source"], "aws.codebuild");
        assert_eq!(event["version"], "0");
        assert_eq!(event["resources"], json!([build_arn(&id)]));
        let detail = &event["detail"];
        assert_eq!(detail["build-id"], build_arn(&id));
        assert_eq!(detail["project-name"], "hello");
        assert_eq!(detail["version"], "1");
    }
}

// Witness: contract codebuild §13: CodeBuild Build State Change, its members at the start and at the end.
#[tokio::test]
async fn the_start_and_the_end_tell_the_phase_they_are_in() {
    let caller = Caller::new(CODEBUILD).await;
    created(&caller, "hello").await;
    let id = start(&caller, "hello").await;
    succeed(&caller, &id).await;
    let events = heard(&caller).await;
    let (first, last) = (&events[0]["detail"], &events[12]["detail"]);
    for (detail, phase, complete) in [(first, "SUBMITTED", false), (last, "COMPLETED", true)] {
        let expected = [
            "additional-information",
            "build-id",
            "build-status",
            "current-phase",
            "current-phase-context",
            "project-name",
            "version",
        ];
        assert_eq!(members(detail), expected);
        assert_eq!(detail["current-phase"], phase);
        assert_eq!(detail["current-phase-context"], "[]");
        assert_eq!(detail["additional-information"]["build-complete"], complete);
    }
    let phases = &last["additional-information"]["phases"];
    assert_eq!(members(&phases[10]), ["phase-type", "start-time"]);
    assert_eq!(phases[10]["phase-type"], "COMPLETED");
}

// Witness: contract codebuild §13: CodeBuild Build Phase Change; COMPLETED has the times of FINALIZING; times are text.
#[tokio::test]
async fn a_phase_tells_how_long_it_took() {
    let caller = Caller::new(CODEBUILD).await;
    created(&caller, "hello").await;
    let id = start(&caller, "hello").await;
    succeed(&caller, &id).await;
    let events = heard(&caller).await;
    let detail = |at: usize| &events[at]["detail"];
    let expected = [
        "additional-information",
        "build-id",
        "completed-phase",
        "completed-phase-context",
        "completed-phase-duration-seconds",
        "completed-phase-end",
        "completed-phase-start",
        "completed-phase-status",
        "project-name",
        "version",
    ];
    for at in 1..12 {
        assert_eq!(members(detail(at)), expected);
        assert!(is_time(&detail(at)["completed-phase-start"]));
        assert!(is_time(&detail(at)["completed-phase-end"]));
    }
    assert_eq!(detail(1)["completed-phase-context"], "[]");
    assert_eq!(detail(3)["completed-phase-context"], "[: ]");
    let (finalizing, completed) = (detail(10), detail(11));
    for member in ["start", "end", "duration-seconds"] {
        let member = format!("completed-phase-{member}");
        assert_eq!(finalizing[&member], completed[&member]);
    }
    let phase = &detail(3)["additional-information"]["phases"][2];
    let expected = json!({
        "phase-context": [": "],
        "phase-type": "PROVISIONING",
        "phase-status": "SUCCEEDED",
        "start-time": detail(3)["completed-phase-start"],
        "end-time": detail(3)["completed-phase-end"],
        "duration-in-seconds": detail(3)["completed-phase-duration-seconds"],
    });
    assert_eq!(*phase, expected);
    let submitted = &detail(3)["additional-information"]["phases"][0];
    assert_eq!(submitted["phase-context"], json!([]));
}

// Witness: contract codebuild §13: additional-information.
#[tokio::test]
async fn events_tell_what_the_build_is_made_of() {
    let caller = Caller::new(CODEBUILD).await;
    let variables = json!([
        {"name": "PLAIN", "value": "one"},
        {"name": "HIDDEN", "value": "/secret/name", "type": "PARAMETER_STORE"},
    ]);
    let body = with(
        project("hello"),
        "/environment/environmentVariables",
        variables,
    );
    caller.ok("CreateProject", body).await;
    let id = start(&caller, "hello").await;
    tell(&caller, &id, Event::Admitted).await;
    let uuid = id.split_once(':').unwrap().1;
    let events = heard(&caller).await;
    let mut about = events[2]["detail"]["additional-information"].clone();
    let about_members = about.as_object_mut().unwrap();
    let began = about_members.remove("build-start-time").unwrap();
    assert!(is_time(&began), "{began}");
    about_members.remove("phases").unwrap();
    about_members.remove("initiator").unwrap();
    let link = about["logs"].as_object_mut().unwrap().remove("deep-link");
    assert!(link.unwrap().as_str().unwrap().contains(uuid));
    let expected = json!({
        "artifact": {"location": ""},
        "environment": {
            "image": "any",
            "privileged-mode": false,
            "compute-type": "BUILD_GENERAL1_SMALL",
            "type": "LINUX_CONTAINER",
            "environment-variables": [
                {"name": "PLAIN", "type": "PLAINTEXT", "value": "one"},
                {"name": "HIDDEN", "type": "PARAMETER_STORE", "value": "/secret/name"},
            ],
            "image-pull-credentials-type": "CODEBUILD",
        },
        "timeout-in-minutes": 60.0,
        "queued-timeout-in-minutes": 480.0,
        "build-complete": false,
        "build-number": 1.0,
        "source": {"type": "NO_SOURCE", "buildspec": "version: 0.2"},
        "cache": {"type": "NO_CACHE"},
        "logs": {"group-name": "/aws/codebuild/hello", "stream-name": uuid},
    });
    assert_eq!(about, expected);
}

// Witness: contract codebuild §13 with §4.1: a failing phase says why, and the end has the build's status.
#[tokio::test]
async fn a_failure_and_a_stop_are_told() {
    let caller = Caller::new(CODEBUILD).await;
    created(&caller, "hello").await;
    let failing = start(&caller, "hello").await;
    for event in [
        Event::Admitted,
        Event::Provisioned,
        Event::SourceReady(SourceReady::default()),
        Event::PhaseFailed(Phase::Install, Failure::client("no")),
        Event::Finalized(None),
    ] {
        tell(&caller, &failing, event).await;
    }
    let heard_of = told(&caller).await;
    let expected = [
        "INSTALL FAILED",
        "FINALIZING SUCCEEDED",
        "COMPLETED SUCCEEDED",
        "build FAILED",
    ];
    assert_eq!(heard_of[5..], expected);
    let events = heard(&caller).await;
    let context = events[5]["detail"]["completed-phase-context"].as_str();
    assert!(context.unwrap().ends_with(": no]"), "{context:?}");
    let stopped = start(&caller, "hello").await;
    caller.ok("StopBuild", json!({"id": stopped})).await;
    let expected = [
        "build IN_PROGRESS",
        "SUBMITTED SUCCEEDED",
        "QUEUED STOPPED",
        "COMPLETED STOPPED",
        "build STOPPED",
    ];
    assert_eq!(told(&caller).await[9..], expected);
}

// Witness: contract codebuild §13, "at least once"; here once: news that comes twice is told once.
#[tokio::test]
async fn repeated_news_and_starts_are_told_once() {
    let caller = Caller::new(CODEBUILD).await;
    created(&caller, "hello").await;
    let body = json!({"projectName": "hello", "idempotencyToken": "again"});
    let first = caller.ok("StartBuild", body.clone()).await;
    let again = caller.ok("StartBuild", body).await;
    let id = first["build"]["id"].as_str().unwrap();
    assert_eq!(again["build"]["id"], id);
    for _ in 0..2 {
        tell(&caller, id, Event::Admitted).await;
        tell(&caller, id, Event::Provisioned).await;
    }
    for _ in 0..2 {
        caller.ok("StopBuild", json!({"id": id})).await;
    }
    let expected = [
        "build IN_PROGRESS",
        "SUBMITTED SUCCEEDED",
        "QUEUED SUCCEEDED",
        "PROVISIONING SUCCEEDED",
        "DOWNLOAD_SOURCE STOPPED",
        "COMPLETED STOPPED",
        "build STOPPED",
    ];
    assert_eq!(told(&caller).await, expected);
}

// Witness: contract codebuild §13: only the builds of a batch raise events, not the batch (unconfirmed).
#[tokio::test]
async fn of_a_batch_its_builds_are_told() {
    let caller = Caller::new(CODEBUILD).await;
    batched::created(&caller, "hello").await;
    let batch = batched::start(&caller, "hello").await;
    let first = batched::run(&caller, &batch, batched::READS, true).await;
    let second = batched::run(&caller, &batch, "one", false).await;
    let mut of: Vec<Value> = heard(&caller).await;
    of.retain(|event| event["detail-type"] == "CodeBuild Build State Change");
    let of: Vec<Value> = of.iter().map(|event| event["resources"].clone()).collect();
    let (first, second) = (json!([build_arn(&first)]), json!([build_arn(&second)]));
    assert_eq!(of, [first.clone(), first, second.clone(), second]);
    let ended = batched::batch(&caller, &batch).await;
    assert_eq!(ended["buildBatchStatus"], "FAILED");
    assert_eq!(told(&caller).await.last().unwrap(), "build FAILED");
}
