//! Conditions at the gates of a stage: their rules run side by side, and all must succeed.
//!
//! What a condition that is not met leads to is decided in `stage.rs`; here is only whether it is met.

use super::action;
use super::execution::{ConditionStatus, GateRun};
use super::plan::{Category, Gate};
use super::run::ActionStatus;
use super::turn::Turn;

/// Begins to check the condition of this gate in the stage the execution is in.
pub(super) fn begin(turn: &mut Turn, id: &str, gate: Gate) {
    let now = turn.now;
    let Some(live) = turn.live(id) else { return };
    let index = live.execution.inside();
    let condition = index.and_then(|index| live.plan.stages[index].condition(gate));
    let Some(condition) = condition else { return };
    let names: Vec<String> = condition
        .rules
        .iter()
        .map(|rule| rule.name.clone())
        .collect();
    let run = GateRun {
        status: ConditionStatus::InProgress,
        updated: now,
        summary: None,
        rules: Vec::new(),
    };
    if let Some(stage) = live.execution.stage_mut() {
        stage.gates.insert(gate, run);
    }
    turn.changed(id);
    for name in names {
        action::start(turn, id, Some(gate), &name);
    }
}

/// Decides the condition when its rules have ended.
pub(super) fn conclude(turn: &mut Turn, id: &str, gate: Gate) {
    let now = turn.now;
    let Some(stage) = turn.live(id).and_then(|live| live.execution.stage_mut()) else {
        return;
    };
    let Some(run) = stage.gates.get_mut(&gate) else {
        return;
    };
    let over = run.rules.iter().all(|rule| rule.status.is_final());
    if run.status.is_final() || !over {
        return;
    }
    let met = run
        .rules
        .iter()
        .all(|rule| rule.status == ActionStatus::Succeeded);
    run.status = match met {
        true => ConditionStatus::Succeeded,
        false => ConditionStatus::Failed,
    };
    run.updated = now;
    turn.changed(id);
}

/// Ends the checks that run in the stage the execution is in: nobody waits for them any more.
pub(super) fn close(turn: &mut Turn, id: &str, status: ConditionStatus) {
    let now = turn.now;
    action::abandon(turn, id, |plan| plan.kind.category == Category::Rule);
    let Some(stage) = turn.live(id).and_then(|live| live.execution.stage_mut()) else {
        return;
    };
    let open = stage
        .gates
        .values_mut()
        .filter(|run| !run.status.is_final());
    for run in open {
        run.status = status;
        run.updated = now;
    }
    turn.changed(id);
}
