//! What has happened: the live row of one pipeline.
//!
//! Executions in it are not over; those that are leave as records, and what GetPipelineState shows of them stays in
//! [`StageSlot::latest`]. The row exists as long as the pipeline does.

use super::execution::{
    ActionError, ActionResult, ActionRun, ActionStatus, Execution, Revision, StageRun, StageStatus,
};
use super::plan::Plan;
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
    pub latest: Option<StageLatest>,
}

/// The newest execution that entered a stage and what became of it there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StageLatest {
    pub execution: String,
    pub status: StageStatus,
    /// Only actions that have started in this execution.
    pub actions: Vec<ActionLatest>,
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

impl StageLatest {
    pub fn of(execution: &str, run: &StageRun) -> Self {
        Self {
            execution: execution.to_owned(),
            status: run.status,
            actions: run.actions.iter().map(ActionLatest::of).collect(),
        }
    }

    pub fn action(&self, name: &str) -> Option<&ActionLatest> {
        self.actions.iter().find(|action| action.name == name)
    }
}

impl ActionLatest {
    fn of(run: &ActionRun) -> Self {
        Self {
            name: run.name.clone(),
            id: run.id.clone(),
            status: run.status,
            changed: run.updated,
            result: run.result.clone(),
            revision: run.revision.clone(),
        }
    }
}
