//! `slipway logs`: what an execution or a build has said, and with `--follow` what it says.
//!
//! Exit codes with `--follow`: 0 when it succeeded, 1 when it did not. What cannot be found exits with 2.

mod printer;

use super::remote::caller::{CallError, Remote};
use super::remote::changes::{Changes, Subject};
use super::remote::endpoint::Endpoint;
use super::remote::journal::{Journal, log_of};
use super::remote::snapshot::Head;
use super::remote::tail::Tail;
use anyhow::{anyhow, bail};
use codebuild_api::model::Build;
use printer::{Form, Printer};
use std::process::ExitCode;

#[derive(Debug, clap::Args)]
pub struct Logs {
    /// A pipeline execution's id, a build's id (project:uuid), or a project's or pipeline's name for its newest run
    #[arg(value_name = "ID")]
    id: String,
    /// Go on until it is over; the exit code is 1 when it did not succeed
    #[arg(long, short)]
    follow: bool,
    /// The execution's pipeline [default: it is searched]
    #[arg(long, value_name = "NAME")]
    pipeline: Option<String>,
    /// Begin each line with its time
    #[arg(long, short)]
    timestamps: bool,
    #[command(flatten)]
    endpoint: Endpoint,
    /// JSON lines for tools
    #[arg(long)]
    json: bool,
    /// Only say what went wrong
    #[arg(long, conflicts_with = "json")]
    quiet: bool,
}

/// What an id turned out to be.
#[derive(Debug)]
enum Found {
    Execution { pipeline: String, id: String },
    Build(String),
}

pub async fn run(logs: Logs) -> anyhow::Result<ExitCode> {
    let remote = logs.endpoint.remote()?;
    let form = match (logs.json, logs.quiet) {
        (true, _) => Form::Json,
        (false, true) => Form::Quiet,
        (false, false) => Form::Text,
    };
    let mut printer = Printer::new(form, logs.timestamps);
    let succeeded = match find(&remote, &logs).await? {
        Found::Execution { pipeline, id } => {
            printer.learn(&remote, &pipeline).await?;
            let end = execution(&remote, &pipeline, &id, logs.follow, &mut printer).await?;
            printer.execution_over(&pipeline, &end, logs.follow);
            end.status == "Succeeded"
        }
        Found::Build(id) => {
            let end = build(&remote, &id, logs.follow, &mut printer).await?;
            printer.build_over(&end, logs.follow);
            end.build_status
                .is_some_and(|status| status.as_str() == "SUCCEEDED")
        }
    };
    match logs.follow && !succeeded {
        true => Ok(ExitCode::FAILURE),
        false => Ok(ExitCode::SUCCESS),
    }
}

async fn find(remote: &Remote, logs: &Logs) -> anyhow::Result<Found> {
    let id = logs.id.clone();
    if let Some(pipeline) = logs.pipeline.clone() {
        return Ok(Found::Execution { pipeline, id });
    }
    if id.contains(':') {
        return Ok(Found::Build(id));
    }
    if uuid::Uuid::try_parse(&id).is_ok() {
        let pipeline = remote.pipeline_of(&id).await?;
        let pipeline = pipeline
            .ok_or_else(|| anyhow!("no pipeline in {} has an execution {id}", remote.region()))?;
        return Ok(Found::Execution { pipeline, id });
    }
    newest_of(remote, &id).await
}

/// A project's newest build; else a pipeline's newest execution.
async fn newest_of(remote: &Remote, name: &str) -> anyhow::Result<Found> {
    let is_project = match remote.newest_build(name).await {
        Ok(Some(build)) => return Ok(Found::Build(build)),
        Ok(None) => true,
        Err(CallError::Refused { .. }) => false,
        Err(error) => return Err(error.into()),
    };
    match remote.executions(name, 1).await {
        Ok(newest) => match newest
            .into_iter()
            .next()
            .and_then(|of| of.pipeline_execution_id)
        {
            Some(id) => Ok(Found::Execution {
                pipeline: name.to_owned(),
                id,
            }),
            None => bail!("the pipeline {name} has never run"),
        },
        Err(CallError::Refused { .. }) if is_project => bail!("the project {name} has no builds"),
        Err(CallError::Refused { .. }) => bail!(
            "'{name}' is neither a project nor a pipeline in {}; expected an execution's id, a build's id (project:uuid) or a name",
            remote.region()
        ),
        Err(error) => Err(error.into()),
    }
}

async fn execution(
    remote: &Remote,
    pipeline: &str,
    id: &str,
    follow: bool,
    printer: &mut Printer,
) -> Result<Head, CallError> {
    let mut journal = Journal::new(pipeline, id);
    if !follow {
        let running = remote.running(pipeline).await?;
        let (entries, head) = journal.read(remote, &running).await?;
        printer.entries(&entries);
        return Ok(head);
    }
    let mut changes = Changes::new(remote);
    let news = Subject::Pipeline(pipeline.to_owned());
    loop {
        changes.follow(journal.growing().chain([news.clone()]));
        changes.next().await?;
        let (entries, head) = journal.read(remote, &changes.running()).await?;
        printer.entries(&entries);
        if head.is_over() {
            return Ok(head);
        }
    }
}

async fn build(
    remote: &Remote,
    id: &str,
    follow: bool,
    printer: &mut Printer,
) -> anyhow::Result<Build> {
    let mut changes = Changes::new(remote);
    let mut tail: Option<Tail> = None;
    loop {
        if follow {
            let log = tail.as_ref().map(|tail| Subject::Log {
                group: tail.at.group.clone(),
                stream: tail.at.stream.clone(),
            });
            changes.follow(log.into_iter().chain([Subject::Build(id.to_owned())]));
            changes.next().await?;
        }
        let found = remote.builds(&[id.to_owned()]).await?;
        let Some(build) = found.into_iter().next() else {
            bail!("there is no build {id} in {}", remote.region());
        };
        tail = tail.or_else(|| log_of(&build).map(Tail::new));
        if let Some(tail) = &mut tail {
            for line in tail.read(remote).await? {
                printer.build_line(line.time, &line.text);
            }
        }
        if !follow || build.build_complete == Some(true) {
            return Ok(build);
        }
    }
}
