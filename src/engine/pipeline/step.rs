//! News: one match, one line per arm.
//!
//! Never refuses. News about what is over, replaced or unknown changes nothing.

use super::event::Event;
use super::machine::Pipelines;
use super::state::Pipeline;
use super::turn::Turn;
use super::{action, source};
use crate::aws::Time;
use crate::engine::Step;

/// What the news leads to.
pub fn step(state: Pipeline, now: Time, event: Event) -> Step<Pipelines> {
    let mut turn = Turn::new(state, now);
    match event {
        Event::Tick => action::look_at_clock(&mut turn),
        Event::ActionFinished { token, outcome } => action::finish(&mut turn, &token, *outcome),
        Event::Launched {
            token,
            id,
            log_stream_arn,
        } => action::launched(&mut turn, &token, id, log_stream_arn),
        Event::BuildFinished { token, build } => action::build_finished(&mut turn, &token, *build),
        Event::SourceSeen(look) => source::seen(&mut turn, *look),
        Event::ServiceSeen { token, service } => {
            action::service_seen(&mut turn, &token, service.as_deref());
        }
        Event::AlarmSeen { token, alarm } => action::alarm_seen(&mut turn, &token, &alarm),
    }
    turn.finish()
}
