//! Ends a wait of a deployment that shifts traffic between fleets or task sets.
//!
//! Source: contract, codedeploy section 5.8.

use crate::aws::Time;
use crate::engine::Step;
use crate::engine::deployment::Deployment;
use crate::engine::deployment::ecs::{removal, way};
use crate::engine::deployment::plan::Work;
use crate::engine::deployment::server::shift;
use crate::engine::deployment::state::{DeploymentState, Doing};
use crate::engine::deployment::turn::Turn;

/// Which wait is to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    Ready,
    Termination,
}

/// Why no wait ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WaitRefused {
    #[error("deployments of this kind do not wait")]
    Unsupported,
    #[error("the deployment is not in the wait")]
    NotWaiting,
}

/// Lambda deployments and deployments in place know no such waits.
pub fn continue_deployment(
    state: &DeploymentState,
    now: Time,
    wait: Wait,
) -> Result<Step<Deployment>, WaitRefused> {
    match state.plan.work {
        Work::Lambda(_) => return Err(WaitRefused::Unsupported),
        Work::Server(_) => return shift::continue_deployment(state, now, wait),
        Work::Ecs(_) => {}
    }
    let mut turn = Turn::new(state.clone(), now);
    match (wait, state.doing()) {
        (Wait::Ready, Some(Doing::Ready { .. })) => way::go_on(&mut turn),
        (Wait::Termination, Some(Doing::Retiring { .. })) => removal::remove(&mut turn),
        _ => return Err(WaitRefused::NotWaiting),
    }
    Ok(turn.step())
}
