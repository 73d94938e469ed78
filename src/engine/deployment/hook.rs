//! Hooks: the ids of their executions, and what an id that somebody brings means.
//!
//! An id follows from the deployment's seed and the event, so that performing again invokes with the same id; who does not know
//! the seed cannot guess it. Source: contract, codedeploy sections 2.1 and 6.5.

use super::sequence::hook_of;
use super::state::{DeploymentState, Doing};
use base64::{Engine, engine::general_purpose::STANDARD};
use sha2::{Digest, Sha256};
use std::time::Duration;

/// How long a function may take to call back.
pub const LONGEST: Duration = Duration::from_secs(60 * 60);

/// The id of an event's hook execution: opaque, 88 characters.
pub fn execution_id(seed: &str, event: &str) -> String {
    let half = |part: u8| Sha256::digest(format!("{seed}/{event}/{part}"));
    let bytes = [half(0), half(1)].concat();
    STANDARD.encode(bytes)
}

/// What a brought id is to the deployment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// Its hook is waited for.
    Awaited,
    /// Its hook has been invoked and is not waited for any more.
    Over,
    No,
}

/// Looks an id up.
pub fn lookup(state: &DeploymentState, id: &str) -> Known {
    let Some(target) = &state.target else {
        return Known::No;
    };
    if matches!(target.doing(), Some(Doing::Hook { execution, .. }) if execution == id)
        && !state.is_over()
    {
        return Known::Awaited;
    }
    let lifecycle = target.lifecycle().into_iter();
    let events = lifecycle.flat_map(|lifecycle| lifecycle.events());
    let mut invoked =
        events.filter(|event| event.start.is_some() && hook_of(state, &event.name).is_some());
    match invoked.any(|event| execution_id(&state.plan.seed, &event.name) == id) {
        true => Known::Over,
        false => Known::No,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_long_opaque_and_repeatable() {
        let id = execution_id("seed", "BeforeAllowTraffic");
        assert_eq!(id.len(), 88);
        assert_eq!(id, execution_id("seed", "BeforeAllowTraffic"));
        assert_ne!(id, execution_id("seed", "AfterAllowTraffic"));
        assert_ne!(id, execution_id("other", "BeforeAllowTraffic"));
    }
}
