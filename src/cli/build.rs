//! `slipway build [DIR]`: runs a folder's buildspec here and now, with the build engine of the server.
//!
//! The folder is packed and handed in as a source in S3; artifacts are taken out of S3 again. So what happens is what happens to
//! any build, and the exit code is 1 when the build does not succeed.

use super::progress::{Form, Progress, Status};
use super::throwaway::Throwaway;
use super::{archive, follow};
use crate::config::Builds;
use crate::engine::build::state::{BuildState, PhaseStatus};
use anyhow::{Context, anyhow, bail};
use camino::{Utf8Path, Utf8PathBuf};
use codebuild_api::input::{CreateProjectInput, StartBuildInput};
use serde_json::{Value, json};
use std::process::ExitCode;

#[derive(Debug, clap::Args)]
pub struct Build {
    /// Folder with the sources and their buildspec.yml
    #[arg(default_value = ".")]
    dir: Utf8PathBuf,
    /// Where to build: docker, host, or auto for Docker when it answers
    #[arg(long, env = "SLIPWAY_BUILDS", value_enum, default_value = "auto")]
    builds: Builds,
    /// Short for --builds host
    #[arg(long, conflicts_with = "builds")]
    host: bool,
    /// Image of the build's container
    #[arg(long, default_value = "aws/codebuild/standard:7.0")]
    image: String,
    /// Buildspec in place of the folder's buildspec.yml: a path inside DIR
    #[arg(long, value_name = "FILE")]
    buildspec: Option<String>,
    /// Environment variable of the build; may be repeated
    #[arg(long, short, value_name = "NAME=VALUE", value_parser = variable)]
    env: Vec<(String, String)>,
    /// Folder for the artifacts [default: they are not kept]
    #[arg(long, short, value_name = "DIR")]
    out: Option<Utf8PathBuf>,
    /// JSON lines for tools
    #[arg(long)]
    json: bool,
    /// Only say what went wrong
    #[arg(long)]
    quiet: bool,
}

const SOURCES: &str = "slipway-sources";
const ARTIFACTS: &str = "slipway-artifacts";

pub async fn run(build: Build) -> anyhow::Result<ExitCode> {
    let mut progress = Progress::new(Form::choose(build.json, build.quiet));
    let builds = if build.host {
        Builds::Host
    } else {
        build.builds
    };
    let dir = build.dir.canonicalize_utf8();
    let dir = dir.with_context(|| format!("cannot read the folder {}", build.dir))?;
    if !dir.is_dir() {
        bail!("{dir} is not a folder");
    }
    let server = Throwaway::start(builds).await?;
    let outcome = make(&build, &dir, &server, &mut progress).await;
    server.close().await;
    let (state, result) = outcome?;
    let succeeded = state.status == crate::engine::build::state::BuildStatus::Succeeded;
    progress.finish(succeeded, &result);
    Ok(if succeeded {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

async fn make(
    build: &Build,
    dir: &Utf8Path,
    server: &Throwaway,
    progress: &mut Progress,
) -> anyhow::Result<(BuildState, String)> {
    server.create_bucket(SOURCES, false).await?;
    server.create_bucket(ARTIFACTS, false).await?;
    let (folder, without) = (dir.to_owned(), build.out.clone());
    let without = without.and_then(|out| out.canonicalize_utf8().ok());
    let packed =
        tokio::task::spawn_blocking(move || archive::of_folder(&folder, without.as_deref()));
    server
        .upload(SOURCES, "sources.zip", packed.await??)
        .await?;
    let id = start(build, &project_name(dir), server).await?;
    let state = watch(&id, server, progress).await?;
    let kept = keep(build, server).await?;
    Ok((state.clone(), summary(&state, kept)))
}

/// A project's name has letters, digits, `-` and `_` only.
fn project_name(dir: &Utf8Path) -> String {
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let name: String = dir
        .file_name()
        .unwrap_or_default()
        .chars()
        .filter(|c| allowed(*c))
        .collect();
    let name = name.trim_start_matches(['-', '_']);
    match name.len() {
        2..=150 => name.to_owned(),
        _ => "build".to_owned(),
    }
}

async fn start(build: &Build, name: &str, server: &Throwaway) -> anyhow::Result<String> {
    let variable = |(name, value): &(String, String)| json!({"name": name, "value": value});
    let variables: Vec<Value> = build.env.iter().map(variable).collect();
    let mut source = json!({"type": "S3", "location": format!("{SOURCES}/sources.zip")});
    if let Some(buildspec) = &build.buildspec {
        source["buildspec"] = json!(buildspec);
    }
    let project: CreateProjectInput = serde_json::from_value(json!({
        "name": name, "serviceRole": server.role_arn(), "source": source,
        "artifacts": {"type": "S3", "location": ARTIFACTS, "name": "/", "packaging": "NONE"},
        "environment": {"type": "LINUX_CONTAINER", "computeType": "BUILD_GENERAL1_SMALL",
                        "image": build.image, "environmentVariables": variables},
    }))?;
    let created = crate::codebuild::operations::create_project(project, server.call()).await;
    created.map_err(|error| anyhow!("{error}"))?;
    let started =
        crate::codebuild::operations::start_build(StartBuildInput::new(name), server.call()).await;
    let started = started.map_err(|error| anyhow!("{error}"))?;
    started
        .build
        .and_then(|build| build.id)
        .context("the build has no id")
}

/// Shows phases and log until the build has ended.
async fn watch(
    id: &str,
    server: &Throwaway,
    progress: &mut Progress,
) -> anyhow::Result<BuildState> {
    let service = &server.app.codebuild;
    let mut changes = service.engine.watch((server.scope(), id.to_owned()));
    let mut log = follow::BuildLog::default();
    log.follow(server, id);
    loop {
        let state = service
            .state(&server.scope(), id)
            .context("the build has vanished")?;
        show_phases(&state, progress);
        if state.is_complete() {
            log.drain(server, progress).await?;
            return Ok(state);
        }
        tokio::select! {
            () = changes.changed() => {}
            shown = log.show(server, progress) => shown?,
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
        if record.phase != crate::engine::build::state::Phase::Completed {
            progress.step(record.phase.as_str(), status, "");
        }
    }
}

async fn keep(build: &Build, server: &Throwaway) -> anyhow::Result<Option<(usize, Utf8PathBuf)>> {
    let Some(out) = &build.out else {
        return Ok(None);
    };
    std::fs::create_dir_all(out).with_context(|| format!("cannot make the folder {out}"))?;
    let count = server.download(ARTIFACTS, "", out).await?;
    Ok(Some((count, out.clone())))
}

fn summary(state: &BuildState, kept: Option<(usize, Utf8PathBuf)>) -> String {
    let mut text = match state.failure() {
        None => format!("Build {}", state.status.as_str()),
        Some((phase, _, context)) => {
            format!(
                "Build {}: {}: {}",
                state.status.as_str(),
                phase.as_str(),
                context.message
            )
        }
    };
    if let Some((count, out)) = kept {
        text.push_str(&format!(". {count} artifacts in {out}"));
    }
    text
}

/// `NAME=VALUE` as clap wants it.
pub(super) fn variable(text: &str) -> Result<(String, String), String> {
    let pair = text.split_once('=').filter(|(name, _)| !name.is_empty());
    let (name, value) = pair.ok_or("expected NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}
