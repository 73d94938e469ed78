//! The way of an execution through its stages: arrive, enter, pass the gates, run group after group, leave.
//!
//! All actions of a group run to their end before anything is decided; a failure keeps later groups from starting.

use super::change::ChangeState;
use super::execution::{
    ConditionStatus, Execution, ExecutionStatus, Position, StagePhase, StageRun, StageStatus,
};
use super::mode::{self, Arrival};
use super::plan::{ConditionResult, FailurePlan, Gate, Mode, Plan, RetryMode, StagePlan};
use super::state::{Good, Inherited, Live, Pipeline, StageLatest, StageSlot};
use super::turn::{Todo, Turn};
use super::{action, conditions, retry, rollback};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The execution comes to the stage of this index, or to the end of the pipeline.
pub(super) fn arrive(turn: &mut Turn, id: &str, index: usize) {
    let Some(live) = turn.live(id) else { return };
    let mode = live.execution.mode;
    let plan = live.plan.clone();
    let Some(name) = plan.stages.get(index).map(|stage| stage.name.clone()) else {
        return turn.end(id, ExecutionStatus::Succeeded);
    };
    let open = is_open(&turn.pipeline, &plan, index);
    match mode::arrive(slot(turn, &name), mode, open, id) {
        Arrival::Enter => enter(turn, id, index),
        Arrival::Wait => turn.todo.push_back(Todo::Admit(name)),
        Arrival::Replace(older) => {
            turn.end(&older, ExecutionStatus::Superseded);
            turn.todo.push_back(Todo::Admit(name));
        }
    }
}

/// The stage has become free, or its gate was opened: whoever waits longest comes in.
pub(super) fn admit(turn: &mut Turn, name: &str) {
    let Some(front) = slot(turn, name).waiting.front().cloned() else {
        return;
    };
    let waits = turn
        .live(&front)
        .map(|live| (live.execution.position, live.plan.clone()));
    let Some((Position::Before(index), plan)) = waits else {
        return;
    };
    if is_open(&turn.pipeline, &plan, index)
        && let Some(id) = mode::admit(slot(turn, name))
    {
        enter(turn, &id, index);
    }
}

/// Goes on as far as nothing has to be waited for: the next group, the next gate, the next stage, or the end.
pub(super) fn settle(turn: &mut Turn, id: &str) {
    let Some(live) = turn.live(id) else { return };
    let Some(index) = live.execution.inside() else {
        return;
    };
    if let Some(gate) = live
        .execution
        .stage()
        .and_then(|stage| gate_of(stage.phase))
    {
        conditions::conclude(turn, id, gate);
    }
    let Some(next) = turn.live(id).map(|live| next(live, index)) else {
        return;
    };
    match next {
        Next::Wait => return,
        Next::Check(gate) => conditions::begin(turn, id, gate),
        Next::Phase(phase) => set_phase(turn, id, phase),
        Next::Group(order) => action::start_group(turn, id, order),
        Next::Retry(mode) => retry::automatically(turn, id, mode),
        Next::Leave(leaving) => return leave(turn, id, leaving),
    }
    turn.todo.push_back(Todo::Settle(id.to_owned()));
}

/// How an execution leaves a stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Leaving {
    /// How the stage ends.
    pub status: StageStatus,
    /// How the execution ends; `None`: it goes on.
    pub end: Option<ExecutionStatus>,
    /// A rollback follows, if there is something to go back to.
    pub roll_back: bool,
}

/// The execution leaves its stage, for good or bad.
pub(super) fn leave(turn: &mut Turn, id: &str, leaving: Leaving) {
    turn.changed(id);
    let Some(live) = turn.live(id) else { return };
    let Some(index) = live.execution.inside() else {
        return;
    };
    let Some(stage) = live.execution.stage_mut() else {
        return;
    };
    stage.status = leaving.status;
    let name = stage.name.clone();
    live.execution.position = Position::Before(index + 1);
    if let Some(state) = told(leaving.status) {
        turn.tell_stage(id, state);
    }
    remember(turn, id, &name, leaving);
    mode::forget(slot(turn, &name), id);
    match leaving.end {
        Some(status) => turn.end(id, status),
        None => turn.todo.push_back(Todo::Arrive(id.to_owned(), index + 1)),
    }
    if leaving.roll_back {
        rollback::automatically(turn, id, &name);
    }
    turn.todo.push_back(Todo::Admit(name));
}

/// An execution that waits gives up its place.
pub(super) fn withdraw(turn: &mut Turn, id: &str, status: ExecutionStatus) {
    for slot in turn.pipeline.stages.values_mut() {
        slot.waiting.retain(|waiting| waiting != id);
    }
    turn.end(id, status);
}

/// Enters a stage whose lock is free or not needed.
pub(super) fn enter(turn: &mut Turn, id: &str, index: usize) {
    let now = turn.now;
    let Some(live) = turn.live(id) else { return };
    let run = StageRun {
        name: live.plan.stages[index].name.clone(),
        status: StageStatus::InProgress,
        entered: now,
        actions: Vec::new(),
        phase: StagePhase::Entry,
        gates: BTreeMap::new(),
        tries: BTreeMap::new(),
        retries: None,
    };
    live.execution.position = Position::Inside(index);
    live.execution.stages.push(run);
    hold(turn, id);
    turn.tell_stage(id, ChangeState::Started);
    turn.todo.push_back(Todo::Settle(id.to_owned()));
}

/// Takes the lock of the stage the execution is in and shows it there.
pub(super) fn hold(turn: &mut Turn, id: &str) {
    turn.changed(id);
    let Some(live) = turn.live(id) else { return };
    let Some(run) = live.execution.stage() else {
        return;
    };
    let latest = StageLatest::of(&live.execution, run);
    if live.execution.mode != Mode::Parallel {
        let name = run.name.clone();
        let slot = slot(turn, &name);
        slot.inside = Some(id.to_owned());
        slot.latest = Some(Arc::new(latest));
    }
}

/// Whether nobody has closed the way into the stage of this index.
fn is_open(pipeline: &Pipeline, plan: &Plan, index: usize) -> bool {
    let slot = |index: usize| {
        let name = &plan.stages.get(index)?.name;
        pipeline.stages.get(name)
    };
    let inbound = slot(index).is_none_or(|slot| slot.inbound.disabled.is_none());
    let before = index.checked_sub(1).and_then(slot);
    inbound && before.is_none_or(|slot| slot.outbound.disabled.is_none())
}

/// What an execution in a stage does next.
enum Next {
    Wait,
    /// The condition of this gate is checked.
    Check(Gate),
    Phase(StagePhase),
    /// The actions of this run order are next.
    Group(u32),
    Retry(RetryMode),
    Leave(Leaving),
}

impl Leaving {
    pub fn with(status: StageStatus, end: ExecutionStatus) -> Self {
        Self {
            status,
            end: Some(end),
            roll_back: false,
        }
    }

    /// The stage succeeded, and the execution goes on.
    pub fn well() -> Self {
        Self {
            status: StageStatus::Succeeded,
            end: None,
            roll_back: false,
        }
    }

    fn failed() -> Self {
        Self::with(StageStatus::Failed, ExecutionStatus::Failed)
    }

    fn rolled_back() -> Self {
        Self {
            roll_back: true,
            ..Self::failed()
        }
    }
}

fn next(live: &Live, index: usize) -> Next {
    let execution = &live.execution;
    let runs = execution.running().next().is_some();
    if execution.stop.is_some() || execution.outdated {
        return if runs { Next::Wait } else { cut_off(execution) };
    }
    let Some(stage) = execution.stage() else {
        return Next::Wait;
    };
    let plan = &live.plan.stages[index];
    let onward = |gate, onward| check(plan, stage, gate, onward);
    match stage.phase {
        StagePhase::Actions => actions(live, plan, stage),
        // Our reading: a rollback runs the stage at once, whatever its conditions say, and leads to no other rollback.
        StagePhase::Entry if execution.rollback_of.is_some() => Next::Phase(StagePhase::Actions),
        StagePhase::Success if execution.rollback_of.is_some() => Next::Leave(Leaving::with(
            StageStatus::Succeeded,
            ExecutionStatus::Succeeded,
        )),
        StagePhase::Failure if execution.rollback_of.is_some() => Next::Leave(Leaving::failed()),
        StagePhase::Entry => onward(Gate::Entry, Next::Phase(StagePhase::Actions)),
        StagePhase::Success => onward(Gate::Success, Next::Leave(Leaving::well())),
        StagePhase::Failure => failure(plan, stage),
    }
}

fn cut_off(execution: &Execution) -> Next {
    Next::Leave(match execution.stop {
        Some(_) => Leaving::with(StageStatus::Stopped, ExecutionStatus::Stopped),
        None => Leaving::with(StageStatus::Cancelled, ExecutionStatus::Cancelled),
    })
}

/// A gate: `onward` when its condition is met, overridden or not there.
fn check(plan: &StagePlan, stage: &StageRun, gate: Gate, onward: Next) -> Next {
    let Some(condition) = plan.condition(gate) else {
        return onward;
    };
    match stage.gates.get(&gate).map(|run| run.status) {
        None => Next::Check(gate),
        Some(ConditionStatus::InProgress) => Next::Wait,
        Some(ConditionStatus::Succeeded | ConditionStatus::Overridden) => onward,
        Some(_) => Next::Leave(not_met(gate, condition.result)),
    }
}

/// What follows from a condition that is not met (contract §5.8).
fn not_met(gate: Gate, result: ConditionResult) -> Leaving {
    match (gate, result) {
        (Gate::Entry, ConditionResult::Skip) => Leaving {
            status: StageStatus::Skipped,
            end: None,
            roll_back: false,
        },
        (Gate::Success, ConditionResult::Rollback) => Leaving {
            status: StageStatus::Succeeded,
            ..Leaving::rolled_back()
        },
        (_, ConditionResult::Rollback) => Leaving::rolled_back(),
        (_, ConditionResult::Fail | ConditionResult::Skip) => Leaving::failed(),
    }
}

fn actions(live: &Live, plan: &StagePlan, stage: &StageRun) -> Next {
    let started = |run: &super::run::ActionRun| Some(plan.action(&run.name)?.run_order);
    let group = stage.actions.iter().filter_map(started).max();
    let runs = stage.running().next().is_some();
    // Members of the group that a retry took back, or for which a PARALLEL execution had no room.
    let left = next_group(plan, stage).filter(|order| Some(*order) <= group);
    match left {
        Some(order) if action::room(live) > 0 && (!runs || Some(order) == group) => {
            Next::Group(order)
        }
        _ if runs => Next::Wait,
        _ if stage.has_failed() => Next::Phase(StagePhase::Failure),
        _ => match next_group(plan, stage) {
            Some(order) => Next::Group(order),
            None => Next::Phase(StagePhase::Success),
        },
    }
}

fn failure(plan: &StagePlan, stage: &StageRun) -> Next {
    let retried = stage.retries.map_or(0, |retries| retries.automatic);
    match &plan.failure {
        Some(FailurePlan::Retry(mode)) if retried == 0 => Next::Retry(*mode),
        Some(FailurePlan::Rollback) => Next::Leave(Leaving::rolled_back()),
        Some(FailurePlan::Condition(_)) => {
            check(plan, stage, Gate::Failure, Next::Leave(Leaving::failed()))
        }
        Some(FailurePlan::Retry(_)) | None => Next::Leave(Leaving::failed()),
    }
}

fn gate_of(phase: StagePhase) -> Option<Gate> {
    match phase {
        StagePhase::Entry => Some(Gate::Entry),
        StagePhase::Actions => None,
        StagePhase::Success => Some(Gate::Success),
        StagePhase::Failure => Some(Gate::Failure),
    }
}

/// The lowest run order with an action that has not been tried.
fn next_group(plan: &StagePlan, run: &StageRun) -> Option<u32> {
    let open = plan
        .actions
        .iter()
        .filter(|action| run.action(&action.name).is_none());
    open.map(|action| action.run_order).min()
}

fn set_phase(turn: &mut Turn, id: &str, phase: StagePhase) {
    turn.changed(id);
    if let Some(stage) = turn.live(id).and_then(|live| live.execution.stage_mut()) {
        stage.phase = phase;
    }
}

/// What succeeded in a stage is what a later failure may go back to.
fn remember(turn: &mut Turn, id: &str, stage: &str, leaving: Leaving) {
    let well = leaving.status == StageStatus::Succeeded && !leaving.roll_back;
    let Some(live) = turn.live(id).filter(|_| well) else {
        return;
    };
    let execution = &live.execution;
    if execution.rollback_of.is_some() || execution.mode == Mode::Parallel {
        return;
    }
    let good = Good {
        execution: execution.id.clone(),
        order: execution.order,
        pipeline_version: execution.pipeline_version,
        inherited: Inherited::of(execution),
    };
    let known = &mut slot(turn, stage).good;
    if known.as_ref().is_none_or(|known| known.order <= good.order) {
        *known = Some(Arc::new(good));
    }
}

/// Of a stage that was skipped nothing is told.
fn told(status: StageStatus) -> Option<ChangeState> {
    match status {
        StageStatus::Skipped => None,
        StageStatus::Succeeded => Some(ChangeState::Succeeded),
        StageStatus::Stopped => Some(ChangeState::Stopped),
        StageStatus::Cancelled => Some(ChangeState::Canceled),
        StageStatus::Failed | StageStatus::InProgress | StageStatus::Stopping => {
            Some(ChangeState::Failed)
        }
    }
}

pub(super) fn slot<'a>(turn: &'a mut Turn, name: &str) -> &'a mut StageSlot {
    turn.pipeline.stages.entry(name.to_owned()).or_default()
}
