//! What job workers do, and a pipeline whose second stage is theirs.

use super::sample::{action, create, custom_type, finish, pipeline};
use crate::support::caller::{Caller, with};
use serde_json::{Value, json};
use slipway::codepipeline::jobs::JobRow;
use slipway::store::Direction;
use std::time::Duration;

/// A custom build type without a queryable property; its worker is shown by its links.
pub fn mill() -> Value {
    let kind = with(
        custom_type("Mill"),
        "/configurationProperties/0/queryable",
        json!(false),
    );
    let links =
        json!({"executionUrlTemplate": "https://mill.example/{Config:Job}/{ExternalExecutionId}"});
    with(kind, "/settings", links)
}

/// S3 → the mill → S3.
pub fn milled(name: &str) -> Value {
    let configuration =
        json!({"Job": "nightly", "Note": "#{codepipeline.PipelineExecutionId}", "Token": "hush"});
    let mut mill = action(
        "Grind",
        "Build",
        "Mill",
        configuration,
        &["Sources"],
        &["Site"],
    );
    mill["actionTypeId"]["owner"] = json!("Custom");
    mill["namespace"] = json!("Mill");
    with(pipeline(name), "/stages/1/actions/0", mill)
}

/// S3 → Alexa, a partner's type.
pub fn spoken(name: &str) -> Value {
    let configuration =
        json!({"ClientId": "c", "ClientSecret": "hush", "RefreshToken": "hush", "SkillId": "s"});
    let mut speak = action(
        "Speak",
        "Deploy",
        "AlexaSkillsKit",
        configuration,
        &["Sources"],
        &[],
    );
    speak["actionTypeId"]["owner"] = json!("ThirdParty");
    with(
        pipeline(name),
        "/stages/1",
        json!({"name": "Speak", "actions": [speak]}),
    )
    .pointer("/stages")
    .map(|stages| with(pipeline(name), "/stages", json!([stages[0], stages[1]])))
    .unwrap()
}

/// A pipeline `p` whose mill waits; gives the id of its execution.
pub async fn waiting(caller: &Caller) -> String {
    caller.ok("CreateCustomActionType", mill()).await;
    waiting_too(caller, "p").await
}

/// The same with another pipeline, when there is a mill.
pub async fn waiting_too(caller: &Caller, name: &str) -> String {
    let execution = create(caller, milled(name)).await;
    finish(caller, name, &execution, "Zip").await;
    execution
}

pub fn poll() -> Value {
    json!({"actionTypeId": {"category": "Build", "owner": "Custom", "provider": "Mill", "version": "1"}})
}

pub fn poll_partner() -> Value {
    json!({"actionTypeId":
        {"category": "Deploy", "owner": "ThirdParty", "provider": "AlexaSkillsKit", "version": "1"}})
}

/// The one job that is offered.
pub async fn offered(caller: &Caller) -> Value {
    let polled = caller.ok("PollForJobs", poll()).await;
    let jobs = polled["jobs"].as_array().unwrap();
    assert_eq!(jobs.len(), 1, "{polled}");
    jobs[0].clone()
}

/// Polls, acknowledges, and gives the job's id.
pub async fn taken(caller: &Caller) -> String {
    let job = offered(caller).await;
    let body = json!({"jobId": job["id"], "nonce": job["nonce"]});
    caller.ok("AcknowledgeJob", body).await;
    job["id"].as_str().unwrap().to_owned()
}

/// A pipeline with a partner's job that is offered; gives execution and job.
pub async fn spoken_to(caller: &Caller) -> (String, String) {
    let execution = create(caller, spoken("p")).await;
    finish(caller, "p", &execution, "Zip").await;
    let polled = caller.ok("PollForThirdPartyJobs", poll_partner()).await;
    let job = polled["jobs"][0]["jobId"]
        .as_str()
        .unwrap_or_else(|| panic!("{polled}"));
    (execution, job.to_owned())
}

/// The token of the account's client with the partner.
pub async fn client_token(caller: &Caller) -> String {
    let listed = caller
        .server
        .get("/_slipway/third-party-clients")
        .await
        .json();
    listed["clients"][0]["clientToken"]
        .as_str()
        .unwrap()
        .to_owned()
}

pub async fn later(caller: &Caller, seconds: u64) {
    let clock = &caller.server.app.clock;
    clock.set(1.0, Duration::from_secs(seconds)).await.unwrap();
}

/// An action's latest execution, as the state shows it.
pub async fn latest(caller: &Caller, pipeline: &str, stage: usize) -> Value {
    let state = caller
        .ok("GetPipelineState", json!({"name": pipeline}))
        .await;
    state["stageStates"][stage]["actionStates"][0]["latestExecution"].clone()
}

/// The job without what differs each time: credentials, and the random ends of keys.
pub fn without_secrets(mut job: Value) -> Value {
    let data = &mut job["data"];
    let credentials = data["artifactCredentials"].take();
    let names: Vec<&String> = credentials.as_object().unwrap().keys().collect();
    assert_eq!(names, ["accessKeyId", "secretAccessKey", "sessionToken"]);
    data.as_object_mut().unwrap().remove("artifactCredentials");
    for list in ["inputArtifacts", "outputArtifacts"] {
        for artifact in data[list].as_array_mut().unwrap() {
            let key = artifact
                .pointer_mut("/location/s3Location/objectKey")
                .unwrap();
            let (folder, _) = key.as_str().unwrap().rsplit_once('/').unwrap();
            *key = json!(format!("{folder}/…"));
        }
    }
    job
}

/// All jobs that are kept.
pub fn rows(caller: &Caller) -> Vec<JobRow> {
    let jobs = &caller.server.app.codepipeline.tables.jobs;
    let rows = jobs.rows.range(.., Direction::Forward, usize::MAX).unwrap();
    rows.into_iter().map(|(_, row)| row).collect()
}

/// How many jobs workers may be offered, now or later.
pub fn open(caller: &Caller) -> usize {
    caller.server.app.codepipeline.tables.jobs.open.len()
}
