//! What happens over time: state machines as ordinary functions, and one driver that runs them.
//!
//! A machine is `step`: state, time and one event in; new state, records and effects out. No async, no clock, no table, no
//! randomness (identifiers come in with commands and events). State, records and effects are one durable commit; only then
//! is anything performed. Performing an effect twice is harmless, late news changes nothing, and after a restart the driver
//! performs what the outbox still holds.
//!
//! In reading order: [`machine`] (what a machine is), [`driver`] (runs it on the store), [`clock`] (the only reader of
//! time), [`world`] (all that effects may reach), [`pipeline`], [`build`], [`batch`], [`deployment`], and for tests `sim`
//! (a machine in pure memory) and `seeded` (chance that can be repeated).

pub mod batch;
pub mod build;
pub mod clock;
pub mod deployment;
pub mod driver;
pub mod machine;
pub mod pipeline;
mod timers;
pub mod world;

pub use clock::Clock;
pub use driver::{Driver, Keep, Mailbox, Perform};
pub use machine::{EffectId, Machine, Step};

#[cfg(test)]
pub mod seeded;
#[cfg(test)]
pub mod sim;
