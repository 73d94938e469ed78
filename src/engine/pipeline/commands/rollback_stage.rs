//! RollbackStage: runs a stage with what an earlier execution ran there.
//!
//! Source: contract, codepipeline section 5.7.

use super::super::execution::{Execution, StageStatus, Trigger, TriggerKind};
use super::super::ids::Seed;
use super::super::machine::Pipelines;
use super::super::plan::{Mode, Plan};
use super::super::rollback::{self, Target};
use super::super::state::{Inherited, Pipeline};
use super::super::turn::Turn;
use crate::aws::Time;
use crate::engine::Step;
use std::sync::Arc;

/// What comes with the wish.
#[derive(Clone, Debug)]
pub struct RollbackStage {
    pub stage: String,
    /// The record of the execution to go back to.
    pub target: Execution,
    pub caller_arn: String,
    pub seed: Seed,
}

/// Why it is not rolled back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RollbackRefused {
    #[error("the pipeline has no such stage")]
    NoSuchStage,
    #[error("the pipeline has been updated since the target ran")]
    Outdated,
    #[error("the target has not completed in the stage")]
    NotCompleted,
    #[error("the stage is in progress")]
    InProgress,
    #[error("the first stage cannot be rolled back")]
    FirstStage,
    #[error("the stage was skipped last")]
    Skipped,
}

/// Begins a rollback; yields the id of the new execution.
pub fn rollback_stage(
    state: Option<Pipeline>,
    plan: &Arc<Plan>,
    now: Time,
    wish: RollbackStage,
) -> Result<(Step<Pipelines>, String), RollbackRefused> {
    let pipeline = state.unwrap_or_default();
    let index = check(&pipeline, plan, &wish)?;
    let mut turn = Turn::new(pipeline, now);
    let trigger = Trigger {
        kind: TriggerKind::ManualRollback,
        detail: serde_json::json!({ "AwsUserArn": wish.caller_arn }).to_string(),
    };
    let target = Target {
        execution: wish.target.id.clone(),
        inherited: Inherited::of(&wish.target),
    };
    let id = rollback::begin(&mut turn, plan.clone(), index, wish.seed, trigger, target);
    Ok((turn.finish(), id))
}

fn check(pipeline: &Pipeline, plan: &Plan, wish: &RollbackStage) -> Result<usize, RollbackRefused> {
    let target = &wish.target;
    let (index, _) = plan
        .stage(&wish.stage)
        .ok_or(RollbackRefused::NoSuchStage)?;
    if target.pipeline_version != plan.version {
        return Err(RollbackRefused::Outdated);
    }
    let mut stages = target.stages.iter();
    let run = stages.find(|stage| stage.name == wish.stage);
    let completed = run.is_some_and(|run| run.status == StageStatus::Succeeded);
    if !completed || target.rollback_of.is_some() {
        return Err(RollbackRefused::NotCompleted);
    }
    if index == 0 {
        return Err(RollbackRefused::FirstStage);
    }
    let slot = pipeline.stage(&wish.stage);
    let latest = slot.and_then(|slot| slot.latest.as_ref());
    let was_skipped = latest.is_some_and(|latest| latest.status == StageStatus::Skipped);
    if slot.is_some_and(|slot| slot.inside.is_some()) && plan.mode != Mode::Parallel {
        return Err(RollbackRefused::InProgress);
    }
    if was_skipped {
        return Err(RollbackRefused::Skipped);
    }
    Ok(index)
}
