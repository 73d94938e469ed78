//! What changed, as subscribers hear of it: executions, stages and actions that begin, go on and end.
//!
//! A change says what was true when it happened; later ones do not alter it.

use super::execution::{Execution, Retries, StageRun, Trigger};
use super::record::ActionRecord;
use crate::aws::Time;

/// One change of state.
#[derive(Clone, Debug)]
pub struct StateChange {
    pub at: Time,
    pub state: ChangeState,
    pub subject: Subject,
    /// The execution it happened in.
    pub execution: String,
    pub pipeline_version: u32,
    /// Counts the runs of the execution from 1.
    pub attempt: u32,
    pub started: Time,
    /// When a stage of the execution was last retried.
    pub retried: Option<Time>,
    pub trigger: Trigger,
    /// Why it was stopped, as somebody said.
    pub stop_reason: Option<String>,
}

/// What changed.
#[derive(Clone, Debug)]
pub enum Subject {
    Execution,
    Stage {
        name: String,
        entered: Time,
        retries: Option<Retries>,
    },
    Action(Box<ActionRecord>),
}

/// What it became.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeState {
    Started,
    Succeeded,
    Failed,
    Stopping,
    Stopped,
    Resumed,
    Superseded,
    Canceled,
    Abandoned,
}

impl StateChange {
    pub(super) fn of(
        execution: &Execution,
        subject: Subject,
        state: ChangeState,
        at: Time,
    ) -> Self {
        Self {
            at,
            state,
            subject,
            execution: execution.id.clone(),
            pipeline_version: execution.pipeline_version,
            attempt: execution.attempt,
            started: execution.started,
            retried: execution.retried,
            trigger: execution.trigger.clone(),
            stop_reason: execution.stop.as_ref().and_then(|stop| stop.reason.clone()),
        }
    }
}

impl Subject {
    pub(super) fn stage(run: &StageRun) -> Self {
        Self::Stage {
            name: run.name.clone(),
            entered: run.entered,
            retries: run.retries,
        }
    }
}

impl ChangeState {
    /// As in events.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Started => "STARTED",
            Self::Succeeded => "SUCCEEDED",
            Self::Failed => "FAILED",
            Self::Stopping => "STOPPING",
            Self::Stopped => "STOPPED",
            Self::Resumed => "RESUMED",
            Self::Superseded => "SUPERSEDED",
            Self::Canceled => "CANCELED",
            Self::Abandoned => "ABANDONED",
        }
    }
}
