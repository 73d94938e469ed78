//! A hook's function calls back: the event goes on, or the deployment fails.

use crate::aws::Time;
use crate::engine::Step;
use crate::engine::deployment::Deployment;
use crate::engine::deployment::hook::{Known, lookup};
use crate::engine::deployment::sequence::hook_answered;
use crate::engine::deployment::state::DeploymentState;
use crate::engine::deployment::turn::Turn;

/// Why a callback counts for nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AnswerRefused {
    #[error("the deployment has no hook execution of this id")]
    Unknown,
    #[error("the hook is not waited for any more")]
    Over,
}

/// One answer for each execution; a second one, or a late one, is refused.
pub fn answer_hook(
    state: DeploymentState,
    now: Time,
    execution: &str,
    succeeded: bool,
) -> Result<Step<Deployment>, AnswerRefused> {
    match lookup(&state, execution) {
        Known::No => Err(AnswerRefused::Unknown),
        Known::Over => Err(AnswerRefused::Over),
        Known::Awaited => {
            let mut turn = Turn::new(state, now);
            hook_answered(&mut turn, succeeded);
            Ok(turn.step())
        }
    }
}
