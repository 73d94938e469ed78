//! StopPipelineExecution: let running actions end, or abandon them.

use super::super::change::ChangeState;
use super::super::execution::{ConditionStatus, Execution, ExecutionStatus, StageStatus, Stop};
use super::super::machine::Pipelines;
use super::super::state::Pipeline;
use super::super::turn::{Todo, Turn};
use super::super::{action, conditions};
use crate::aws::Time;
use crate::engine::Step;

/// What comes with the wish.
#[derive(Clone, Debug)]
pub struct StopExecution {
    pub execution: String,
    pub abandon: bool,
    pub reason: Option<String>,
}

/// Why it is not stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StopRefused {
    /// Unknown, over, or without a running action.
    #[error("the execution has no action in progress")]
    NotStoppable,
    /// It waits for its actions already.
    #[error("the execution is stopping already")]
    Duplicated,
}

/// Stops an execution.
pub fn stop_execution(
    state: Option<Pipeline>,
    now: Time,
    wish: StopExecution,
) -> Result<Step<Pipelines>, StopRefused> {
    let pipeline = state.ok_or(StopRefused::NotStoppable)?;
    let execution = pipeline.execution(&wish.execution);
    check(execution.ok_or(StopRefused::NotStoppable)?, wish.abandon)?;
    let mut turn = Turn::new(pipeline, now);
    let id = wish.execution;
    note(&mut turn, &id, wish.reason);
    turn.tell(&id, ChangeState::Stopping);
    turn.tell_stage(&id, ChangeState::Stopping);
    let checks = match wish.abandon {
        true => ConditionStatus::Abandoned,
        false => ConditionStatus::Cancelled,
    };
    // Our reading: nothing waits for the outcome of a condition any more, whichever way it is stopped.
    conditions::close(&mut turn, &id, checks);
    if wish.abandon {
        action::abandon(&mut turn, &id, |_| true);
    }
    turn.todo.push_back(Todo::Settle(id));
    Ok(turn.finish())
}

fn check(execution: &Execution, abandon: bool) -> Result<(), StopRefused> {
    if execution.running().next().is_none() {
        return Err(StopRefused::NotStoppable);
    }
    if execution.stop.is_some() && !abandon {
        return Err(StopRefused::Duplicated);
    }
    Ok(())
}

/// A second wish without a reason keeps the reason of the first.
fn note(turn: &mut Turn, id: &str, reason: Option<String>) {
    turn.changed(id);
    let Some(live) = turn.live(id) else { return };
    let execution = &mut live.execution;
    let earlier = execution.stop.take().and_then(|stop| stop.reason);
    let reason = reason.or(earlier);
    execution.summary.clone_from(&reason);
    execution.stop = Some(Stop { reason });
    execution.status = ExecutionStatus::Stopping;
    if let Some(stage) = execution.stage_mut() {
        stage.status = StageStatus::Stopping;
    }
}
