//! An execution that runs one stage again with what an earlier one ran there.
//!
//! It is a new execution of type ROLLBACK; it takes over artifacts, revisions and variables and goes no further.

use super::begin::{self, Beginning};
use super::execution::{Trigger, TriggerKind};
use super::plan::Plan;
use super::state::Inherited;
use super::turn::Turn;
use super::{Seed, stage};
use std::sync::Arc;

/// What is rolled back to.
pub(super) struct Target {
    pub execution: String,
    pub inherited: Inherited,
}

/// Begins a rollback in a stage whose lock is free; yields the id of the new execution.
pub(super) fn begin(
    turn: &mut Turn,
    plan: Arc<Plan>,
    index: usize,
    seed: Seed,
    trigger: Trigger,
    target: Target,
) -> String {
    let beginning = Beginning {
        trigger,
        ..Beginning::new(seed)
    };
    let id = begin::rollback(turn, plan, beginning, target);
    stage::enter(turn, &id, index);
    id
}

/// The stage failed, and goes back to the newest execution that succeeded in it with this version of the pipeline. Without
/// one nothing happens.
pub(super) fn automatically(turn: &mut Turn, failed: &str, name: &str) {
    let Some(live) = turn.live(failed) else {
        return;
    };
    let (plan, seed) = (live.plan.clone(), live.execution.seed);
    let attempt = live.execution.attempt.to_string();
    let Some((index, _)) = plan.stage(name) else {
        return;
    };
    let slot = stage::slot(turn, name);
    let good = slot.good.as_ref();
    let Some(good) = good.filter(|good| good.pipeline_version == plan.version) else {
        return;
    };
    let target = Target {
        execution: good.execution.clone(),
        inherited: good.inherited.clone(),
    };
    let trigger = Trigger {
        kind: TriggerKind::AutomatedRollback,
        detail: serde_json::json!({ "FailedPipelineExecutionId": failed }).to_string(),
    };
    let seed = seed.child(&["rollback", name, &attempt]);
    begin(turn, plan, index, seed, trigger, target);
}
