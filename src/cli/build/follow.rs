//! Starts a build or a batch and shows it until it is over.

use super::outcome::{Done, Outcome};
use super::shell::Doors;
use crate::aws::ids;
use crate::cli::follow::{BuildLog, BuildLogs};
use crate::cli::progress::{Progress, Status};
use crate::cli::throwaway::Throwaway;
use crate::codebuild::launch::{Launch, launch_as};
use crate::codebuild::operations::start_build_batch;
use crate::codebuild::settings::Settings;
use crate::engine::build::BuildPlan;
use crate::engine::build::state::{BuildState, Phase, PhaseStatus};
use anyhow::{Context, anyhow};
use codebuild_api::input::StartBuildBatchInput;
use codebuild_api::model::{BuildBatch, BuildGroup};

/// One build of the project, up to a phase.
pub async fn single(
    project: &str,
    until: Option<Phase>,
    server: &Throwaway,
    doors: &mut Doors,
    progress: &mut Progress,
) -> anyhow::Result<Outcome> {
    let id = start(project, until, server).await?;
    watch(&id, server, doors, progress).await?;
    let build = server.app.codebuild.find_build(&server.scope(), &id);
    let done = Done::new(None, build.context("the build has vanished")?);
    Ok(Outcome {
        project: project.to_owned(),
        kind: "Build",
        id,
        status: done.status().to_owned(),
        succeeded: done.status() == "SUCCEEDED",
        builds: vec![done],
        kept: None,
    })
}

async fn start(name: &str, until: Option<Phase>, server: &Throwaway) -> anyhow::Result<String> {
    let service = &server.app.codebuild;
    let key = (server.scope(), name.to_owned());
    let project = service.tables.projects.get(&key);
    let project = project.context("the project has vanished")?;
    let launch = Launch {
        scope: server.scope(),
        project: name.to_owned(),
        uuid: ids::uuid(),
        settings: Settings::of(&project),
        initiator: server.call().principal.initiator().to_owned(),
        pipeline: None,
        token: None,
    };
    let started = launch_as(service, launch, move |plan| BuildPlan { until, ..plan });
    let build = started.await.map_err(|refused| anyhow!(refused.text()))?;
    build.id.context("the build has no id")
}

/// Shows phases and log until the build has ended.
async fn watch(
    id: &str,
    server: &Throwaway,
    doors: &mut Doors,
    progress: &mut Progress,
) -> anyhow::Result<()> {
    let service = &server.app.codebuild;
    let mut changes = service.engine.watch((server.scope(), id.to_owned()));
    let mut log = BuildLog::default();
    log.follow(server, id);
    loop {
        let state = service.state(&server.scope(), id);
        let state = state.context("the build has vanished")?;
        show_phases(&state, progress);
        if state.is_complete() {
            return log.drain(server, progress).await;
        }
        tokio::select! {
            () = changes.changed() => {}
            shown = log.show(server, progress) => shown?,
            visit = doors.next() => {
                log.drain(server, progress).await?;
                doors.open(visit, progress).await;
            }
        }
    }
}

fn show_phases(state: &BuildState, progress: &mut Progress) {
    for record in &state.phases {
        let status = match record.end.as_ref().map(|end| end.status) {
            None => Status::Running,
            Some(PhaseStatus::Succeeded) => Status::Succeeded,
            Some(_) => Status::Failed,
        };
        if record.phase != Phase::Completed {
            progress.step(record.phase.as_str(), status, "");
        }
    }
}

/// The batch of the project's buildspec.
pub async fn batch(
    project: &str,
    server: &Throwaway,
    doors: &mut Doors,
    progress: &mut Progress,
) -> anyhow::Result<Outcome> {
    let started = start_build_batch(StartBuildBatchInput::new(project), server.call()).await;
    let started = started.map_err(|error| anyhow!("{error}"))?.build_batch;
    let id = started.and_then(|batch| batch.id);
    let id = id.context("the batch has no id")?;
    let batch = watch_batch(&id, server, doors, progress).await?;
    let status = batch.build_batch_status;
    let status = status.map_or("", |status| status.as_str()).to_owned();
    let mut outcome = Outcome {
        project: project.to_owned(),
        kind: "Batch",
        id,
        succeeded: status == "SUCCEEDED",
        status,
        builds: Vec::new(),
        kept: None,
    };
    for group in groups(&batch) {
        let found = build_of(group).and_then(|id| {
            let service = &server.app.codebuild;
            service.find_build(&server.scope(), id)
        });
        outcome
            .builds
            .extend(found.map(|build| Done::new(group.identifier.clone(), build)));
    }
    Ok(outcome)
}

async fn watch_batch(
    id: &str,
    server: &Throwaway,
    doors: &mut Doors,
    progress: &mut Progress,
) -> anyhow::Result<BuildBatch> {
    let service = &server.app.codebuild;
    let mut changes = service.batches.watch((server.scope(), id.to_owned()));
    let mut logs = BuildLogs::default();
    loop {
        let batch = service.find_batch(&server.scope(), id);
        let batch = batch.context("the batch has vanished")?;
        for group in groups(&batch) {
            show_group(group, server, &mut logs, progress);
        }
        if batch.complete == Some(true) {
            logs.drain(progress)?;
            return Ok(batch);
        }
        tokio::select! {
            () = changes.changed() => {}
            shown = logs.show(progress) => shown?,
            visit = doors.next() => {
                logs.drain(progress)?;
                doors.open(visit, progress).await;
            }
        }
    }
}

fn groups(batch: &BuildBatch) -> impl Iterator<Item = &BuildGroup> {
    batch.build_groups.iter().flatten()
}

fn show_group(
    group: &BuildGroup,
    server: &Throwaway,
    logs: &mut BuildLogs,
    progress: &mut Progress,
) {
    let name = group.identifier.as_deref().unwrap_or_default();
    let status = group.current_build_summary.as_ref();
    let status = status.and_then(|of| of.build_status);
    let status = match status.map(|status| status.as_str()) {
        Some("SUCCEEDED") => Status::Succeeded,
        Some("IN_PROGRESS") => Status::Running,
        Some("FAILED" | "FAULT" | "STOPPED" | "TIMED_OUT") => Status::Failed,
        _ => return,
    };
    if let Some(build) = build_of(group) {
        logs.follow(server, name, build);
    }
    progress.step(name, status, "");
}

/// The id of a group's build, once it was started.
fn build_of(group: &BuildGroup) -> Option<&str> {
    let arn = group.current_build_summary.as_ref()?.arn.as_deref()?;
    arn.split_once(":build/").map(|(_, id)| id)
}
