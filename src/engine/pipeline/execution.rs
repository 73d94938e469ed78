//! One execution of a pipeline: where it is, what has run, what it has made.
//!
//! Holds no plan, so that it can be kept as a record when it is over and be taken up again later.

pub use super::run::{ActionError, ActionResult, ActionRun, ActionStatus, ErrorCode, Job};

use super::event::ActionToken;
use super::ids::Seed;
use super::plan::{Gate, Mode};
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
    /// The execution whose artifacts, revisions and variables a rollback runs with.
    #[serde(default)]
    pub rollback_of: Option<String>,
    /// Counts the runs of this execution from 1: each retry of a stage is one more.
    #[serde(default = "once")]
    pub attempt: u32,
    /// When a stage was last retried.
    #[serde(default)]
    pub retried: Option<Time>,
    /// The action of another pipeline that waits for the end.
    #[serde(default)]
    pub listener: Option<Listener>,
}

/// An action that waits for an execution of another pipeline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listener {
    pub pipeline: super::Key,
    pub token: ActionToken,
}

fn once() -> u32 {
    1
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
    Skipped,
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
    CloudWatchEvent,
    Webhook,
    WebhookV2,
    PutActionRevision,
    ManualRollback,
    AutomatedRollback,
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
    /// What told the change apart, as PutActionRevision said.
    #[serde(default)]
    pub change: Option<String>,
    /// When the revision was made, as PutActionRevision said.
    #[serde(default)]
    pub created: Option<Time>,
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
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revision {
    pub id: String,
    pub summary: Option<String>,
    pub url: Option<String>,
    /// What told the change apart, as a worker or PutActionRevision said.
    #[serde(default)]
    pub change: Option<String>,
    /// When it was made, as far as anybody said.
    #[serde(default)]
    pub created: Option<Time>,
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
    /// What the stage is at.
    #[serde(default)]
    pub phase: StagePhase,
    /// The conditions that have been checked.
    #[serde(default)]
    pub gates: BTreeMap<Gate, GateRun>,
    /// How often each action and rule has been tried here, by its place: an action's name, a rule's gate and name.
    #[serde(default)]
    pub tries: BTreeMap<String, u32>,
    #[serde(default)]
    pub retries: Option<Retries>,
}

/// What a stage is at; each phase comes after the one before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum StagePhase {
    Entry,
    #[default]
    Actions,
    Success,
    Failure,
}

/// One check of a condition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GateRun {
    pub status: ConditionStatus,
    pub updated: Time,
    pub summary: Option<String>,
    /// One attempt per rule, in order of declaration.
    pub rules: Vec<ActionRun>,
}

/// All but the first are final.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ConditionStatus {
    InProgress,
    Failed,
    Succeeded,
    Cancelled,
    Abandoned,
    Overridden,
}

/// How often a stage was retried, and by whom last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retries {
    pub automatic: u32,
    pub manual: u32,
    pub last_was_manual: bool,
    pub at: Time,
}

impl ExecutionStatus {
    pub fn is_final(self) -> bool {
        self >= Self::Stopped
    }
}

impl ConditionStatus {
    pub fn is_final(self) -> bool {
        self != Self::InProgress
    }
}

impl StageStatus {
    pub fn is_final(self) -> bool {
        self >= Self::Stopped
    }
}

impl Execution {
    /// The id of the job of this number of an attempt.
    pub fn job_id(&self, run: &str, number: u32) -> String {
        self.seed.uuid(&["job", run, &number.to_string()])
    }

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

    /// Where it was before it ended in this stage; the stage it entered last.
    pub fn last_stage(&self, name: &str) -> Option<&StageRun> {
        self.stages.last().filter(|stage| stage.name == name)
    }

    /// The attempt of this action execution id in the stage it is in.
    pub fn run_mut(&mut self, id: &str) -> Option<&mut ActionRun> {
        self.stage_mut()?.runs_mut().find(|run| run.id == id)
    }

    /// The actions and rules that run now.
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

impl Pin {
    /// The revision, when one is named.
    pub fn as_revision(&self) -> Option<Revision> {
        Some(Revision {
            id: self.revision.clone()?,
            change: self.change.clone(),
            created: self.created,
            ..Revision::default()
        })
    }
}

impl StageRun {
    pub fn action(&self, name: &str) -> Option<&ActionRun> {
        self.actions.iter().find(|action| action.name == name)
    }

    /// All newest attempts, of actions first.
    pub fn runs(&self) -> impl Iterator<Item = &ActionRun> {
        let rules = self.gates.values().flat_map(|gate| &gate.rules);
        self.actions.iter().chain(rules)
    }

    pub fn runs_mut(&mut self) -> impl Iterator<Item = &mut ActionRun> {
        let rules = self.gates.values_mut().flat_map(|gate| &mut gate.rules);
        self.actions.iter_mut().chain(rules)
    }

    /// The attempts that run now.
    pub fn running(&self) -> impl Iterator<Item = &ActionRun> {
        self.runs().filter(|run| !run.status.is_final())
    }

    /// The gate whose condition has this rule's attempt.
    pub fn gate_of(&self, rule: &str) -> Option<Gate> {
        let has = |run: &GateRun| run.rules.iter().any(|run| run.id == rule);
        let mut gates = self.gates.iter().filter(|(_, run)| has(run));
        gates.next().map(|(gate, _)| *gate)
    }

    /// A gate whose condition was not met and ended the stage.
    pub fn failed_gate(&self) -> Option<Gate> {
        let failed = |run: &GateRun| run.status == ConditionStatus::Failed;
        let mut gates = self.gates.iter().filter(|(_, run)| failed(run));
        gates.next().map(|(gate, _)| *gate)
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
