//! PutActionRevision: a custom source has a new revision, which starts an execution.
//!
//! Source: contract, codepipeline section 3.4.

use super::super::Seed;
use super::super::begin::{self, Beginning};
use super::super::execution::{Pin, Trigger, TriggerKind};
use super::super::machine::Pipelines;
use super::super::plan::Plan;
use super::super::state::{Pipeline, PutRevision as Known};
use super::super::turn::Turn;
use crate::aws::Time;
use crate::engine::Step;
use std::sync::Arc;

/// What comes with the wish.
#[derive(Clone, Debug)]
pub struct PutRevision {
    pub action: String,
    pub revision: String,
    /// What told the change apart.
    pub change: Option<String>,
    /// When it was made.
    pub created: Option<Time>,
    pub caller_arn: String,
    pub seed: Seed,
}

/// Why no execution begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the pipeline has as many live executions as it may have")]
pub struct NoRoom;

/// Revisions of a pipeline that are remembered.
const REMEMBERED: usize = 1000;

/// Yields whether the revision is new and the execution that runs it.
pub fn put_revision(
    state: Option<Pipeline>,
    plan: &Arc<Plan>,
    now: Time,
    wish: PutRevision,
) -> Result<(Step<Pipelines>, (bool, String)), NoRoom> {
    let pipeline = state.unwrap_or_default();
    let same = |known: &&Known| (&known.action, &known.revision) == (&wish.action, &wish.revision);
    if let Some(known) = pipeline.revisions.iter().find(same) {
        let execution = known.execution.clone();
        return Ok((Step::stay(pipeline), (false, execution)));
    }
    if begin::is_full(&pipeline, plan.mode) {
        return Err(NoRoom);
    }
    let mut turn = Turn::new(pipeline, now);
    let pin = Pin {
        revision: Some(wish.revision.clone()),
        object_key: None,
        change: wish.change,
        created: wish.created,
    };
    let beginning = Beginning {
        trigger: Trigger {
            kind: TriggerKind::PutActionRevision,
            detail: wish.caller_arn,
        },
        pins: [(wish.action.clone(), pin)].into(),
        ..Beginning::new(wish.seed)
    };
    let id = begin::begin(&mut turn, plan.clone(), beginning);
    let known = &mut turn.pipeline.revisions;
    known.push_back(Known {
        action: wish.action,
        revision: wish.revision,
        execution: id.clone(),
    });
    while known.len() > REMEMBERED {
        known.pop_front();
    }
    Ok((turn.finish(), (true, id)))
}
