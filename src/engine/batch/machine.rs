//! The batch as a machine the driver can run.
//!
//! All effects may be performed again after a restart: builds have the ids that the batch gives them.

use super::effect::Effect;
use super::event::Event;
use super::state::BatchState;
use super::step::step;
use crate::aws::{Scope, Time};
use crate::engine::build::state::Context;
use crate::engine::{Machine, Step};

/// One batch, keyed by scope and id (`project:uuid`). Its only record is the finished batch.
#[derive(Debug)]
pub struct Batches;

/// Scope and the batch's id.
pub type Key = (Scope, String);

impl Machine for Batches {
    const NAME: &'static str = "batch";
    type Key = Key;
    type State = BatchState;
    type Part = ();
    type Event = Event;
    type Effect = Effect;
    type Record = Box<BatchState>;

    fn step(state: BatchState, now: Time, event: Event) -> Step<Self> {
        step(state, now, event)
    }

    fn deadline(state: &BatchState) -> Option<Time> {
        state.deadline()
    }

    fn tick() -> Event {
        Event::Ticked
    }

    fn interrupted(_: &Effect) -> Option<Event> {
        None
    }

    fn broken(effect: &Effect, what: &str) -> Option<Event> {
        let what = format!("Internal Service Error: {what}");
        match effect {
            Effect::LaunchBuild(job) => Some(Event::BuildRefused(job.token.clone(), what)),
            Effect::CombineArtifacts(job) => {
                let why = Context::new("INTERNAL_SERVICE_ERROR", what);
                Some(Event::CombiningFailed(job.phase, why))
            }
            Effect::StopBuild { .. } | Effect::TellPipeline { .. } => None,
        }
    }
}
