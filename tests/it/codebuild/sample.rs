//! A project that needs nothing, and news for its builds.

use crate::support::caller::{Caller, ROLE};
use serde_json::{Value, json};
use slipway::aws::{Account, Region, Scope};
use slipway::engine::build::event::{Event, SourceReady};
use slipway::engine::build::reports::Report;
use slipway::engine::build::state::Phase;

/// No source, no artifacts, an inline buildspec.
pub fn project(name: &str) -> Value {
    json!({
        "name": name,
        "source": {"type": "NO_SOURCE", "buildspec": "version: 0.2"},
        "artifacts": {"type": "NO_ARTIFACTS"},
        "environment": {"type": "LINUX_CONTAINER", "image": "any", "computeType": "BUILD_GENERAL1_SMALL"},
        "serviceRole": ROLE,
    })
}

pub async fn created(caller: &Caller, name: &str) {
    caller.ok("CreateProject", project(name)).await;
}

/// Starts a build and gives its id.
pub async fn start(caller: &Caller, project: &str) -> String {
    let started = caller
        .ok("StartBuild", json!({"projectName": project}))
        .await;
    started["build"]["id"].as_str().unwrap().to_owned()
}

/// Starts a build and stops it.
pub async fn stopped(caller: &Caller, project: &str) -> String {
    let id = start(caller, project).await;
    caller.ok("StopBuild", json!({"id": id})).await;
    id
}

pub async fn build(caller: &Caller, id: &str) -> Value {
    let got = caller.ok("BatchGetBuilds", json!({"ids": [id]})).await;
    got["builds"][0].clone()
}

/// Lets every phase of a build succeed.
pub async fn succeed(caller: &Caller, id: &str) {
    succeed_with(caller, id, Vec::new()).await;
}

/// The same; the build finds these reports.
pub async fn succeed_with(caller: &Caller, id: &str, reports: Vec<Report>) {
    let reports = reports.into_iter().map(Box::new).map(Event::Reported);
    let ready = SourceReady {
        resolved_version: Some("v1".to_owned()),
        ..SourceReady::default()
    };
    let before = [
        Event::Admitted,
        Event::Provisioned,
        Event::SourceReady(ready),
        Event::CommandsSucceeded(Phase::Install),
        Event::CommandsSucceeded(Phase::PreBuild),
        Event::CommandsSucceeded(Phase::Build),
        Event::CommandsSucceeded(Phase::PostBuild),
    ];
    let after = [Event::ArtifactsUploaded(Vec::new()), Event::Finalized(None)];
    for event in before.into_iter().chain(reports).chain(after) {
        tell(caller, id, event).await;
    }
}

pub async fn tell(caller: &Caller, id: &str, event: Event) {
    let scope = Scope::new(
        Account::parse("000000000000").unwrap(),
        Region::parse("us-east-1").unwrap(),
    );
    let engine = &caller.server.app.codebuild.engine;
    engine.event((scope, id.to_owned()), event).await;
}

pub fn project_arn(name: &str) -> String {
    format!("arn:aws:codebuild:us-east-1:000000000000:project/{name}")
}

pub fn build_arn(id: &str) -> String {
    format!("arn:aws:codebuild:us-east-1:000000000000:build/{id}")
}

/// A well-formed id that no build has.
pub const NOBODY: &str = "hello:11111111-2222-4333-8444-555555555555";
