//! What has happened: the phases of a batch and what became of its groups.
//!
//! Exactly one phase runs until the batch is complete. The first group always is the one that reads the buildspec.

use super::event::GroupToken;
use super::plan::BatchPlan;
use super::spec::{BATCHSPEC, Task};
use crate::aws::Time;
use crate::engine::build::state::{ArtifactResult, BuildStatus, Context};
use serde::{Deserialize, Serialize};

/// A live or finished batch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchState {
    pub plan: BatchPlan,
    pub status: BuildStatus,
    /// In the order they began; a retry appends to them.
    pub phases: Vec<PhaseRecord>,
    pub groups: Vec<Group>,
    pub fast_fail: bool,
    pub resolved_source_version: Option<String>,
    /// What was put together at the end.
    pub artifacts: Vec<ArtifactResult>,
    /// When the batch, or its newest retry, began: the timeout counts from here.
    pub since: Time,
    pub end: Option<Time>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Phase {
    Submitted,
    DownloadBatchspec,
    InProgress,
    CombineArtifacts,
    Succeeded,
    Failed,
    Stopped,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhaseRecord {
    pub phase: Phase,
    pub start: Time,
    /// Absent while the phase runs, and for the last one until a retry.
    pub end: Option<PhaseEnd>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhaseEnd {
    pub time: Time,
    pub status: PhaseStatus,
    /// Only where something is to be said.
    pub context: Option<Context>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PhaseStatus {
    Succeeded,
    Failed,
    /// Builds failed.
    ClientError,
    TimedOut,
    Stopped,
    /// The last phase of a batch that was retried.
    Retry,
}

/// One build of the batch, through all retries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    pub identifier: String,
    /// `None` for the group that reads the buildspec.
    pub task: Option<Task>,
    pub current: Summary,
    /// Of earlier attempts, the oldest first.
    pub prior: Vec<Summary>,
    /// Counted through all retries.
    pub attempt: u32,
}

/// What became of one attempt.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    pub status: GroupStatus,
    /// The build's id, once it was started.
    pub build: Option<String>,
    pub requested: Option<Time>,
    pub artifacts: Vec<ArtifactResult>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum GroupStatus {
    /// Waits for others.
    #[default]
    Pending,
    /// The build was asked for.
    Asked,
    Running,
    Ended(BuildStatus),
}

impl BatchState {
    /// The phase that runs, or the last one.
    pub fn current(&self) -> Phase {
        let last = self.phases.last();
        last.map_or(Phase::Submitted, |record| record.phase)
    }

    pub fn is_complete(&self) -> bool {
        self.status != BuildStatus::InProgress
    }

    /// The group's attempt that news speaks of, while it runs.
    pub fn running(&mut self, token: &GroupToken) -> Option<&mut Group> {
        let mut groups = self.groups.iter_mut();
        let group = groups.find(|group| group.identifier == token.group)?;
        (group.attempt == token.attempt && group.current.is_running()).then_some(group)
    }

    /// Whether this attempt's build is still wanted.
    pub fn wants(&self, token: &GroupToken) -> bool {
        self.groups.iter().any(|group| {
            group.identifier == token.group
                && group.attempt == token.attempt
                && group.current.is_running()
        })
    }

    pub fn group(&self, identifier: &str) -> Option<&Group> {
        let mut groups = self.groups.iter();
        groups.find(|group| group.identifier == identifier)
    }

    /// The first phase of the newest attempt that went wrong, and why.
    pub fn failure(&self) -> Option<(Phase, Context)> {
        self.phases.iter().rev().find_map(|record| {
            let end = record.end.as_ref()?;
            let wrong = !matches!(end.status, PhaseStatus::Succeeded | PhaseStatus::Retry);
            wrong.then(|| (record.phase, end.context.clone().unwrap_or_default()))
        })
    }

    /// Ids of all builds there were.
    pub fn builds(&self) -> Vec<String> {
        let groups = self.groups.iter();
        let summaries = groups.flat_map(|group| group.prior.iter().chain([&group.current]));
        summaries
            .filter_map(|summary| summary.build.clone())
            .collect()
    }

    /// When the batch has taken too long.
    pub fn deadline(&self) -> Option<Time> {
        (!self.is_complete()).then(|| self.since + self.plan.timeout())
    }
}

impl Group {
    pub fn new(identifier: impl Into<String>, task: Option<Task>) -> Self {
        Self {
            identifier: identifier.into(),
            task,
            current: Summary::default(),
            prior: Vec::new(),
            attempt: 1,
        }
    }

    /// The group that every batch begins with.
    pub fn batchspec() -> Self {
        Self::new(BATCHSPEC, None)
    }

    pub fn depends_on(&self) -> &[String] {
        self.task.as_ref().map_or(&[], |task| &task.depends_on)
    }

    pub fn ignores_failure(&self) -> bool {
        self.task.as_ref().is_some_and(|task| task.ignore_failure)
    }

    pub fn token(&self) -> GroupToken {
        GroupToken {
            group: self.identifier.clone(),
            attempt: self.attempt,
        }
    }

    /// It ended in a way that others may build upon: it succeeded, or its failure is ignored.
    pub fn is_good(&self) -> bool {
        match self.current.status {
            GroupStatus::Ended(BuildStatus::Succeeded) => true,
            GroupStatus::Ended(_) => self.ignores_failure() && self.current.requested.is_some(),
            _ => false,
        }
    }

    /// It ended in a way that fails the batch.
    pub fn is_bad(&self) -> bool {
        self.current.has_ended() && !self.is_good()
    }

    /// A fresh attempt; the one before is remembered.
    pub fn again(&mut self) {
        let before = std::mem::take(&mut self.current);
        self.prior.push(before);
        self.attempt += 1;
    }
}

impl Summary {
    pub fn is_running(&self) -> bool {
        matches!(self.status, GroupStatus::Asked | GroupStatus::Running)
    }

    pub fn has_ended(&self) -> bool {
        matches!(self.status, GroupStatus::Ended(_))
    }
}

impl Phase {
    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Phase::Submitted => "SUBMITTED",
            Phase::DownloadBatchspec => "DOWNLOAD_BATCHSPEC",
            Phase::InProgress => "IN_PROGRESS",
            Phase::CombineArtifacts => "COMBINE_ARTIFACTS",
            Phase::Succeeded => "SUCCEEDED",
            Phase::Failed => "FAILED",
            Phase::Stopped => "STOPPED",
        }
    }
}

impl PhaseStatus {
    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            PhaseStatus::Succeeded => "SUCCEEDED",
            PhaseStatus::Failed => "FAILED",
            PhaseStatus::ClientError => "CLIENT_ERROR",
            PhaseStatus::TimedOut => "TIMED_OUT",
            PhaseStatus::Stopped => "STOPPED",
            PhaseStatus::Retry => "RETRY",
        }
    }
}
