//! Ends the wait before original instances are terminated.
//!
//! Source: contract, codedeploy section 3.5.

use super::continue_deployment::{Wait, WaitRefused, continue_deployment};
use crate::aws::Time;
use crate::engine::Step;
use crate::engine::deployment::Deployment;
use crate::engine::deployment::state::DeploymentState;

/// The same as continuing out of the wait.
pub fn skip_wait(state: &DeploymentState, now: Time) -> Result<Step<Deployment>, WaitRefused> {
    continue_deployment(state, now, Wait::Termination)
}
