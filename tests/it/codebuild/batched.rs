//! A project whose builds come in batches, and news for them.
//!
//! The engines stand still: `launch` does what the batch asks for, `end` tells it what became of a build.

use super::sample::{project, tell};
use crate::support::caller::{Caller, ROLE};
use serde_json::{Value, json};
use slipway::aws::{Account, Region, Scope};
use slipway::engine::batch::Event;
use slipway::engine::batch::effect::LaunchBuild;
use slipway::engine::batch::event::GroupToken;
use slipway::engine::build::buildspec::batchspec;
use slipway::engine::build::effect::child_ended;
use slipway::engine::build::event::{self, Failure, SourceReady};
use slipway::engine::build::state::Phase;
use slipway::engine::world::World;

pub const READS: &str = "DOWNLOAD_SOURCE";

/// `two` waits for `one`.
pub const GRAPH: &str = "version: 0.2
batch:
  build-graph:
    - identifier: one
    - identifier: two
      depend-on: [one]
      ignore-failure: true
      buildspec: other.yml
      env: {variables: {A: b}}
";

pub fn batching(name: &str) -> Value {
    let mut project = project(name);
    project["source"]["buildspec"] = json!(GRAPH);
    project["buildBatchConfig"] = json!({"serviceRole": ROLE});
    project
}

pub async fn created(caller: &Caller, name: &str) {
    caller.ok("CreateProject", batching(name)).await;
}

/// Starts a batch and gives its id.
pub async fn start(caller: &Caller, project: &str) -> String {
    let started = caller
        .ok("StartBuildBatch", json!({"projectName": project}))
        .await;
    started["buildBatch"]["id"].as_str().unwrap().to_owned()
}

pub async fn batch(caller: &Caller, id: &str) -> Value {
    let got = caller
        .ok("BatchGetBuildBatches", json!({"ids": [id]}))
        .await;
    got["buildBatches"][0].clone()
}

pub fn key(id: &str) -> (Scope, String) {
    let account = Account::parse("000000000000").unwrap();
    let scope = Scope::new(account, Region::parse("us-east-1").unwrap());
    (scope, id.to_owned())
}

pub async fn news(caller: &Caller, id: &str, event: Event) {
    let batches = &caller.server.app.codebuild.batches;
    batches.event(key(id), event).await;
}

fn token(caller: &Caller, id: &str, group: &str) -> GroupToken {
    let live = caller.server.app.codebuild.batches.state(&key(id)).unwrap();
    live.group(group).unwrap().token()
}

/// What the batch asks for when it wants the build of a group.
pub fn wanted(caller: &Caller, id: &str, group: &str) -> LaunchBuild {
    let live = caller.server.app.codebuild.batches.state(&key(id)).unwrap();
    let of = live.group(group).unwrap();
    LaunchBuild {
        scope: live.plan.scope.clone(),
        batch: id.to_owned(),
        token: of.token(),
        uuid: live.plan.build_uuid(group, of.attempt),
        task: of.task.clone(),
        source_version: None,
    }
}

/// Starts the build of a group and gives its id.
pub async fn launch(caller: &Caller, id: &str, group: &str) -> String {
    let job = wanted(caller, id, group);
    let token = job.token.clone();
    let build = caller
        .server
        .app
        .world
        .launch_batch_build(job)
        .await
        .unwrap();
    news(caller, id, Event::BuildLaunched(token, build.clone())).await;
    build
}

/// Brings a build of a group to its end and tells the batch.
pub async fn end(caller: &Caller, id: &str, group: &str, build: &str, good: bool) {
    let ready = SourceReady {
        batchspec: (group == READS).then(|| batchspec(GRAPH.as_bytes()).unwrap()),
        ..SourceReady::default()
    };
    let mut events = vec![
        event::Event::Admitted,
        event::Event::Provisioned,
        event::Event::SourceReady(ready),
    ];
    events.push(match good {
        true => event::Event::CommandsSucceeded(Phase::Install),
        false => event::Event::PhaseFailed(Phase::Install, Failure::client("no")),
    });
    if good {
        for phase in [Phase::PreBuild, Phase::Build, Phase::PostBuild] {
            events.push(event::Event::CommandsSucceeded(phase));
        }
        events.push(event::Event::ArtifactsUploaded(Vec::new()));
    }
    events.push(event::Event::Finalized(None));
    for event in events {
        tell(caller, build, event).await;
    }
    let (scope, build) = key(build);
    let state = caller.server.app.codebuild.state(&scope, &build).unwrap();
    assert!(state.is_complete(), "{state:?}");
    let token = token(caller, id, group);
    let ended = Event::BuildFinished(token, Box::new(child_ended(&state)));
    news(caller, id, ended).await;
}

/// Launches a group's build and lets it end; gives its id.
pub async fn run(caller: &Caller, id: &str, group: &str, good: bool) -> String {
    let build = launch(caller, id, group).await;
    end(caller, id, group, &build, good).await;
    build
}

/// A batch whose first build failed.
pub async fn failed(caller: &Caller, project: &str) -> String {
    let id = start(caller, project).await;
    run(caller, &id, READS, true).await;
    run(caller, &id, "one", false).await;
    assert_eq!(batch(caller, &id).await["buildBatchStatus"], "FAILED");
    id
}

/// Phases as `TYPE STATUS`.
pub fn phases(batch: &Value) -> Vec<String> {
    let phases = batch["phases"].as_array().unwrap().iter();
    let shown = phases.map(|phase| {
        let status = phase["phaseStatus"].as_str().unwrap_or_default();
        let line = format!("{} {status}", phase["phaseType"].as_str().unwrap());
        line.trim_end().to_owned()
    });
    shown.collect()
}

/// Groups as `identifier STATUS`.
pub fn groups(batch: &Value) -> Vec<String> {
    let groups = batch["buildGroups"].as_array().unwrap().iter();
    let shown = groups.map(|group| {
        let status = group["currentBuildSummary"]["buildStatus"]
            .as_str()
            .unwrap();
        format!("{} {status}", group["identifier"].as_str().unwrap())
    });
    shown.collect()
}

pub fn batch_arn(id: &str) -> String {
    format!("arn:aws:codebuild:us-east-1:000000000000:build-batch/{id}")
}
