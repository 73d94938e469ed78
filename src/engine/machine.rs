//! What a machine is: the trait that the driver and the simulator run.
//!
//! Nothing here does anything: a machine's functions are pure, and so they can be run twice, in memory, or in tests.

use crate::aws::Time;
use crate::store;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::fmt;

/// One kind of run: a pipeline, a build, a deployment.
pub trait Machine: Sized + Send + Sync + 'static {
    /// Names the tables on disk; never changes.
    const NAME: &'static str;
    /// The form in which states and effects are stored; counted up when the form changes.
    const VERSION: u32 = 1;
    /// The unit of consistency: one row, one queue of events.
    type Key: store::Key + fmt::Debug;
    /// The live run with the plan it follows; leaves when it has finished.
    type State: Clone + fmt::Debug + Send + Sync + Serialize + DeserializeOwned + 'static;
    /// What a state may have many of. Each is stored by itself, so that a change of one writes no other; what is added to its
    /// form has a default. `()` where there is nothing like that.
    type Part: store::Row + PartialEq;
    /// What can happen, in the past tense.
    type Event: Clone + fmt::Debug + Send + 'static;
    /// What can be asked of the world, in the imperative.
    type Effect: Clone + fmt::Debug + Send + Sync + Serialize + DeserializeOwned + 'static;
    /// What is to be kept beyond the live run.
    type Record: Clone + fmt::Debug + Send + 'static;

    /// News. Never refuses: what does not fit the state changes nothing.
    fn step(state: Self::State, now: Time, event: Self::Event) -> Step<Self>;

    /// When the machine wants to be woken next; the driver then sends `tick()`.
    fn deadline(state: &Self::State) -> Option<Time>;

    /// The event that says a deadline has come.
    fn tick() -> Self::Event;

    /// The event that says: the server was restarted while this effect was being performed. `None` performs it again.
    fn interrupted(effect: &Self::Effect) -> Option<Self::Event>;

    /// The event that says: performing this effect broke off because of an error in this program (`what` is for people).
    /// `None` leaves the effect in the outbox until the next start.
    fn broken(effect: &Self::Effect, what: &str) -> Option<Self::Event> {
        let _ = what;
        Self::interrupted(effect)
    }

    /// The parts of this state, in an order that stays.
    fn parts(state: &Self::State) -> &[Self::Part] {
        let _ = state;
        &[]
    }

    /// Where they are, in a state that has room for parts.
    fn parts_mut(state: &mut Self::State) -> Option<&mut Vec<Self::Part>> {
        let _ = state;
        None
    }

    /// Turns what was stored in form `from` into the current form; the error says why it cannot.
    fn upgrade(
        from: u32,
        what: Stored,
        body: serde_json::Value,
    ) -> Result<serde_json::Value, String> {
        let _ = body;
        let name = Self::NAME;
        Err(format!(
            "{what:?} of a {name} in form {from}, which this version of slipway does not know"
        ))
    }
}

/// What a stored body is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stored {
    State,
    Effect,
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

/// Names one effect for ever: the same id means the same effect, performed again. Shown as `<machine>-<number>`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EffectId(String);

impl EffectId {
    /// The effect with this sequence number of the machine called `machine`.
    pub fn new(machine: &str, number: u64) -> Self {
        Self(format!("{machine}-{number}"))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for EffectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
