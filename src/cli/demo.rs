//! `slipway demo`: a sample pipeline in a throw-away server, with live progress: a zip in S3 → a build → a deployment to S3.
//!
//! The exit code tells the truth: 0 only when the pipeline succeeded and its result could be read back.

use super::progress::{Form, Progress, Status};
use super::throwaway::{Throwaway, interrupted};
use super::{archive, follow};
use crate::config::Builds;
use crate::engine::pipeline::Key;
use crate::engine::pipeline::execution::{ActionStatus, Execution, ExecutionStatus};
use anyhow::{Context, anyhow};
use camino::Utf8PathBuf;
use codebuild_api::input::CreateProjectInput;
use codepipeline_api::input::CreatePipelineInput;
use serde_json::{Value, json};
use std::process::ExitCode;
use std::sync::atomic::AtomicBool;

#[derive(Debug, clap::Args)]
pub struct Demo {
    /// Where the build runs: docker, host, or auto for Docker when it answers
    #[arg(long, env = "SLIPWAY_BUILDS", value_enum, default_value = "auto")]
    builds: Builds,
    /// Image of the build's container
    #[arg(
        long,
        env = "SLIPWAY_DEMO_IMAGE",
        default_value = "public.ecr.aws/docker/library/alpine:3.20"
    )]
    image: String,
    /// Folder for what the pipeline deploys [default: a temporary folder]
    #[arg(long, value_name = "DIR")]
    out: Option<Utf8PathBuf>,
    /// JSON lines for tools
    #[arg(long)]
    json: bool,
    /// Only say what went wrong
    #[arg(long)]
    quiet: bool,
}

/// The sample project, part of the binary.
const PROJECT: [(&str, &str); 5] = [
    (
        "buildspec.yml",
        include_str!("../../examples/hello-pipeline/buildspec.yml"),
    ),
    (
        "check.sh",
        include_str!("../../examples/hello-pipeline/check.sh"),
    ),
    (
        "render.sh",
        include_str!("../../examples/hello-pipeline/render.sh"),
    ),
    (
        "site/index.html",
        include_str!("../../examples/hello-pipeline/site/index.html"),
    ),
    (
        "site/about.html",
        include_str!("../../examples/hello-pipeline/site/about.html"),
    ),
];
/// CodeBuild's code for an image that cannot be had.
const UNPULLABLE: &str = "BUILD_CONTAINER_UNABLE_TO_PULL_IMAGE";
const NAME: &str = "hello-pipeline";
const SOURCES: &str = "hello-sources";
const SITE: &str = "hello-site";

pub async fn run(demo: Demo) -> anyhow::Result<ExitCode> {
    let mut progress = Progress::new(Form::choose(demo.json, demo.quiet));
    let mut outcome = attempt(&demo, demo.builds, &mut progress).await;
    // Docker answers, but no registry does: the sample is still to be seen.
    if let (Builds::Auto, Err(error)) = (demo.builds, &outcome)
        && error.to_string().contains(UNPULLABLE)
    {
        progress.note(&format!("{error:#}"));
        progress.note("Once more, on this machine instead of in a container:");
        progress = Progress::new(Form::choose(demo.json, demo.quiet));
        outcome = attempt(&demo, Builds::Host, &mut progress).await;
    }
    match outcome {
        Ok(text) => {
            progress.finish(true, &text);
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => {
            progress.finish(false, &format!("slipway demo: {error:#}"));
            Ok(ExitCode::FAILURE)
        }
    }
}

async fn attempt(demo: &Demo, builds: Builds, progress: &mut Progress) -> anyhow::Result<String> {
    let server = Throwaway::start(builds).await?;
    let nobody = AtomicBool::new(false);
    let outcome = tokio::select! {
        outcome = show(demo, &server, progress) => outcome,
        () = interrupted(&nobody) => Err(anyhow!("it was interrupted, and has been removed")),
    };
    server.close().await;
    outcome
}

async fn show(demo: &Demo, server: &Throwaway, progress: &mut Progress) -> anyhow::Result<String> {
    progress.note(&format!("A pipeline with builds in {}:", place(server)));
    server.create_bucket(SOURCES, true).await?;
    server.create_bucket(SITE, false).await?;
    let sources = archive::of_files(&PROJECT)?;
    server.upload(SOURCES, "sources.zip", sources).await?;
    create(server, &demo.image).await?;
    let execution = watch(server, progress).await?;
    if execution.status != ExecutionStatus::Succeeded {
        return Err(failure(&execution));
    }
    let out = match &demo.out {
        Some(folder) => folder.clone(),
        None => fresh_folder()?,
    };
    let count = server.download(SITE, "www", &out).await?;
    let page = out.join("index.html");
    std::fs::metadata(&page)
        .with_context(|| format!("the pipeline deployed {count} files, but not {page}"))?;
    Ok(format!(
        "The pipeline succeeded. It deployed {count} pages to s3://{SITE}/www; here they are: {page}"
    ))
}

fn place(server: &Throwaway) -> &'static str {
    match server.app.world.sandbox_kind() {
        crate::sandbox::Kind::Docker => "containers",
        crate::sandbox::Kind::Host => "processes on this machine",
    }
}

fn fresh_folder() -> anyhow::Result<Utf8PathBuf> {
    let folder = tempfile::Builder::new().prefix("slipway-demo-").tempdir()?;
    let path = Utf8PathBuf::from_path_buf(folder.keep());
    path.map_err(|path| anyhow!("the folder {} has no UTF-8 name", path.display()))
}

async fn create(server: &Throwaway, image: &str) -> anyhow::Result<()> {
    let project: CreateProjectInput = serde_json::from_value(json!({
        "name": NAME, "serviceRole": server.role_arn(),
        "source": {"type": "CODEPIPELINE"}, "artifacts": {"type": "CODEPIPELINE"},
        "environment": {"type": "LINUX_CONTAINER", "computeType": "BUILD_GENERAL1_SMALL", "image": image},
    }))?;
    let created = crate::codebuild::operations::create_project(project, server.call()).await;
    created.map_err(|error| anyhow!("{error}"))?;
    let pipeline: CreatePipelineInput =
        serde_json::from_value(json!({"pipeline": declaration(server)}))?;
    let created = crate::codepipeline::operations::create_pipeline(pipeline, server.call()).await;
    created.map_err(|error| anyhow!("{error}"))?;
    Ok(())
}

fn declaration(server: &Throwaway) -> Value {
    let action = |name: &str,
                  category: &str,
                  provider: &str,
                  configuration: Value,
                  inputs: &[&str],
                  outputs: &[&str]| {
        let named = |names: &[&str]| {
            names
                .iter()
                .map(|name| json!({"name": name}))
                .collect::<Vec<Value>>()
        };
        json!({"name": name, "configuration": configuration,
               "actionTypeId": {"category": category, "owner": "AWS", "provider": provider, "version": "1"},
               "inputArtifacts": named(inputs), "outputArtifacts": named(outputs)})
    };
    let source =
        json!({"S3Bucket": SOURCES, "S3ObjectKey": "sources.zip", "PollForSourceChanges": "false"});
    let deploy = json!({"BucketName": SITE, "ObjectKey": "www", "Extract": "true"});
    json!({
        "name": NAME, "roleArn": server.role_arn(), "pipelineType": "V2",
        "artifactStore": {"type": "S3", "location": SOURCES},
        "stages": [
            {"name": "Source", "actions": [action("Zip", "Source", "S3", source, &[], &["Sources"])]},
            {"name": "Build", "actions": [action("Render", "Build", "CodeBuild", json!({"ProjectName": NAME}), &["Sources"], &["Site"])]},
            {"name": "Deploy", "actions": [action("Publish", "Deploy", "S3", deploy, &["Site"], &[])]},
        ],
    })
}

/// Shows the execution until it has ended.
async fn watch(server: &Throwaway, progress: &mut Progress) -> anyhow::Result<Execution> {
    let service = &server.app.codepipeline;
    let key: Key = (server.scope(), NAME.to_owned());
    let mut changes = service.engine.watch(key.clone());
    let id = service.tables.newest_start(&key)?;
    let id = id.ok_or_else(|| anyhow!("the pipeline did not start"))?;
    let mut log = follow::BuildLog::default();
    loop {
        let execution = service
            .tables
            .find_execution(&key, &id, server.app.now())
            .map_err(|error| anyhow!("{error}"))?;
        show_actions(&execution, progress);
        if execution.status.is_final() {
            log.drain(server, progress).await?;
            return Ok(execution);
        }
        if let Some(build) = running_build(&execution) {
            log.follow(server, &build);
        }
        tokio::select! {
            () = changes.changed() => {}
            shown = log.show(server, progress) => shown?,
        }
    }
}

fn running_build(execution: &Execution) -> Option<String> {
    let mut running = execution.running();
    running.find_map(|run| {
        run.result
            .external_id
            .clone()
            .filter(|id| id.starts_with(NAME))
    })
}

fn show_actions(execution: &Execution, progress: &mut Progress) {
    for stage in &execution.stages {
        for run in &stage.actions {
            let status = match run.status {
                ActionStatus::InProgress => Status::Running,
                ActionStatus::Succeeded => Status::Succeeded,
                ActionStatus::Failed | ActionStatus::Abandoned => Status::Failed,
            };
            progress.step(&format!("{} / {}", stage.name, run.name), status, "");
        }
    }
}

fn failure(execution: &Execution) -> anyhow::Error {
    let runs = execution.stages.iter().flat_map(|stage| &stage.actions);
    let errors = runs.filter_map(|run| run.result.error.as_ref().map(|error| (&run.name, error)));
    let texts: Vec<String> = errors
        .map(|(name, error)| format!("{name}: {}", error.message))
        .collect();
    anyhow!("the pipeline failed. {}", texts.join("; "))
}
