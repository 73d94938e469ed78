//! A new pipeline: runs at once, unless a source looks for revisions by itself; then the first look starts it.

use super::super::begin::{self, Beginning};
use super::super::execution::{Trigger, TriggerKind};
use super::super::plan::ActionPlan;
use super::super::state::Pipeline;
use super::super::turn::Turn;
use super::super::{Plan, Seed, machine::Pipelines, source};
use crate::aws::Time;
use crate::engine::Step;
use std::sync::Arc;

/// What comes with the wish.
#[derive(Clone, Debug)]
pub struct Create {
    pub caller_arn: String,
    /// For the execution that may follow.
    pub seed: Seed,
}

/// The row of a new pipeline; whatever was there under this name is gone.
pub fn create(plan: &Arc<Plan>, now: Time, wish: Create) -> Step<Pipelines> {
    let pipeline = Pipeline {
        version: plan.version,
        ..Pipeline::default()
    };
    let mut turn = Turn::new(pipeline, now);
    source::follow(&mut turn, plan, wish.seed);
    if !plan.sources().any(ActionPlan::polls) {
        let beginning = Beginning {
            trigger: Trigger {
                kind: TriggerKind::CreatePipeline,
                detail: wish.caller_arn,
            },
            ..Beginning::new(wish.seed)
        };
        begin::begin(&mut turn, plan.clone(), beginning);
    }
    turn.finish()
}
