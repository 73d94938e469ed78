//! Starts a deployment: it is Created, and its AppSpec or its instances are looked for.

use crate::aws::Time;
use crate::engine::Step;
use crate::engine::deployment::Deployment;
use crate::engine::deployment::ecs;
use crate::engine::deployment::effect::Effect;
use crate::engine::deployment::plan::{DeploymentPlan, Work};
use crate::engine::deployment::state::{DeploymentState, Status};
use crate::engine::deployment::turn::Turn;

/// A deployment of this id runs already; starting it twice is harmless.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the deployment has been started before")]
pub struct AlreadyStarted;

/// The new deployment.
pub fn start(
    existing: Option<&DeploymentState>,
    plan: DeploymentPlan,
    now: Time,
) -> Result<Step<Deployment>, AlreadyStarted> {
    if existing.is_some() {
        return Err(AlreadyStarted);
    }
    let mut turn = Turn::new(created(plan), now);
    turn.tell("DeploymentStart");
    let plan = &turn.state.plan;
    let (role, group) = (plan.service_role.clone(), plan.group.clone());
    let first = match &plan.work {
        Work::Lambda(work) => Effect::ReadSpec {
            source: Box::new(work.source.clone()),
            role,
            group,
        },
        Work::Ecs(work) => Effect::Ecs(ecs::effect::Effect::ReadSpec {
            source: Box::new(work.source.clone()),
            role,
            group,
        }),
        Work::Server(work) => Effect::FindInstances {
            selection: Box::new(work.selection.clone()),
            green: work.blue_green().map(|of| Box::new(of.green.clone())),
            role,
            group,
        },
    };
    turn.ask(first);
    Ok(turn.step())
}

/// As it is before anything has happened.
pub fn created(plan: DeploymentPlan) -> DeploymentState {
    DeploymentState {
        plan,
        status: Status::Created,
        started: None,
        completed: None,
        error: None,
        pending: None,
        stop_waited: false,
        target: None,
        rolled_back_by: None,
    }
}
