//! DisableStageTransition and EnableStageTransition: the ways into and out of a stage.
//!
//! Source: contract, codepipeline section 5.3.

use super::super::machine::Pipelines;
use super::super::plan::Plan;
use super::super::stage;
use super::super::state::{Changed, Pipeline, Transition};
use super::super::turn::{Todo, Turn};
use crate::aws::Time;
use crate::engine::Step;
use std::time::Duration;

/// What comes with the wish.
#[derive(Clone, Debug)]
pub struct SetTransition {
    pub stage: String,
    pub side: Side,
    /// Why it is disabled; `None` enables it.
    pub disabled: Option<String>,
    pub caller_arn: String,
}

/// The way into a stage, or out of it to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Inbound,
    Outbound,
}

/// The pipeline has no stage of this name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the pipeline has no such stage")]
pub struct NoSuchStage;

/// Whoever waited longer than this for a transition does not go on by itself.
const PATIENCE: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// Disables or enables a transition; enabling lets in who waits.
pub fn set_transition(
    state: Option<Pipeline>,
    plan: &Plan,
    now: Time,
    wish: SetTransition,
) -> Result<Step<Pipelines>, NoSuchStage> {
    let (index, _) = plan.stage(&wish.stage).ok_or(NoSuchStage)?;
    let mut turn = Turn::new(state.unwrap_or_default(), now);
    let slot = stage::slot(&mut turn, &wish.stage);
    let transition = match wish.side {
        Side::Inbound => &mut slot.inbound,
        Side::Outbound => &mut slot.outbound,
    };
    let enabled = wish.disabled.is_none();
    let since = transition.changed.as_ref().map(|changed| changed.at);
    let stale = since.is_some_and(|since| now.since(since) > PATIENCE);
    *transition = Transition {
        disabled: wish.disabled,
        changed: Some(Changed {
            by: wish.caller_arn,
            at: now,
        }),
    };
    let beyond = match wish.side {
        Side::Inbound => index,
        Side::Outbound => index + 1,
    };
    if let Some(next) = plan.stages.get(beyond).filter(|_| enabled && !stale) {
        turn.todo.push_back(Todo::Admit(next.name.clone()));
    }
    Ok(turn.finish())
}
