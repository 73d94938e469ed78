//! What has happened: the live row of one pipeline.
//!
//! Executions in it are not over; those that are leave as records, and what GetPipelineState shows of them stays in
//! [`StageSlot::latest`]. The row exists as long as the pipeline does.

use super::execution::{
    ActionError, ArtifactAt, Execution, GateRun, Retries, Revision, SourceRevision, StageRun,
    StageStatus,
};
use super::plan::{ActionPlan, Gate, Plan};
use super::run::{ActionResult, ActionRun, ActionStatus};
use crate::aws::Time;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

/// The row of one pipeline.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pipeline {
    /// Of the current definition; executions of older plans do not start.
    pub version: u32,
    /// The order number of the newest execution.
    pub last_order: u64,
    /// In order of start.
    pub live: Vec<Live>,
    /// By stage name; a stage without an entry has never been entered.
    pub stages: BTreeMap<String, StageSlot>,
    /// By name of the source action.
    pub sources: BTreeMap<String, SourceWatch>,
    /// Client request tokens of recent starts, oldest first.
    pub tokens: VecDeque<StartToken>,
    /// Revisions that PutActionRevision brought, oldest first.
    #[serde(default)]
    pub revisions: VecDeque<PutRevision>,
    /// When an execution began last, or the definition came.
    #[serde(default)]
    pub active: Option<Time>,
    /// When its sources were looked at no more, because it had not run for long.
    #[serde(default)]
    pub polling_disabled: Option<Time>,
}

/// A live execution and the plan it follows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Live {
    pub plan: Arc<Plan>,
    pub execution: Execution,
}

/// The lock of one stage, and what was last seen in it. Executions of mode PARALLEL pass by without leaving a trace.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StageSlot {
    /// The execution that holds the stage.
    pub inside: Option<String>,
    /// Executions in front of the stage, in order of arrival.
    pub waiting: VecDeque<String>,
    /// Shared with the rows before and after.
    pub latest: Option<Arc<StageLatest>>,
    /// The way into the stage.
    #[serde(default)]
    pub inbound: Transition,
    /// The way out of it, to the next.
    #[serde(default)]
    pub outbound: Transition,
    /// What an automatic rollback goes back to.
    #[serde(default)]
    pub good: Option<Arc<Good>>,
}

/// A transition that people can disable.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transition {
    /// Why it is disabled; `None` means enabled.
    pub disabled: Option<String>,
    pub changed: Option<Changed>,
}

/// Who changed a transition last, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changed {
    pub by: String,
    pub at: Time,
}

/// The newest standard execution that succeeded in a stage, with what it ran there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Good {
    pub execution: String,
    pub order: u64,
    pub pipeline_version: u32,
    pub inherited: Inherited,
}

/// What a rollback takes over from the execution it goes back to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inherited {
    pub variables: Option<BTreeMap<String, String>>,
    pub revisions: Vec<SourceRevision>,
    pub artifacts: BTreeMap<String, ArtifactAt>,
    pub outputs: BTreeMap<String, BTreeMap<String, String>>,
}

/// The newest execution that entered a stage and what became of it there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StageLatest {
    pub execution: String,
    pub status: StageStatus,
    /// Only actions that have started in this execution.
    pub actions: Vec<ActionLatest>,
    #[serde(default)]
    pub is_rollback: bool,
    #[serde(default)]
    pub retries: Option<Retries>,
    #[serde(default)]
    pub gates: BTreeMap<Gate, GateRun>,
}

/// What GetPipelineState shows of an action's newest attempt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActionLatest {
    pub name: String,
    pub id: String,
    pub status: ActionStatus,
    pub changed: Time,
    pub result: ActionResult,
    pub revision: Option<Revision>,
    /// Who answered an approval.
    #[serde(default)]
    pub updated_by: Option<String>,
}

/// A source action that looks for new revisions by itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceWatch {
    pub bucket: String,
    pub object_key: String,
    /// Polling is on, and for a provider that is offered.
    pub enabled: bool,
    /// The revision that was last acted upon.
    pub consumed: Option<Consumed>,
    /// The last look failed; gone when a look or a run of the action succeeds.
    pub trouble: Option<Trouble>,
}

/// A revision that started an execution.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consumed {
    pub revision: String,
    /// When it was stored; news about older ones comes too late.
    pub modified: Time,
}

/// A failed look at a source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trouble {
    pub since: Time,
    pub error: ActionError,
}

/// A client request token and the execution it started.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StartToken {
    pub token: String,
    pub execution: String,
    pub used: Time,
}

/// A revision of a custom source and the execution that runs it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PutRevision {
    pub action: String,
    pub revision: String,
    pub execution: String,
}

impl Pipeline {
    /// The live execution of this id.
    pub fn execution(&self, id: &str) -> Option<&Execution> {
        let found = self.live.iter().find(|live| live.execution.id == id);
        found.map(|live| &live.execution)
    }

    /// The stage's entry; `None` when it has never been entered.
    pub fn stage(&self, name: &str) -> Option<&StageSlot> {
        self.stages.get(name)
    }
}

impl Live {
    /// What was declared for the attempt of this id in the stage the execution is in.
    pub fn planned(&self, run: &str) -> Option<&ActionPlan> {
        let stage = self.plan.stages.get(self.execution.inside()?)?;
        let state = self.execution.stage()?;
        let name = &state.runs().find(|known| known.id == run)?.name;
        match state.gate_of(run) {
            Some(gate) => stage.condition(gate)?.rule(name),
            None => stage.action(name),
        }
    }
}

impl Inherited {
    /// What the execution has made so far.
    pub fn of(execution: &Execution) -> Self {
        Self {
            variables: execution.variables.clone(),
            revisions: execution.revisions.clone(),
            artifacts: execution.artifacts.clone(),
            outputs: execution.outputs.clone(),
        }
    }
}

impl StageLatest {
    pub fn of(execution: &Execution, run: &StageRun) -> Self {
        Self {
            execution: execution.id.clone(),
            status: run.status,
            actions: run.actions.iter().map(ActionLatest::of).collect(),
            is_rollback: execution.rollback_of.is_some(),
            retries: run.retries,
            gates: run.gates.clone(),
        }
    }

    /// Whether it is what `of` would make.
    pub fn shows(&self, execution: &Execution, run: &StageRun) -> bool {
        let actions = self.actions.iter();
        self.execution == execution.id
            && self.status == run.status
            && self.is_rollback == execution.rollback_of.is_some()
            && self.retries == run.retries
            && self.gates == run.gates
            && self.actions.len() == run.actions.len()
            && actions
                .zip(&run.actions)
                .all(|(known, run)| known.shows(run))
    }

    pub fn action(&self, name: &str) -> Option<&ActionLatest> {
        self.actions.iter().find(|action| action.name == name)
    }
}

impl ActionLatest {
    fn shows(&self, run: &ActionRun) -> bool {
        self.name == run.name
            && self.id == run.id
            && self.status == run.status
            && self.changed == run.updated
            && self.result == run.result
            && self.revision == run.revision
            && self.updated_by == run.updated_by
    }

    fn of(run: &ActionRun) -> Self {
        Self {
            name: run.name.clone(),
            id: run.id.clone(),
            status: run.status,
            changed: run.updated,
            result: run.result.clone(),
            revision: run.revision.clone(),
            updated_by: run.updated_by.clone(),
        }
    }
}
