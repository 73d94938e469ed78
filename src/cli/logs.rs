//! `slipway logs`: what an execution or a build has said, and with `--follow` what it says.
//!
//! Exit codes with `--follow`: 0 when it succeeded, 1 when it did not. What cannot be found exits with 2.

use super::remote::caller::{CallError, Remote};
use super::remote::changes::{Changes, Subject};
use super::remote::endpoint::Endpoint;
use super::remote::journal::{Entry, Journal, What, log_of};
use super::remote::snapshot::Head;
use super::remote::tail::Tail;
use super::words::{self, Paint};
use anyhow::{anyhow, bail};
use codebuild_api::model::Build;
use jiff::Timestamp;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::Write;
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
    let mut printer = Printer::new(&logs);
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

/// Shows entries in the form that was asked for.
struct Printer {
    form: Form,
    timestamps: bool,
    paint: Paint,
    /// Of the longest `stage/action`.
    width: usize,
    /// By `stage/action`.
    numbers: BTreeMap<String, usize>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Text,
    Json,
    Quiet,
}

impl Printer {
    fn new(logs: &Logs) -> Self {
        Self {
            form: match (logs.json, logs.quiet) {
                (true, _) => Form::Json,
                (false, true) => Form::Quiet,
                (false, false) => Form::Text,
            },
            timestamps: logs.timestamps,
            paint: Paint::for_stdout(),
            width: 0,
            numbers: BTreeMap::new(),
        }
    }

    /// The names of a pipeline's actions, so that all prefixes are equally wide.
    async fn learn(&mut self, remote: &Remote, pipeline: &str) -> Result<(), CallError> {
        let declaration = remote.declaration(pipeline).await?;
        for stage in &declaration.stages {
            for action in &stage.actions {
                self.prefix(&stage.name, &action.name);
            }
        }
        Ok(())
    }

    fn entries(&mut self, entries: &[Entry]) {
        for entry in entries {
            match self.form {
                Form::Text => {
                    let line = self.text(entry);
                    out(&line);
                }
                Form::Json => out(&entry_json(entry).to_string()),
                Form::Quiet => self.complain(entry),
            }
        }
    }

    fn text(&mut self, entry: &Entry) -> String {
        let what = match &entry.what {
            What::Began => self.paint.strong("began"),
            What::Log(text) => text.clone(),
            What::Ended { status, error } => {
                let error = words::prefixed(": ", error.as_deref());
                format!("{}{error}", self.paint.status(status))
            }
        };
        let prefix = self.prefix(&entry.stage, &entry.action);
        format!("{}{prefix} | {what}", self.time(entry.time))
    }

    fn prefix(&mut self, stage: &str, action: &str) -> String {
        let name = format!("{stage}/{action}");
        self.width = self.width.max(name.len());
        let next = self.numbers.len();
        let number = *self.numbers.entry(name.clone()).or_insert(next);
        let width = self.width;
        self.paint.name(number, &format!("{name:width$}"))
    }

    fn time(&self, time: Timestamp) -> String {
        match self.timestamps {
            true => format!("{time:.3} "),
            false => String::new(),
        }
    }

    /// When all else is quiet, what went wrong is still said.
    fn complain(&self, entry: &Entry) {
        if let What::Ended { status, error } = &entry.what
            && status != "Succeeded"
        {
            let error = words::prefixed(": ", error.as_deref());
            eprintln!("{}/{}: {status}{error}", entry.stage, entry.action);
        }
    }

    fn build_line(&self, time: Timestamp, text: &str) {
        match self.form {
            Form::Text => out(&format!("{}{text}", self.time(time))),
            Form::Json => out(&json!({"time": time, "log": text}).to_string()),
            Form::Quiet => {}
        }
    }

    fn execution_over(&self, pipeline: &str, end: &Head, follow: bool) {
        let (id, status) = (&end.pipeline_execution_id, &end.status);
        let summary = words::prefixed(": ", end.summary.as_deref());
        match self.form {
            Form::Json => out(
                &json!({"pipeline": pipeline, "pipelineExecutionId": id, "status": status})
                    .to_string(),
            ),
            Form::Text if follow => out(&format!(
                "{pipeline} {id} {}{summary}",
                self.paint.status(status)
            )),
            Form::Quiet if follow && status != "Succeeded" => {
                eprintln!("{pipeline} {id} {status}{summary}")
            }
            Form::Text | Form::Quiet => {}
        }
    }

    fn build_over(&self, end: &Build, follow: bool) {
        let id = end.id.as_deref().unwrap_or_default();
        let status = end.build_status.map_or("", |status| status.as_str());
        let why = words::prefixed(": ", failure(end).as_deref());
        match self.form {
            Form::Json => out(&json!({"build": id, "status": status}).to_string()),
            Form::Text if follow => out(&format!("{id} {}{why}", self.paint.status(status))),
            Form::Quiet if follow && status != "SUCCEEDED" => eprintln!("{id} {status}{why}"),
            Form::Text | Form::Quiet => {}
        }
    }
}

/// The phase that failed and its own words.
fn failure(build: &Build) -> Option<String> {
    let phases = build.phases.iter().flatten();
    let mut contexts = phases.filter_map(|phase| {
        let status = phase.phase_status?;
        let kind = phase.phase_type?;
        let context = phase
            .contexts
            .as_ref()?
            .iter()
            .find_map(|of| of.message.clone())?;
        (status.as_str() != "SUCCEEDED" && !context.is_empty())
            .then(|| format!("{kind}: {context}"))
    });
    contexts.next()
}

fn entry_json(entry: &Entry) -> Value {
    let mut line = json!({"time": entry.time, "stage": entry.stage, "action": entry.action});
    match &entry.what {
        What::Began => line["status"] = json!("InProgress"),
        What::Log(text) => line["log"] = json!(text),
        What::Ended { status, error } => {
            line["status"] = json!(status);
            if let Some(error) = error {
                line["error"] = json!(error);
            }
        }
    }
    line
}

/// A reader that has gone away is no reason to stop waiting for the outcome.
fn out(line: &str) {
    let _ = writeln!(std::io::stdout().lock(), "{line}");
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;

    fn entry(millis: i64, action: &str, what: What) -> Entry {
        Entry {
            time: Timestamp::from_millisecond(millis).unwrap(),
            stage: "Build".to_owned(),
            action: action.to_owned(),
            what,
        }
    }

    fn entries() -> Vec<Entry> {
        let failed = What::Ended {
            status: "Failed".to_owned(),
            error: Some("exit status 3".to_owned()),
        };
        vec![
            entry(0, "Render", What::Began),
            entry(
                1_500,
                "Render",
                What::Log("Running command make".to_owned()),
            ),
            entry(2_000, "Lint", What::Began),
            entry(3_000, "Render", failed),
        ]
    }

    #[test]
    fn each_line_begins_with_its_stage_and_action() {
        let mut printer = Printer {
            form: Form::Text,
            timestamps: true,
            paint: Paint(false),
            width: 0,
            numbers: BTreeMap::new(),
        };
        printer.prefix("Build", "Render");
        let lines: Vec<String> = entries().iter().map(|entry| printer.text(entry)).collect();
        expect![[r#"
            1970-01-01T00:00:00.000Z Build/Render | began
            1970-01-01T00:00:01.500Z Build/Render | Running command make
            1970-01-01T00:00:02.000Z Build/Lint   | began
            1970-01-01T00:00:03.000Z Build/Render | Failed: exit status 3"#]]
        .assert_eq(&lines.join("\n"));
    }

    #[test]
    fn json_lines_name_what_happened() {
        let lines: Vec<String> = entries()
            .iter()
            .map(|entry| entry_json(entry).to_string())
            .collect();
        expect![[r#"
            {"action":"Render","stage":"Build","status":"InProgress","time":"1970-01-01T00:00:00Z"}
            {"action":"Render","log":"Running command make","stage":"Build","time":"1970-01-01T00:00:01.5Z"}
            {"action":"Lint","stage":"Build","status":"InProgress","time":"1970-01-01T00:00:02Z"}
            {"action":"Render","error":"exit status 3","stage":"Build","status":"Failed","time":"1970-01-01T00:00:03Z"}"#]]
        .assert_eq(&lines.join("\n"));
    }
}
