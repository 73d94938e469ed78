//! Rollbacks of deployments to ECS: whether there is something to set back to, and what is to be set back.
//!
//! Source: contract, codedeploy sections 5.5 and 7.7.

use super::plan::{EcsSource, EcsWork, Restore};
use super::target::EcsTarget;
use super::way::{ALLOW, INSTALL, TEST, restore, work};
use crate::engine::deployment::appspec::{EcsHooks, EcsSpec};
use crate::engine::deployment::plan::Work;
use crate::engine::deployment::state::DeploymentState;
use crate::engine::deployment::traffic::Routing;

/// Before a task set is created there is nothing to set back; after the original one is deleted there is nothing to go back to. What
/// sets back is not set back itself.
pub fn is_possible(state: &DeploymentState) -> bool {
    let is_rollback = work(state).and_then(restore).is_some();
    let begun = |target: &EcsTarget| has_begun(target, INSTALL) && !target.progress.removed;
    !is_rollback && state.ecs().is_some_and(begun)
}

/// What the rollback of a finished deployment does.
pub fn work_of(of: &DeploymentState) -> Option<Work> {
    let (before, target) = (work(of)?, of.ecs()?);
    let spec = EcsSpec {
        hooks: EcsHooks::default(),
        ..target.spec.clone()
    };
    let back = Restore {
        spec,
        setting: target.setting.clone()?,
        of: of.plan.id.clone(),
        tested: has_begun(target, TEST),
        shifted: has_begun(target, ALLOW),
        promoted: target.progress.promoted,
        weight: target.weight,
    };
    Some(Work::Ecs(Box::new(EcsWork {
        source: EcsSource::Restore(Box::new(back)),
        routing: Routing::AllAtOnce,
        ready_wait: None,
        termination_wait: 0,
        ..before.clone()
    })))
}

fn has_begun(target: &EcsTarget, event: &str) -> bool {
    let event = target.lifecycle.get(event);
    event.is_some_and(|event| event.start.is_some())
}
