//! What has happened in an execution, in the order of time: actions and rules that begin and end, and the lines of their logs.
//!
//! Invariant: every entry is given once, however often it is read; when the end is given, nothing is missing before it.

use super::api::Running;
use super::caller::{CallError, Remote};
use super::changes::Subject;
use super::run::Run;
use super::snapshot::Head;
use super::tail::{LogAt, Tail};
use codebuild_api::model::Build;
use jiff::Timestamp;
use std::collections::BTreeMap;

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub time: Timestamp,
    pub stage: String,
    /// The action's or the rule's.
    pub name: String,
    pub is_rule: bool,
    pub what: What,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    Began,
    Log(String),
    Ended {
        status: String,
        error: Option<String>,
    },
}

/// The reader of one execution.
#[derive(Debug)]
pub struct Journal {
    pipeline: String,
    execution: String,
    /// By action or rule execution.
    attempts: BTreeMap<String, Attempt>,
}

#[derive(Debug, Default)]
struct Attempt {
    log: Option<Tail>,
    began: bool,
    /// All of it has been given.
    over: bool,
}

impl Journal {
    pub fn new(pipeline: &str, execution: &str) -> Self {
        Self {
            pipeline: pipeline.to_owned(),
            execution: execution.to_owned(),
            attempts: BTreeMap::new(),
        }
    }

    /// What is new, and how the execution stands. Its standing is read first, so that an end has everything before it.
    pub async fn read(
        &mut self,
        remote: &Remote,
        running: &[Running],
    ) -> Result<(Vec<Entry>, Head), CallError> {
        let execution = remote.execution(&self.pipeline, &self.execution).await?;
        let mut runs = self.runs(remote, running).await?;
        runs.retain(|run| !self.is_over(run));
        self.find_logs(remote, &runs).await?;
        let mut entries = Vec::new();
        for run in &runs {
            self.read_run(remote, run, &mut entries).await?;
        }
        entries.sort_by_key(|entry| entry.time);
        Ok((entries, Head::from(&execution)))
    }

    /// All attempts of actions and rules, the oldest start first.
    async fn runs(&self, remote: &Remote, running: &[Running]) -> Result<Vec<Run>, CallError> {
        let (pipeline, execution) = (&self.pipeline, &self.execution);
        let rules = remote.rules(pipeline, execution).await?;
        let actions = remote.actions(pipeline, execution).await?;
        let rules = rules.iter().map(|rule| Run::of_rule(rule, running));
        let actions = actions.iter().map(|of| Run::of_action(of, running));
        let mut runs: Vec<Run> = rules.chain(actions).collect();
        runs.reverse();
        runs.sort_by_key(|run| run.began);
        Ok(runs)
    }

    /// The logs that may still grow.
    pub fn growing(&self) -> impl Iterator<Item = Subject> {
        let live = self.attempts.values().filter(|attempt| !attempt.over);
        live.filter_map(|attempt| attempt.log.as_ref())
            .map(|tail| Subject::Log {
                group: tail.at.group.clone(),
                stream: tail.at.stream.clone(),
            })
    }

    fn is_over(&self, run: &Run) -> bool {
        let attempt = self.attempts.get(&run.id);
        attempt.is_some_and(|attempt| attempt.over)
    }

    /// An attempt says where its log is, or names its build, which does.
    async fn find_logs(&mut self, remote: &Remote, runs: &[Run]) -> Result<(), CallError> {
        let mut builds = BTreeMap::new();
        for run in runs {
            let attempt = self.attempts.entry(run.id.clone()).or_default();
            if attempt.log.is_some() {
                continue;
            }
            attempt.log = run.log.clone().map(Tail::new);
            if let Some(build) = run.build().filter(|_| attempt.log.is_none()) {
                builds.insert(build.to_owned(), run.id.clone());
            }
        }
        let ids: Vec<String> = builds.keys().cloned().collect();
        for build in remote.builds(&ids).await? {
            let id = build.id.as_ref().and_then(|id| builds.get(id));
            if let Some(attempt) = id.and_then(|id| self.attempts.get_mut(id)) {
                attempt.log = log_of(&build).map(Tail::new);
            }
        }
        Ok(())
    }

    async fn read_run(
        &mut self,
        remote: &Remote,
        run: &Run,
        entries: &mut Vec<Entry>,
    ) -> Result<(), CallError> {
        let attempt = self.attempts.entry(run.id.clone()).or_default();
        let entry = |time: Timestamp, what| Entry {
            time,
            stage: run.stage.clone(),
            name: run.name.clone(),
            is_rule: run.is_rule,
            what,
        };
        let mut last = run.began;
        if !attempt.began {
            attempt.began = true;
            entries.push(entry(run.began, What::Began));
        }
        attempt.over = run.status != "InProgress";
        if let Some(tail) = &mut attempt.log {
            for line in tail.read(remote).await? {
                last = last.max(line.time);
                entries.push(entry(line.time, What::Log(line.text)));
            }
        }
        if attempt.over {
            let (status, error) = (run.status.clone(), run.error.clone());
            let what = What::Ended { status, error };
            // A log may be written by a clock that is a little ahead.
            entries.push(entry(run.updated.unwrap_or(last).max(last), what));
        }
        Ok(())
    }
}

/// Where the log of a build is, once there is one.
pub fn log_of(build: &Build) -> Option<LogAt> {
    let logs = build.logs.as_ref()?;
    Some(LogAt {
        group: logs.group_name.clone()?,
        stream: logs.stream_name.clone()?,
    })
}
