//! The way of an execution through its stages: arrive, enter, run group after group, leave.
//!
//! All actions of a group run to their end before anything is decided; a failure keeps later groups from starting.

use super::action;
use super::execution::{ExecutionStatus, Position, StageRun, StageStatus};
use super::mode::{self, Arrival};
use super::plan::{Mode, StagePlan};
use super::state::{Live, StageLatest, StageSlot};
use super::turn::{Todo, Turn};

/// The execution comes to the stage of this index, or to the end of the pipeline.
pub(super) fn arrive(turn: &mut Turn, id: &str, index: usize) {
    let Some(live) = turn.live(id) else { return };
    let mode = live.execution.mode;
    let Some(name) = live.plan.stages.get(index).map(|stage| stage.name.clone()) else {
        return turn.end(id, ExecutionStatus::Succeeded);
    };
    match mode::arrive(slot(turn, &name), mode, id) {
        Arrival::Enter => enter(turn, id, index),
        Arrival::Wait => (),
        Arrival::Replace(older) => turn.end(&older, ExecutionStatus::Superseded),
    }
}

/// The stage has become free: whoever waits longest comes in.
pub(super) fn admit(turn: &mut Turn, name: &str) {
    let Some(id) = mode::admit(slot(turn, name)) else {
        return;
    };
    let position = turn.live(&id).map(|live| live.execution.position);
    if let Some(Position::Before(index)) = position {
        enter(turn, &id, index);
    }
}

/// Goes on when nothing runs any more: the next group, the next stage, or the end.
pub(super) fn settle(turn: &mut Turn, id: &str) {
    let Some(live) = turn.live(id) else { return };
    let Some(index) = live.execution.inside() else {
        return;
    };
    if live.execution.running().next().is_some() {
        return;
    }
    match verdict(live, index) {
        Verdict::Group(order) => {
            action::start_group(turn, id, order);
            turn.todo.push_back(Todo::Settle(id.to_owned()));
        }
        Verdict::Leave(status) => leave(turn, id, status),
    }
}

/// The execution leaves its stage, for good or bad.
pub(super) fn leave(turn: &mut Turn, id: &str, status: StageStatus) {
    turn.changed(id);
    let Some(live) = turn.live(id) else { return };
    let Some(index) = live.execution.inside() else {
        return;
    };
    let Some(stage) = live.execution.stage_mut() else {
        return;
    };
    stage.status = status;
    let name = stage.name.clone();
    live.execution.position = Position::Before(index + 1);
    match outcome(status) {
        Some(status) => turn.end(id, status),
        None => turn.todo.push_back(Todo::Arrive(id.to_owned(), index + 1)),
    }
    mode::forget(slot(turn, &name), id);
    turn.todo.push_back(Todo::Admit(name));
}

/// An execution that waits gives up its place.
pub(super) fn withdraw(turn: &mut Turn, id: &str, status: ExecutionStatus) {
    for slot in turn.pipeline.stages.values_mut() {
        slot.waiting.retain(|waiting| waiting != id);
    }
    turn.end(id, status);
}

enum Verdict {
    /// The actions of this run order are next.
    Group(u32),
    Leave(StageStatus),
}

fn verdict(live: &Live, index: usize) -> Verdict {
    let run = live.execution.stage();
    let failed = run.is_some_and(StageRun::has_failed);
    if live.execution.stop.is_some() {
        return Verdict::Leave(StageStatus::Stopped);
    }
    if live.execution.outdated {
        return Verdict::Leave(StageStatus::Cancelled);
    }
    if failed {
        return Verdict::Leave(StageStatus::Failed);
    }
    let next = run.and_then(|run| next_group(&live.plan.stages[index], run));
    next.map_or(Verdict::Leave(StageStatus::Succeeded), Verdict::Group)
}

/// The lowest run order with an action that has not been run.
fn next_group(plan: &StagePlan, run: &StageRun) -> Option<u32> {
    let open = plan
        .actions
        .iter()
        .filter(|action| run.action(&action.name).is_none());
    open.map(|action| action.run_order).min()
}

/// How an execution ends that leaves a stage so; `None`: it goes on.
fn outcome(status: StageStatus) -> Option<ExecutionStatus> {
    match status {
        StageStatus::Succeeded => None,
        StageStatus::Stopped => Some(ExecutionStatus::Stopped),
        StageStatus::Cancelled => Some(ExecutionStatus::Cancelled),
        StageStatus::Failed | StageStatus::InProgress | StageStatus::Stopping => {
            Some(ExecutionStatus::Failed)
        }
    }
}

fn enter(turn: &mut Turn, id: &str, index: usize) {
    turn.changed(id);
    let now = turn.now;
    let Some(live) = turn.live(id) else { return };
    let run = StageRun {
        name: live.plan.stages[index].name.clone(),
        status: StageStatus::InProgress,
        entered: now,
        actions: Vec::new(),
    };
    live.execution.position = Position::Inside(index);
    live.execution.stages.push(run.clone());
    if live.execution.mode != Mode::Parallel {
        slot(turn, &run.name).latest = Some(StageLatest::of(id, &run));
    }
    turn.todo.push_back(Todo::Settle(id.to_owned()));
}

fn slot<'a>(turn: &'a mut Turn, name: &str) -> &'a mut StageSlot {
    turn.pipeline.stages.entry(name.to_owned()).or_default()
}
