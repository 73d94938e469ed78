//! What happens over time: state machines as ordinary functions, and one driver that runs them.
//!
//! A machine is `step`: state, time and one event in; new state, records and effects out. No async, no clock, no table, no
//! randomness (identifiers come in with events). State, records and effects are one durable commit; only then is anything
//! performed. Performing an effect twice is harmless, late news changes nothing, and after a restart the driver performs
//! what the outbox still holds.

pub mod build;

use crate::aws::Time;
use crate::store;
use serde::{Serialize, de::DeserializeOwned};
use std::fmt::Debug;

/// One kind of run: a pipeline, a build, a deployment.
pub trait Machine: Sized + Send + Sync + 'static {
    /// Names the tables on disk; never changes.
    const NAME: &'static str;
    /// The unit of consistency: one row, one queue of events.
    type Key: store::Key + Debug;
    /// The live run with the plan it follows; leaves when it has finished.
    type State: Clone + Debug + Send + Sync + Serialize + DeserializeOwned + 'static;
    /// What can happen, in the past tense.
    type Event: Clone + Debug + Send + 'static;
    /// What can be asked of the world, in the imperative.
    type Effect: Clone + Debug + Send + Sync + Serialize + DeserializeOwned + 'static;
    /// What is to be kept beyond the live run.
    type Record: Clone + Debug + Send + 'static;

    /// News. Never refuses: what does not fit the state changes nothing.
    fn step(state: Self::State, now: Time, event: Self::Event) -> Step<Self>;

    /// When the machine wants to be woken next; the driver then sends `tick()`.
    fn deadline(state: &Self::State) -> Option<Time>;

    /// The event that says a deadline has come.
    fn tick() -> Self::Event;

    /// The event that says: the server was restarted while this effect was being performed. `None` performs it again.
    fn interrupted(effect: &Self::Effect) -> Option<Self::Event>;
}

/// What one event or command leads to; committed as one.
#[derive(Clone, Debug)]
pub struct Step<M: Machine> {
    /// `None`: the run is over and its row leaves.
    pub state: Option<M::State>,
    pub records: Vec<M::Record>,
    pub effects: Vec<M::Effect>,
}

impl<M: Machine> Step<M> {
    /// Nothing but the state.
    pub fn stay(state: M::State) -> Self {
        Self {
            state: Some(state),
            records: Vec::new(),
            effects: Vec::new(),
        }
    }
}
