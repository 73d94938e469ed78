//! `slipway pipeline run FILE`: makes a pipeline what a file declares, runs it and shows how it goes.
//!
//! Exit codes: 0 when the execution succeeded, 1 when it ended in any other way, 2 when it could not be run.

use super::declaration::{self, Declared};
use super::progress::{Form, Progress, Status};
use super::remote::caller::{Api, CallError, Remote};
use super::remote::changes::{Changes, Subject};
use super::remote::endpoint::Endpoint;
use super::remote::journal::{Journal, What};
use super::remote::snapshot::{Head, Snapshot};
use super::remote::waits::Wait;
use crate::codepipeline::echo;
use codepipeline_api::input::{
    CreatePipelineInput, StartPipelineExecutionInput, StopPipelineExecutionInput,
    UpdatePipelineInput,
};
use codepipeline_api::model::{PipelineDeclaration, PipelineVariable};
use codepipeline_api::output::StartPipelineExecutionOutput;
use serde_json::{Value, json};
use std::collections::HashSet;
use std::process::ExitCode;

#[derive(Debug, clap::Args)]
pub struct Pipeline {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Create or update a pipeline from a declaration, run it and show how it goes
    Run(Run),
}

#[derive(Debug, clap::Args)]
struct Run {
    /// Declaration in JSON or YAML, bare or as `aws codepipeline get-pipeline` prints it; - for standard input
    #[arg(value_name = "FILE")]
    file: String,
    /// Variable of the pipeline; may be repeated
    #[arg(long = "variable", short = 'v', value_name = "NAME=VALUE", value_parser = super::build::variable)]
    variables: Vec<(String, String)>,
    /// Do not wait for the end; only say which execution has begun
    #[arg(long)]
    no_wait: bool,
    /// Show the logs of the actions, too
    #[arg(long)]
    logs: bool,
    #[command(flatten)]
    endpoint: Endpoint,
    /// JSON lines for tools
    #[arg(long)]
    json: bool,
    /// Only say what went wrong
    #[arg(long, conflicts_with = "json")]
    quiet: bool,
}

pub async fn run(pipeline: Pipeline) -> anyhow::Result<ExitCode> {
    let Command::Run(run) = pipeline.command;
    let declared = declaration::read(&run.file)?;
    let remote = run.endpoint.remote()?;
    let mut progress = Progress::new(Form::choose(run.json, run.quiet));
    let name = declared.pipeline.name.clone();
    let made = make(&remote, declared).await?;
    let id = start(&remote, &name, &made, &run.variables, &progress).await?;
    progress.data(&json!({"pipeline": name, "pipelineExecutionId": id, "definition": made.word()}));
    if !run.json {
        progress.note(&format!("{name} ({}) runs as {id}", made.word()));
    }
    if run.no_wait {
        return Ok(ExitCode::SUCCESS);
    }
    let end = watch(&remote, &name, &id, run.logs, &mut progress).await?;
    let succeeded = end.head.status == "Succeeded";
    progress.finish(succeeded, &summary(&end));
    match succeeded {
        true => Ok(ExitCode::SUCCESS),
        false => Ok(ExitCode::FAILURE),
    }
}

/// What was done to the definition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Made {
    Created,
    Updated,
    Unchanged,
}

impl Made {
    fn word(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Updated => "updated",
            Self::Unchanged => "unchanged",
        }
    }
}

/// An update ends what runs, so that an unchanged declaration is left alone.
async fn make(remote: &Remote, declared: Declared) -> Result<Made, CallError> {
    match remote.declaration(&declared.pipeline.name).await {
        Ok(existing) if is_same(&declared.pipeline, &existing) => Ok(Made::Unchanged),
        Ok(_) => {
            let input = UpdatePipelineInput::new(declared.pipeline);
            let _: Value = remote
                .call(Api::CodePipeline, "UpdatePipeline", &input)
                .await?;
            Ok(Made::Updated)
        }
        Err(error) if error.is("PipelineNotFoundException") => {
            let input = CreatePipelineInput {
                tags: declared.tags,
                ..CreatePipelineInput::new(declared.pipeline)
            };
            let _: Value = remote
                .call(Api::CodePipeline, "CreatePipeline", &input)
                .await?;
            Ok(Made::Created)
        }
        Err(error) => Err(error),
    }
}

/// A secret is shown as `****`, so a declaration with a new one differs.
fn is_same(wanted: &PipelineDeclaration, existing: &PipelineDeclaration) -> bool {
    echo::normalised(wanted.clone(), existing.version.unwrap_or(1)) == *existing
}

/// The execution to follow: the one that creating the pipeline has begun, or a new one.
async fn start(
    remote: &Remote,
    name: &str,
    made: &Made,
    variables: &[(String, String)],
    progress: &Progress,
) -> Result<String, CallError> {
    let begun = match made {
        Made::Created => begun_by_itself(remote, name).await?,
        Made::Updated | Made::Unchanged => None,
    };
    match begun {
        Some(id) if variables.is_empty() => return Ok(id),
        Some(id) => {
            progress.note("Creating the pipeline began an execution without your variables; it gives way to one with them.");
            stop(remote, name, &id).await?;
        }
        None => {}
    }
    let variable =
        |(name, value): &(String, String)| PipelineVariable::new(name.clone(), value.clone());
    let input = StartPipelineExecutionInput {
        variables: (!variables.is_empty()).then(|| variables.iter().map(variable).collect()),
        ..StartPipelineExecutionInput::new(name)
    };
    let output: StartPipelineExecutionOutput = remote
        .call(Api::CodePipeline, "StartPipelineExecution", &input)
        .await?;
    Ok(output.pipeline_execution_id.unwrap_or_default())
}

/// Pipelines whose sources look for revisions by themselves are not begun by their creation.
async fn begun_by_itself(remote: &Remote, name: &str) -> Result<Option<String>, CallError> {
    let newest = remote.executions(name, 100).await?;
    let created = newest.into_iter().find(|execution| {
        let trigger = execution
            .trigger
            .as_ref()
            .and_then(|trigger| trigger.trigger_type);
        trigger.is_some_and(|of| of.as_str() == "CreatePipeline")
    });
    Ok(created.and_then(|execution| execution.pipeline_execution_id))
}

/// One that is over already cannot be stopped, and need not be.
async fn stop(remote: &Remote, name: &str, id: &str) -> Result<(), CallError> {
    let input = StopPipelineExecutionInput {
        abandon: Some(true),
        reason: Some("Started again with variables".to_owned()),
        ..StopPipelineExecutionInput::new(name, id)
    };
    let stopped: Result<Value, _> = remote
        .call(Api::CodePipeline, "StopPipelineExecution", &input)
        .await;
    match stopped {
        Ok(_) | Err(CallError::Refused { .. }) => Ok(()),
        Err(error) => Err(error),
    }
}

/// Shows the execution until it is over.
async fn watch(
    remote: &Remote,
    name: &str,
    id: &str,
    logs: bool,
    progress: &mut Progress,
) -> Result<Snapshot, CallError> {
    let mut changes = Changes::new(remote);
    let mut journal = Journal::new(name, id);
    let mut shown = Shown::default();
    let news = Subject::Pipeline(name.to_owned());
    loop {
        changes.follow(journal.growing().chain([news.clone()]));
        changes.next().await?;
        let declaration = remote.declaration(name).await?;
        let head = Head::from(&remote.execution(name, id).await?);
        let state = remote.state(name).await?;
        let running = changes.running();
        let snapshot = remote
            .snapshot(&declaration, &state, head, &running)
            .await?;
        if logs {
            let (entries, _) = journal.read(remote, &running).await?;
            for entry in entries {
                if let What::Log(text) = entry.what {
                    progress.log(&format!("{}/{} | {text}", entry.stage, entry.name));
                }
            }
        }
        shown.show(remote, &snapshot, progress).await?;
        if snapshot.head.is_over() {
            return Ok(snapshot);
        }
    }
}

/// What has been shown, so that nothing is shown twice.
#[derive(Default)]
struct Shown {
    waits: HashSet<String>,
    skipped: HashSet<String>,
}

impl Shown {
    async fn show(
        &mut self,
        remote: &Remote,
        snapshot: &Snapshot,
        progress: &mut Progress,
    ) -> Result<(), CallError> {
        for stage in &snapshot.stages {
            for action in &stage.actions {
                let step = format!("{} / {}", stage.name, action.name);
                let detail = action.error.as_deref().unwrap_or_default();
                progress.step(&step, status(&action.status), detail);
            }
            if stage.status.as_deref() == Some("Skipped") && self.skipped.insert(stage.name.clone())
            {
                progress.note(&format!("{} is skipped, as its condition says", stage.name));
            }
        }
        // A running action is a step already.
        let waits = snapshot
            .waits
            .iter()
            .filter(|wait| !matches!(wait, Wait::Action { .. }));
        let new: Vec<&Wait> = waits.filter(|wait| self.waits.insert(wait.key())).collect();
        if new.is_empty() {
            return Ok(());
        }
        let now = remote.now().await?;
        for wait in new {
            progress.wait(wait, now);
        }
        Ok(())
    }
}

fn status(of: &str) -> Status {
    match of {
        "InProgress" => Status::Running,
        "Succeeded" => Status::Succeeded,
        _ => Status::Failed,
    }
}

fn summary(end: &Snapshot) -> String {
    let (id, status) = (&end.head.pipeline_execution_id, &end.head.status);
    let mut text = format!("{} {id} {status}", end.pipeline);
    let mut whys: Vec<String> = end.head.summary.iter().cloned().collect();
    for (stage, action) in end.failures() {
        let error = action.error.as_deref().unwrap_or("failed");
        whys.push(format!("{} / {}: {error}", stage.name, action.name));
    }
    for stage in &end.stages {
        for refusal in &stage.refusals {
            let error = refusal.error.as_deref().unwrap_or("was not met");
            whys.push(format!("{} / rule {}: {error}", stage.name, refusal.rule));
        }
    }
    if status != "Succeeded" && !whys.is_empty() {
        text.push_str(&format!(": {}", whys.join("; ")));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn pipeline(extra: Value) -> PipelineDeclaration {
        let mut value = json!({"name": "p", "roleArn": "arn:aws:iam::000000000000:role/r", "stages": [
            {"name": "Source", "actions": [{"name": "S",
                "actionTypeId": {"category": "Source", "owner": "AWS", "provider": "S3", "version": "1"}}]}]});
        value
            .as_object_mut()
            .unwrap()
            .extend(extra.as_object().unwrap().clone());
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn a_declaration_is_the_same_whatever_defaults_it_leaves_out() {
        // As GetPipeline shows it (contract §3.7).
        let stored = echo::normalised(pipeline(json!({})), 7);
        assert!(is_same(&pipeline(json!({})), &stored));
        assert!(is_same(
            &pipeline(json!({"version": 3, "executionMode": "SUPERSEDED"})),
            &stored
        ));
        assert!(!is_same(
            &pipeline(json!({"executionMode": "QUEUED"})),
            &stored
        ));
    }
}
