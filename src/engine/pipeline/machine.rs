//! The pipeline as a machine the driver can run.
//!
//! Everything a pipeline asks for may be performed again: copies go to the same place, and a build that was started under an
//! effect's id is not started twice. So nothing is lost with the server.

use super::event::{Event, Outcome, SourceLook};
use super::execution::{ActionError, ErrorCode};
use super::state::Pipeline;
use super::step::step;
use super::{Effect, Key, Record, action};
use crate::aws::Time;
use crate::engine::{Machine, Step};

/// One pipeline with all its live executions.
#[derive(Debug)]
pub enum Pipelines {}

impl Machine for Pipelines {
    const NAME: &'static str = "pipeline";
    type Key = Key;
    type State = Pipeline;
    type Part = ();
    type Event = Event;
    type Effect = Effect;
    type Record = Record;

    fn step(state: Pipeline, now: Time, event: Event) -> Step<Self> {
        step(state, now, event)
    }

    fn deadline(state: &Pipeline) -> Option<Time> {
        let running = state.live.iter().flat_map(|live| live.execution.running());
        running.map(action::next_look).min()
    }

    fn tick() -> Event {
        Event::Tick
    }

    fn interrupted(_: &Effect) -> Option<Event> {
        None
    }

    fn broken(effect: &Effect, what: &str) -> Option<Event> {
        let message = format!("slipway met an error in itself: {what}");
        let error = ActionError::new(ErrorCode::SystemUnavailable, message);
        if let Some(order) = effect.order() {
            return Some(failed(&order.token, error));
        }
        Some(match effect {
            Effect::LookAtSource { plan, action, seed } => {
                Event::SourceSeen(Box::new(SourceLook {
                    plan: plan.clone(),
                    action: action.clone(),
                    seed: *seed,
                    seen: Err(error),
                }))
            }
            // Nobody waits for it, and it would break again.
            _ => Event::Tick,
        })
    }
}

fn failed(token: &super::ActionToken, error: ActionError) -> Event {
    Event::ActionFinished {
        token: token.clone(),
        outcome: Box::new(Outcome::from(error)),
    }
}
