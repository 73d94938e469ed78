//! OverrideStageCondition: an execution goes on although a condition is not met, or not yet.
//!
//! Source: contract, codepipeline section 5.8.

use super::super::execution::{ConditionStatus, Execution, StageRun};
use super::super::machine::Pipelines;
use super::super::plan::{ConditionResult, Gate, Mode, Plan};
use super::super::stage::{self, Leaving};
use super::super::state::Pipeline;
use super::super::turn::{Todo, Turn};
use super::super::{begin, conditions, retry};
use crate::aws::Time;
use crate::engine::Step;
use std::sync::Arc;

/// What comes with the wish; the gate is that of entry or success.
#[derive(Clone, Debug)]
pub struct OverrideCondition {
    pub stage: String,
    pub execution: String,
    pub gate: Gate,
}

/// Why it is not overridden.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OverrideRefused {
    /// A newer execution is in the stage, or the execution is unknown there.
    #[error("the execution is not the latest in the stage")]
    NotLatest,
    /// There is no such condition, it skips the stage, or it has been met.
    #[error("there is no condition to override")]
    NotOverridable,
    #[error("the pipeline has as many live executions as it may have")]
    TooManyExecutions,
}

/// Overrides a condition. `past` is the execution's record, for one that is over; `plan` is the current definition.
pub fn override_condition(
    state: Option<Pipeline>,
    plan: &Arc<Plan>,
    past: Option<Execution>,
    now: Time,
    wish: &OverrideCondition,
) -> Result<Step<Pipelines>, OverrideRefused> {
    let pipeline = state.ok_or(OverrideRefused::NotLatest)?;
    let live = pipeline.execution(&wish.execution).cloned();
    let is_live = live.is_some();
    let execution = live.or(past).ok_or(OverrideRefused::NotLatest)?;
    let index = check(&pipeline, plan, &execution, wish)?;
    if !is_live && begin::is_full(&pipeline, execution.mode) {
        return Err(OverrideRefused::TooManyExecutions);
    }
    let mut turn = Turn::new(pipeline, now);
    if !is_live {
        retry::take_up(&mut turn, plan.clone(), execution, index);
    }
    pass(&mut turn, &wish.execution, wish.gate);
    Ok(turn.finish())
}

fn check(
    pipeline: &Pipeline,
    plan: &Plan,
    execution: &Execution,
    wish: &OverrideCondition,
) -> Result<usize, OverrideRefused> {
    let latest = pipeline
        .stage(&wish.stage)
        .and_then(|slot| slot.latest.as_ref());
    let is_latest = latest.is_some_and(|latest| latest.execution == execution.id);
    let mut entered = execution.stages.iter();
    let run = entered.find(|run| run.name == wish.stage);
    let run = run.filter(|_| is_latest || execution.mode == Mode::Parallel);
    let run = run.ok_or(OverrideRefused::NotLatest)?;
    if execution.pipeline_version != plan.version || execution.outdated || execution.stop.is_some()
    {
        return Err(OverrideRefused::NotLatest);
    }
    let stage = plan.stage(&wish.stage);
    let (index, stage) = stage.ok_or(OverrideRefused::NotOverridable)?;
    let condition = stage.condition(wish.gate);
    let skips = condition.is_none_or(|condition| condition.result == ConditionResult::Skip);
    let passed = execution.last_stage(&wish.stage).is_none();
    if skips || passed || !holds(run, wish.gate) {
        return Err(OverrideRefused::NotOverridable);
    }
    Ok(index)
}

/// Whether the condition holds the execution up, or did.
fn holds(run: &StageRun, gate: Gate) -> bool {
    let status = run.gates.get(&gate).map(|run| run.status);
    matches!(
        status,
        Some(ConditionStatus::InProgress | ConditionStatus::Failed)
    )
}

fn pass(turn: &mut Turn, id: &str, gate: Gate) {
    let now = turn.now;
    conditions::close(turn, id, ConditionStatus::Overridden);
    let Some(stage) = turn.live(id).and_then(|live| live.execution.stage_mut()) else {
        return;
    };
    if let Some(run) = stage.gates.get_mut(&gate) {
        run.status = ConditionStatus::Overridden;
        run.updated = now;
    }
    match gate {
        Gate::Success => stage::leave(turn, id, Leaving::well()),
        Gate::Entry | Gate::Failure => turn.todo.push_back(Todo::Settle(id.to_owned())),
    }
}
