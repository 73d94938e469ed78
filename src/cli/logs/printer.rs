//! What has happened as lines: text with a prefix per action, JSON, or only what went wrong.

use crate::cli::remote::caller::{CallError, Remote};
use crate::cli::remote::journal::{Entry, What};
use crate::cli::remote::snapshot::Head;
use crate::cli::words::{self, Paint};
use codebuild_api::model::Build;
use jiff::Timestamp;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::Write;

/// Shows entries in the form that was asked for.
pub(super) struct Printer {
    form: Form,
    timestamps: bool,
    paint: Paint,
    /// Of the longest `stage/action`.
    width: usize,
    /// By `stage/action`.
    numbers: BTreeMap<String, usize>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Text,
    Json,
    Quiet,
}

impl Printer {
    pub fn new(form: Form, timestamps: bool) -> Self {
        Self {
            form,
            timestamps,
            paint: Paint::for_stdout(),
            width: 0,
            numbers: BTreeMap::new(),
        }
    }

    /// The names of a pipeline's actions and rules, so that all prefixes are equally wide.
    pub async fn learn(&mut self, remote: &Remote, pipeline: &str) -> Result<(), CallError> {
        let declaration = remote.declaration(pipeline).await?;
        for stage in &declaration.stages {
            for action in &stage.actions {
                self.prefix(&stage.name, &action.name);
            }
            for rule in crate::codepipeline::rules_of(stage) {
                self.prefix(&stage.name, &rule.name);
            }
        }
        Ok(())
    }

    pub fn entries(&mut self, entries: &[Entry]) {
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
        let prefix = self.prefix(&entry.stage, &entry.name);
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
            eprintln!("{}/{}: {status}{error}", entry.stage, entry.name);
        }
    }

    pub fn build_line(&self, time: Timestamp, text: &str) {
        match self.form {
            Form::Text => out(&format!("{}{text}", self.time(time))),
            Form::Json => out(&json!({"time": time, "log": text}).to_string()),
            Form::Quiet => {}
        }
    }

    pub fn execution_over(&self, pipeline: &str, end: &Head, follow: bool) {
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

    pub fn build_over(&self, end: &Build, follow: bool) {
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
    let mut line = json!({"time": entry.time, "stage": entry.stage});
    let kind = if entry.is_rule { "rule" } else { "action" };
    line[kind] = json!(entry.name);
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
            name: action.to_owned(),
            is_rule: false,
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
