//! One execution of a pipeline: where it is, what has run, what it has made.
//!
//! Holds no plan, so that it can be kept as a record when it is over and be taken up again later.

use super::ids::Seed;
use super::plan::Mode;
use crate::aws::Time;
use crate::companions::ObjectRef;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A pipeline execution, live or over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Execution {
    pub id: String,
    /// Where the identifiers of this execution's actions and artifacts are drawn from.
    pub seed: Seed,
    /// Ascends in the order of starts within a pipeline, even when it is deleted and made again.
    pub order: u64,
    /// Of the definition it follows.
    pub pipeline_version: u32,
    pub mode: Mode,
    pub status: ExecutionStatus,
    /// Absent while all goes well and after ordinary failures.
    pub summary: Option<String>,
    pub started: Time,
    pub updated: Time,
    pub trigger: Trigger,
    /// Set when somebody asked for a stop.
    pub stop: Option<Stop>,
    /// The definition has changed: ends as soon as no action runs.
    pub outdated: bool,
    /// Pipeline-level variables, bound once; `None` when the pipeline has none or a required one was missing.
    pub variables: Option<BTreeMap<String, String>>,
    /// Revisions fixed at the start, by source action.
    pub pins: BTreeMap<String, Pin>,
    /// What the source actions took.
    pub revisions: Vec<SourceRevision>,
    /// What has been made, by artifact name.
    pub artifacts: BTreeMap<String, ArtifactAt>,
    /// Output variables, by namespace.
    pub outputs: BTreeMap<String, BTreeMap<String, String>>,
    pub position: Position,
    /// The stages entered, in order; one entry per stage.
    pub stages: Vec<StageRun>,
}

/// `Stopped` and what follows it are final.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ExecutionStatus {
    InProgress,
    Stopping,
    Stopped,
    Succeeded,
    Failed,
    Superseded,
    Cancelled,
}

/// `Stopped` and what follows it are final.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum StageStatus {
    InProgress,
    Stopping,
    Stopped,
    Succeeded,
    Failed,
    Cancelled,
}

/// All but the first are final.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ActionStatus {
    InProgress,
    Succeeded,
    Failed,
    Abandoned,
}

/// Who or what started an execution.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trigger {
    pub kind: TriggerKind,
    /// The caller's ARN, the name of the source action, …
    pub detail: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TriggerKind {
    CreatePipeline,
    StartPipelineExecution,
    PollForSourceChanges,
}

/// A wish to stop.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stop {
    pub reason: Option<String>,
}

/// What a source action is to fetch in place of what its configuration names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pin {
    /// The revision: a version id, a commit.
    pub revision: Option<String>,
    /// The S3 object key.
    pub object_key: Option<String>,
}

/// What a source action took.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceRevision {
    pub action: String,
    /// The output artifact that carries it.
    pub artifact: Option<String>,
    pub revision: Revision,
}

/// A revision of a source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revision {
    pub id: String,
    pub summary: Option<String>,
    pub url: Option<String>,
}

/// An artifact and where it lies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArtifactAt {
    pub name: String,
    pub bucket: String,
    pub key: String,
}

/// Where an execution is; stages are counted from 0 in its plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Position {
    /// In front of a stage.
    Before(usize),
    Inside(usize),
    Over,
}

/// What happened in one stage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StageRun {
    pub name: String,
    pub status: StageStatus,
    pub entered: Time,
    /// The newest attempt of each action that has started, in order of start.
    pub actions: Vec<ActionRun>,
}

/// One attempt of an action.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActionRun {
    pub name: String,
    /// The action execution id: news carries it, and so news about an older attempt finds nothing.
    pub id: String,
    /// Counts attempts of this action in this execution, from 1.
    pub attempt: u32,
    pub status: ActionStatus,
    pub started: Time,
    pub updated: Time,
    /// When it will have taken too long.
    pub deadline: Time,
    /// The configuration with variables resolved; as declared when they could not be.
    pub resolved: BTreeMap<String, String>,
    pub inputs: Vec<ArtifactAt>,
    /// Allotted at the start, made when it has succeeded.
    pub outputs: Vec<ArtifactAt>,
    pub variables: BTreeMap<String, String>,
    pub revision: Option<Revision>,
    pub result: ActionResult,
}

/// What a provider said about an attempt.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActionResult {
    pub external_id: Option<String>,
    pub external_url: Option<String>,
    pub summary: Option<String>,
    pub error: Option<ActionError>,
    pub log_stream_arn: Option<String>,
}

/// Why an action failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActionError {
    pub code: ErrorCode,
    pub message: String,
}

/// `errorDetails.code`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ErrorCode {
    JobFailed,
    ConfigurationError,
    PermissionError,
    TimedOut,
    SystemUnavailable,
}

impl ExecutionStatus {
    pub fn is_final(self) -> bool {
        self >= Self::Stopped
    }
}

impl StageStatus {
    pub fn is_final(self) -> bool {
        self >= Self::Stopped
    }
}

impl ActionStatus {
    pub fn is_final(self) -> bool {
        self != Self::InProgress
    }
}

impl ErrorCode {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::JobFailed => "JobFailed",
            Self::ConfigurationError => "ConfigurationError",
            Self::PermissionError => "PermissionError",
            Self::TimedOut => "TimedOut",
            Self::SystemUnavailable => "SystemUnavailable",
        }
    }
}

impl ActionError {
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
        }
    }

    pub fn configuration(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::ConfigurationError, message)
    }
}

impl Execution {
    /// The stage it is in.
    pub fn stage(&self) -> Option<&StageRun> {
        self.inside().and_then(|_| self.stages.last())
    }

    pub fn stage_mut(&mut self) -> Option<&mut StageRun> {
        self.inside()?;
        self.stages.last_mut()
    }

    /// The index of the stage it is in.
    pub fn inside(&self) -> Option<usize> {
        match self.position {
            Position::Inside(index) => Some(index),
            Position::Before(_) | Position::Over => None,
        }
    }

    /// The actions that run now.
    pub fn running(&self) -> impl Iterator<Item = &ActionRun> {
        self.stage().into_iter().flat_map(StageRun::running)
    }

    /// The revision that an artifact carries, when a source made it.
    pub fn revision_of(&self, artifact: &str) -> Option<&Revision> {
        let made = |source: &&SourceRevision| source.artifact.as_deref() == Some(artifact);
        self.revisions
            .iter()
            .find(made)
            .map(|source| &source.revision)
    }
}

impl StageRun {
    pub fn action(&self, name: &str) -> Option<&ActionRun> {
        self.actions.iter().find(|action| action.name == name)
    }

    pub fn running(&self) -> impl Iterator<Item = &ActionRun> {
        self.actions
            .iter()
            .filter(|action| !action.status.is_final())
    }

    pub fn has_failed(&self) -> bool {
        let ended_well = |action: &ActionRun| {
            matches!(
                action.status,
                ActionStatus::InProgress | ActionStatus::Succeeded
            )
        };
        !self.actions.iter().all(ended_well)
    }
}

impl ArtifactAt {
    pub fn object(&self) -> ObjectRef {
        ObjectRef {
            bucket: self.bucket.clone(),
            key: self.key.clone(),
            version: None,
        }
    }
}

impl std::fmt::Debug for ActionRun {
    /// Values of configuration and variables may be secrets and stay out.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ActionRun")
            .field("name", &self.name)
            .field("id", &self.id)
            .field("attempt", &self.attempt)
            .field("status", &self.status)
            .field("result", &self.result)
            .finish_non_exhaustive()
    }
}
