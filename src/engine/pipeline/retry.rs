//! A stage that is run again in the same execution, by itself or because somebody asked.
//!
//! What succeeded keeps its result unless all is to be run again; each new attempt has an id of its own.

use super::action;
use super::change::ChangeState;
use super::execution::{Execution, ExecutionStatus, Position, Retries, StagePhase, StageStatus};
use super::plan::{Gate, Plan, RetryMode};
use super::stage;
use super::turn::{Todo, Turn};
use std::sync::Arc;

/// The one retry that a stage makes by itself.
pub(super) fn automatically(turn: &mut Turn, id: &str, mode: RetryMode) {
    again(turn, id, mode, false);
}

/// Runs again what failed, or all, in the stage the execution is in.
pub(super) fn again(turn: &mut Turn, id: &str, mode: RetryMode, manual: bool) {
    let now = turn.now;
    turn.changed(id);
    turn.keep_runs();
    let Some(live) = turn.live(id) else { return };
    action::forget(live, mode);
    live.execution.attempt += 1;
    live.execution.retried = Some(now);
    let Some(run) = live.execution.stage_mut() else {
        return;
    };
    let before = run.retries;
    run.retries = Some(Retries {
        automatic: before.map_or(0, |retries| retries.automatic) + u32::from(!manual),
        manual: before.map_or(0, |retries| retries.manual) + u32::from(manual),
        last_was_manual: manual,
        at: now,
    });
    // Our reading: an entry that was not granted is asked for again, one that was granted is not.
    let kept = run.phase != StagePhase::Entry;
    if kept {
        run.phase = StagePhase::Actions;
    }
    run.gates.retain(|gate, _| *gate == Gate::Entry && kept);
    turn.tell(id, ChangeState::Resumed);
    turn.tell_stage(id, ChangeState::Resumed);
    turn.todo.push_back(Todo::Settle(id.to_owned()));
}

/// An execution that is over goes on in the stage it ended in; its lock is free.
pub(super) fn take_up(turn: &mut Turn, plan: Arc<Plan>, mut execution: Execution, index: usize) {
    let id = execution.id.clone();
    execution.status = ExecutionStatus::InProgress;
    execution.position = Position::Inside(index);
    execution.summary = None;
    execution.stop = None;
    if let Some(run) = execution.stages.last_mut() {
        run.status = StageStatus::InProgress;
    }
    turn.take_up(plan, execution);
    stage::hold(turn, &id);
}
