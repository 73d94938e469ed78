//! UpdatePipeline: a new definition, and the end of executions that follow an older one.
//!
//! Executions that wait are cancelled at once, others when their running actions have ended; PARALLEL ones go on.

use super::super::execution::{ConditionStatus, ExecutionStatus, Position};
use super::super::machine::Pipelines;
use super::super::plan::Mode;
use super::super::state::Pipeline;
use super::super::turn::{Todo, Turn};
use super::super::{Plan, Seed, action, conditions, source, stage};
use crate::aws::Time;
use crate::engine::Step;
use std::sync::Arc;

/// Follows the new definition. `seed` is for executions that sources watched from now on may start.
pub fn update_definition(
    state: Option<Pipeline>,
    plan: &Arc<Plan>,
    now: Time,
    seed: Seed,
) -> Step<Pipelines> {
    let mut pipeline = state.unwrap_or_default();
    pipeline.version = plan.version;
    let mut turn = Turn::new(pipeline, now);
    for (id, position) in outdated(&turn.pipeline) {
        match position {
            Position::Before(_) => stage::withdraw(&mut turn, &id, ExecutionStatus::Cancelled),
            Position::Inside(_) | Position::Over => cancel_later(&mut turn, &id),
        }
    }
    forget_stages(&mut turn.pipeline, plan);
    source::follow(&mut turn, plan, seed);
    turn.finish()
}

fn outdated(pipeline: &Pipeline) -> Vec<(String, Position)> {
    let executions = pipeline.live.iter().map(|live| &live.execution);
    let bound = executions.filter(|execution| execution.mode != Mode::Parallel);
    bound
        .map(|execution| (execution.id.clone(), execution.position))
        .collect()
}

/// Approvals and conditions are given up at once; other actions that run may end.
fn cancel_later(turn: &mut Turn, id: &str) {
    turn.changed(id);
    if let Some(live) = turn.live(id) {
        live.execution.outdated = true;
    }
    conditions::close(turn, id, ConditionStatus::Cancelled);
    action::abandon(turn, id, action::is_approval);
    turn.todo.push_back(Todo::Settle(id.to_owned()));
}

/// What is known of stages that are no more is forgotten, unless somebody is still in them.
fn forget_stages(pipeline: &mut Pipeline, plan: &Plan) {
    pipeline.stages.retain(|name, slot| {
        let known = plan.stage(name).is_some();
        known || slot.inside.is_some() || !slot.waiting.is_empty()
    });
}
