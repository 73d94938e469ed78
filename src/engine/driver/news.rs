//! What is on its way to a run: an event, the end of an effect, or both.

use crate::engine::Machine;

/// What is to be delivered: an event, the end of an effect, or both.
pub(super) struct News<M: Machine> {
    pub event: Option<M::Event>,
    /// The effect that leaves the outbox with it.
    pub done: Option<u64>,
    pub tick: bool,
}

impl<M: Machine> News<M> {
    pub fn of(event: M::Event) -> Self {
        Self {
            event: Some(event),
            done: None,
            tick: false,
        }
    }

    pub fn tick() -> Self {
        Self {
            tick: true,
            ..Self::of(M::tick())
        }
    }
}

impl<M: Machine> Clone for News<M> {
    fn clone(&self) -> Self {
        Self {
            event: self.event.clone(),
            ..*self
        }
    }
}
