//! What a person sees of long work: a live display on a terminal, plain lines when piped, JSON lines for tools, or nothing.
//!
//! Output goes to standard output; what went wrong goes to standard error, whatever the form.

use super::remote::waits::Wait;
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::json;
use std::collections::BTreeMap;
use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

/// How progress is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Live,
    Plain,
    Json,
    Quiet,
}

/// Where a step stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    Running,
    Succeeded,
    Failed,
}

/// The display of one piece of work that has steps.
pub struct Progress {
    form: Form,
    began: Instant,
    bars: MultiProgress,
    steps: BTreeMap<String, (ProgressBar, Status)>,
}

impl Form {
    /// What fits standard output, unless a flag says otherwise.
    pub fn choose(json: bool, quiet: bool) -> Self {
        match (json, quiet) {
            (true, _) => Form::Json,
            (false, true) => Form::Quiet,
            (false, false) if std::io::stdout().is_terminal() => Form::Live,
            (false, false) => Form::Plain,
        }
    }
}

impl Progress {
    pub fn new(form: Form) -> Self {
        Self {
            form,
            began: Instant::now(),
            bars: MultiProgress::new(),
            steps: BTreeMap::new(),
        }
    }

    /// A step begins or changes; the same news twice is shown once.
    pub fn step(&mut self, name: &str, status: Status, detail: &str) {
        if self
            .steps
            .get(name)
            .is_some_and(|(_, shown)| *shown == status)
        {
            return;
        }
        match self.form {
            Form::Live => self.redraw(name, status, detail),
            Form::Plain => line(&format!(
                "[{}] {name}: {}{}",
                self.elapsed(),
                status.word(),
                tail(detail)
            )),
            Form::Json => {
                line(&json!({"step": name, "status": status.word(), "detail": detail}).to_string())
            }
            Form::Quiet => {}
        }
        let bar = self.steps.get(name).map(|(bar, _)| bar.clone());
        let bar = bar.unwrap_or_else(ProgressBar::hidden);
        self.steps.insert(name.to_owned(), (bar, status));
    }

    /// A line of a log.
    pub fn log(&self, text: &str) {
        let text = text.trim_end_matches('\n');
        match self.form {
            Form::Live => drop(self.bars.println(format!("  {text}"))),
            Form::Plain => line(text),
            Form::Json => line(&json!({ "log": text }).to_string()),
            Form::Quiet => {}
        }
    }

    /// Something a person should know.
    pub fn note(&self, text: &str) {
        match self.form {
            Form::Live => drop(self.bars.println(text)),
            Form::Plain => line(text),
            Form::Json => line(&json!({ "note": text }).to_string()),
            Form::Quiet => {}
        }
    }

    /// Shows nothing that moves, while something else has the terminal.
    pub fn hide(&self, hidden: bool) {
        if self.form == Form::Live {
            self.bars.set_draw_target(match hidden {
                true => ProgressDrawTarget::hidden(),
                false => ProgressDrawTarget::stderr(),
            });
        }
    }

    /// What only tools want to know.
    pub fn data(&self, value: &serde_json::Value) {
        if self.form == Form::Json {
            line(&value.to_string());
        }
    }

    /// Something waits, perhaps for a person.
    pub fn wait(&self, wait: &Wait, now: jiff::Timestamp) {
        match (self.form, wait.command()) {
            (Form::Json, _) => self.data(&json!({ "waits": wait })),
            (_, None) => self.note(&format!("→ {}", wait.sentence(now))),
            (_, Some(command)) => self.note(&format!("→ {}\n  {command}", wait.sentence(now))),
        }
    }

    /// The end; also said when all else is quiet and it went wrong.
    pub fn finish(&self, succeeded: bool, text: &str) {
        for (bar, status) in self.steps.values() {
            if *status == Status::Running {
                bar.abandon();
            }
        }
        match (self.form, succeeded) {
            (Form::Json, _) => line(&json!({"succeeded": succeeded, "result": text}).to_string()),
            (Form::Quiet, true) => {}
            (_, true) => line(text),
            (_, false) => eprintln!("{text}"),
        }
    }

    fn redraw(&mut self, name: &str, status: Status, detail: &str) {
        let known = self.steps.get(name).map(|(bar, _)| bar.clone());
        let bar = known.unwrap_or_else(|| self.bars.add(ProgressBar::new_spinner()));
        let text = format!("{name}{}", tail(detail));
        match status {
            Status::Running => {
                bar.set_style(style("  {spinner} {msg} ({elapsed})"));
                bar.set_message(text);
                bar.enable_steady_tick(Duration::from_millis(100));
            }
            Status::Succeeded => end(&bar, "  ✓ {msg} ({elapsed})", text),
            Status::Failed => end(&bar, "  ✗ {msg} ({elapsed})", text),
        }
        self.steps.insert(name.to_owned(), (bar, status));
    }

    fn elapsed(&self) -> String {
        format!("{:6.2} s", self.began.elapsed().as_secs_f64())
    }
}

impl Status {
    fn word(self) -> &'static str {
        match self {
            Status::Running => "running",
            Status::Succeeded => "succeeded",
            Status::Failed => "failed",
        }
    }
}

fn end(bar: &ProgressBar, template: &str, text: String) {
    bar.disable_steady_tick();
    bar.set_style(style(template));
    bar.finish_with_message(text);
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).expect("the templates above are well-formed")
}

fn tail(detail: &str) -> String {
    match detail {
        "" => String::new(),
        detail => format!(" - {detail}"),
    }
}

/// A reader that has gone away is no reason to stop working.
fn line(text: &str) {
    let _ = writeln!(std::io::stdout().lock(), "{text}");
}
