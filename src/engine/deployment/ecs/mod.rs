//! Deployments to Amazon ECS: a new task set beside the one that serves, traffic from one to the other, the old one removed.
//!
//! The state machine is the one of all deployments; here is what this platform adds: what is to be done (`plan`), what is known of
//! the service (`target`), what can happen and be asked for (`event`, `effect`), and the way (`way`, with its stretches `install`,
//! `shift` and `removal`, and `seen`). Pure, as all of it: `inspect` reads what companions show, `listener` decides what listeners
//! forward to. Source: contract, codedeploy section 7.

pub mod effect;
pub mod event;
pub mod inspect;
pub mod install;
pub mod listener;
pub mod plan;
pub mod removal;
pub mod rollback;
pub mod seen;
pub mod shift;
pub mod target;
pub mod way;
pub mod wish;

#[cfg(test)]
mod tests;

use super::fault::Fault;

/// The news that a broken effect leads to.
pub(super) fn broken(effect: &effect::Effect, fault: Fault) -> Option<event::Event> {
    use effect::Effect;
    use event::Event;
    Some(match effect {
        Effect::ReadSpec { .. } => Event::SpecRead(Box::new(Err(fault))),
        Effect::Inspect { .. } => Event::Inspected(Box::new(Err(fault))),
        Effect::Create { .. } => Event::Created(Err(fault)),
        Effect::Test { to, .. } => Event::Tested {
            to: *to,
            result: Err(fault),
        },
        Effect::Shift { to, .. } => Event::Shifted {
            to: *to,
            result: Err(fault),
        },
        Effect::Promote { .. } => Event::Promoted(Err(fault)),
        Effect::Remove { .. } => Event::Removed(Err(fault)),
        // Without this look, the next news of the service or the deadline comes.
        Effect::Look { .. } | Effect::Discard { .. } => return None,
    })
}
