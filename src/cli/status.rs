//! `slipway status`: what runs on a server now, stage by stage, and what it waits for.
//!
//! Per pipeline all live executions are shown, or the newest one when none is live.

use super::remote::api::Running;
use super::remote::caller::{CallError, Remote, time};
use super::remote::endpoint::Endpoint;
use super::remote::snapshot::{Head, Snapshot, Stage};
use super::words::{self, Paint};
use codebuild_api::model::Build;
use codepipeline_api::model::PipelineSummary;
use futures::{StreamExt, TryStreamExt};
use jiff::Timestamp;
use serde::Serialize;
use std::fmt::Write as _;
use std::io::Write as _;
use std::process::ExitCode;

#[derive(Debug, clap::Args)]
pub struct Status {
    /// Only this pipeline [default: all of the account and region]
    #[arg(value_name = "PIPELINE")]
    pipeline: Option<String>,
    #[command(flatten)]
    endpoint: Endpoint,
    /// JSON lines for tools: one per pipeline, one per running build
    #[arg(long)]
    json: bool,
    /// Only the ids of what runs, one a line
    #[arg(long, conflicts_with = "json")]
    quiet: bool,
}

/// Executions of one pipeline among which live ones are looked for.
const NEWEST: usize = 100;
/// Pipelines that are asked about at a time.
const AT_ONCE: usize = 8;

pub async fn run(status: Status) -> anyhow::Result<ExitCode> {
    let remote = status.endpoint.remote()?;
    let overview = look(&remote, status.pipeline.as_deref()).await?;
    let text = match (status.json, status.quiet) {
        (true, _) => overview.json()?,
        (false, true) => overview.ids(),
        (false, false) => overview.text(Paint::for_stdout()),
    };
    // A reader that has gone away is no failure.
    let _ = std::io::stdout().lock().write_all(text.as_bytes());
    Ok(ExitCode::SUCCESS)
}

/// Everything that is shown.
#[derive(Debug)]
struct Overview {
    now: Timestamp,
    url: String,
    region: String,
    pipelines: Vec<Pipeline>,
    builds: Vec<RunningBuild>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Pipeline {
    name: String,
    #[serde(rename = "type")]
    kind: String,
    mode: String,
    version: i32,
    executions: Vec<Snapshot>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct RunningBuild {
    id: String,
    status: String,
    phase: Option<String>,
    started: Option<Timestamp>,
    initiator: Option<String>,
}

async fn look(remote: &Remote, only: Option<&str>) -> Result<Overview, CallError> {
    let mut listed = remote.pipelines().await?;
    if let Some(only) = only {
        listed.retain(|pipeline| pipeline.name.as_deref() == Some(only));
        if listed.is_empty() {
            // The service's own words for a pipeline that is not there.
            remote.state(only).await?;
        }
    }
    let pipelines = futures::stream::iter(listed).map(|summary| look_at(remote, summary));
    let pipelines: Vec<Option<Pipeline>> = pipelines.buffered(AT_ONCE).try_collect().await?;
    let builds = match only {
        Some(_) => Vec::new(),
        None => remote.live_builds().await?,
    };
    Ok(Overview {
        now: remote.now().await?,
        url: remote.url().to_owned(),
        region: remote.region().to_owned(),
        pipelines: pipelines.into_iter().flatten().collect(),
        builds: builds.iter().map(running_build).collect(),
    })
}

/// `None` when it has been deleted meanwhile.
async fn look_at(remote: &Remote, summary: PipelineSummary) -> Result<Option<Pipeline>, CallError> {
    let name = summary.name.clone().unwrap_or_default();
    match executions(remote, &name).await {
        Err(error) if error.is("PipelineNotFoundException") => Ok(None),
        Err(error) => Err(error),
        Ok(executions) => Ok(Some(Pipeline {
            name,
            kind: summary
                .pipeline_type
                .map(|of| of.to_string())
                .unwrap_or_default(),
            mode: summary
                .execution_mode
                .map(|of| of.to_string())
                .unwrap_or_default(),
            version: summary.version.unwrap_or(1),
            executions,
        })),
    }
}

async fn executions(remote: &Remote, name: &str) -> Result<Vec<Snapshot>, CallError> {
    let mut heads: Vec<Head> = remote
        .executions(name, NEWEST)
        .await?
        .iter()
        .map(Head::from)
        .collect();
    match heads.iter().any(|head| !head.is_over()) {
        true => heads.retain(|head| !head.is_over()),
        false => heads.truncate(1),
    }
    if heads.is_empty() {
        return Ok(Vec::new());
    }
    let declaration = remote.declaration(name).await?;
    let state = remote.state(name).await?;
    let running: Vec<Running> = match heads.iter().any(|head| !head.is_over()) {
        true => remote.running(name).await?,
        false => Vec::new(),
    };
    let mut executions = Vec::new();
    for head in heads {
        executions.push(
            remote
                .snapshot(&declaration, &state, head, &running)
                .await?,
        );
    }
    Ok(executions)
}

fn running_build(build: &Build) -> RunningBuild {
    RunningBuild {
        id: build.id.clone().unwrap_or_default(),
        status: build
            .build_status
            .map(|of| of.to_string())
            .unwrap_or_default(),
        phase: build.current_phase.clone(),
        started: build.start_time.as_ref().and_then(time),
        initiator: build.initiator.clone(),
    }
}

impl Overview {
    fn json(&self) -> serde_json::Result<String> {
        let pipelines = self
            .pipelines
            .iter()
            .map(|of| serde_json::json!({ "pipeline": of }));
        let builds = self
            .builds
            .iter()
            .map(|of| serde_json::json!({ "build": of }));
        Ok(pipelines
            .chain(builds)
            .fold(String::new(), |text, line| format!("{text}{line}\n")))
    }

    fn ids(&self) -> String {
        let executions = self.pipelines.iter().flat_map(|of| &of.executions);
        let live = executions.filter(|of| !of.head.is_over());
        let ids = live.map(|of| &of.head.pipeline_execution_id);
        let ids = ids.chain(self.builds.iter().map(|of| &of.id));
        ids.fold(String::new(), |text, id| format!("{text}{id}\n"))
    }

    fn text(&self, paint: Paint) -> String {
        if self.pipelines.is_empty() && self.builds.is_empty() {
            return format!(
                "Nothing in {} on {}: no pipeline, no running build.\n",
                self.region, self.url
            );
        }
        let mut parts: Vec<String> = self
            .pipelines
            .iter()
            .map(|of| self.pipeline(of, paint))
            .collect();
        if !self.builds.is_empty() {
            parts.push(self.running_builds(paint));
        }
        parts.join("\n")
    }

    fn pipeline(&self, of: &Pipeline, paint: Paint) -> String {
        let name = paint.strong(&of.name);
        let mut text = format!(
            "{name} ({}, {}, version {})\n",
            of.kind, of.mode, of.version
        );
        if of.executions.is_empty() {
            text.push_str("  has never run\n");
        }
        for execution in &of.executions {
            self.execution(execution, paint, &mut text);
        }
        text
    }

    fn execution(&self, of: &Snapshot, paint: Paint, text: &mut String) {
        let head = &of.head;
        let (id, status) = (&head.pipeline_execution_id, paint.status(&head.status));
        let when = match (head.is_over(), head.started, head.updated) {
            (false, started, _) => words::since(started, self.now),
            (true, Some(started), Some(ended)) => format!(
                " {} ago, after {}",
                words::age(words::between(ended, self.now)),
                words::age(words::between(started, ended))
            ),
            (true, ..) => String::new(),
        };
        let trigger = words::prefixed(", by ", head.trigger.as_deref());
        let summary = words::prefixed(": ", head.summary.as_deref());
        let _ = writeln!(text, "  {status} {id}{when}{trigger}{summary}");
        let width = of
            .stages
            .iter()
            .map(|stage| stage.name.len())
            .max()
            .unwrap_or(0);
        for stage in &of.stages {
            self.stage(stage, width, paint, text);
        }
        for wait in &of.waits {
            let _ = writeln!(text, "    → {}", wait.sentence(self.now));
            if let Some(command) = wait.command() {
                let _ = writeln!(text, "      {command}");
            }
        }
    }

    fn stage(&self, of: &Stage, width: usize, paint: Paint, text: &mut String) {
        let status = of.status.as_deref().unwrap_or("-");
        // Padded before it is painted: colours have no width.
        let padding = " ".repeat(12_usize.saturating_sub(status.len()));
        let status = match of.status {
            Some(_) => paint.status(status),
            None => status.to_owned(),
        };
        let actions = of.actions.iter().map(|action| {
            let error = words::prefixed(": ", action.error.as_deref());
            format!("{} {}{error}", action.name, action.status)
        });
        let rules = of.refusals.iter().map(|refusal| {
            let error = words::prefixed(": ", refusal.error.as_deref());
            format!("rule {} Failed{error}", refusal.rule)
        });
        let parts: Vec<String> = actions.chain(rules).collect();
        let line = format!(
            "    {:width$}  {status}{padding}{}",
            of.name,
            parts.join(", ")
        );
        let _ = writeln!(text, "{}", line.trim_end());
    }

    fn running_builds(&self, paint: Paint) -> String {
        let mut text = format!("{}\n", paint.strong("Running builds"));
        for build in &self.builds {
            let phase = words::prefixed(" in ", build.phase.as_deref());
            let initiator = words::prefixed(", by ", build.initiator.as_deref());
            let age = words::since(build.started, self.now);
            let status = paint.status(&build.status);
            let _ = writeln!(text, "  {status} {}{age}{phase}{initiator}", build.id);
        }
        text
    }
}

#[cfg(test)]
mod tests;
