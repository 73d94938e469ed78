//! What has happened in an execution, in the order of time: actions that begin and end, and the lines of their logs.
//!
//! Invariant: every entry is given once, however often it is read; when the end is given, nothing is missing before it.

use super::api::Running;
use super::caller::{CallError, Remote, time};
use super::changes::Subject;
use super::snapshot::{self, Head};
use super::tail::{LogAt, Tail};
use codebuild_api::model::Build;
use codepipeline_api::model::ActionExecutionDetail;
use jiff::Timestamp;
use std::collections::BTreeMap;

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub time: Timestamp,
    pub stage: String,
    pub action: String,
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
    /// By action execution.
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
        let mut runs = remote.actions(&self.pipeline, &self.execution).await?;
        runs.retain(|run| !self.is_over(run));
        self.find_logs(remote, &runs, running).await?;
        let mut entries = Vec::new();
        for run in runs.iter().rev() {
            self.read_action(remote, run, &mut entries).await?;
        }
        entries.sort_by_key(|entry| entry.time);
        Ok((entries, Head::from(&execution)))
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

    fn is_over(&self, run: &ActionExecutionDetail) -> bool {
        let attempt = run
            .action_execution_id
            .as_ref()
            .and_then(|id| self.attempts.get(id));
        attempt.is_some_and(|attempt| attempt.over)
    }

    /// An action says where its log is, or names its build, which does.
    async fn find_logs(
        &mut self,
        remote: &Remote,
        runs: &[ActionExecutionDetail],
        running: &[Running],
    ) -> Result<(), CallError> {
        let mut builds = BTreeMap::new();
        for run in runs {
            let id = run.action_execution_id.clone().unwrap_or_default();
            let attempt = self.attempts.entry(id.clone()).or_default();
            if attempt.log.is_some() {
                continue;
            }
            let (external, arn) = outside(run, running);
            attempt.log = arn.as_deref().and_then(LogAt::of_arn).map(Tail::new);
            if let Some(build) = external.filter(|of| attempt.log.is_none() && is_build(run, of)) {
                builds.insert(build, id);
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

    async fn read_action(
        &mut self,
        remote: &Remote,
        run: &ActionExecutionDetail,
        entries: &mut Vec<Entry>,
    ) -> Result<(), CallError> {
        let id = run.action_execution_id.clone().unwrap_or_default();
        let attempt = self.attempts.entry(id).or_default();
        let (stage, action) = (run.stage_name.clone(), run.action_name.clone());
        let entry = |time: Timestamp, what| Entry {
            time,
            stage: stage.clone().unwrap_or_default(),
            action: action.clone().unwrap_or_default(),
            what,
        };
        let began = run.start_time.as_ref().and_then(time).unwrap_or_default();
        let mut last = began;
        if !attempt.began {
            attempt.began = true;
            entries.push(entry(began, What::Began));
        }
        let status = run
            .status
            .map(|status| status.to_string())
            .unwrap_or_default();
        attempt.over = status != "InProgress";
        if let Some(tail) = &mut attempt.log {
            for line in tail.read(remote).await? {
                last = last.max(line.time);
                entries.push(entry(line.time, What::Log(line.text)));
            }
        }
        if attempt.over {
            let ended = run.last_update_time.as_ref().and_then(time);
            let error = snapshot::error(run);
            let what = What::Ended { status, error };
            // A log may be written by a clock that is a little ahead.
            entries.push(entry(ended.unwrap_or(last).max(last), what));
        }
        Ok(())
    }
}

/// The id outside and the log's ARN: from the history once it is over, from what runs until then.
fn outside(run: &ActionExecutionDetail, running: &[Running]) -> (Option<String>, Option<String>) {
    let result = run
        .output
        .as_ref()
        .and_then(|output| output.execution_result.as_ref());
    if let Some(result) = result {
        return (
            result.external_execution_id.clone(),
            result.log_stream_arn.clone(),
        );
    }
    let id = run.action_execution_id.as_deref();
    let live = running
        .iter()
        .find(|live| Some(live.action_execution_id.as_str()) == id);
    live.map_or((None, None), |live| {
        (
            live.external_execution_id.clone(),
            live.log_stream_arn.clone(),
        )
    })
}

fn is_build(run: &ActionExecutionDetail, external: &str) -> bool {
    matches!(snapshot::provider(run), "CodeBuild" | "Commands") && external.contains(':')
}

/// Where the log of a build is, once there is one.
pub fn log_of(build: &Build) -> Option<LogAt> {
    let logs = build.logs.as_ref()?;
    Some(LogAt {
        group: logs.group_name.clone()?,
        stream: logs.stream_name.clone()?,
    })
}
