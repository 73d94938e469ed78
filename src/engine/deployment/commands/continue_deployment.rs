//! Ends a wait of a deployment that shifts traffic between fleets or task sets.
//!
//! Source: contract, codedeploy section 5.8.

use crate::aws::Time;
use crate::engine::Step;
use crate::engine::deployment::Deployment;
use crate::engine::deployment::plan::Work;
use crate::engine::deployment::state::DeploymentState;

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
}

/// Lambda deployments and deployments in place know no such waits.
pub fn continue_deployment(
    state: &DeploymentState,
    _: Time,
    _: Wait,
) -> Result<Step<Deployment>, WaitRefused> {
    match &state.plan.work {
        Work::Lambda(_) | Work::Server(_) => Err(WaitRefused::Unsupported),
    }
}
