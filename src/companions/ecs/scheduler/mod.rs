//! The service scheduler: how many tasks a service has, and how many it should have.
//!
//! `plan` decides from counts alone; `turn` reads rows, asks it, and writes what it says as part of the caller's own write; `failures`
//! counts what went wrong. What is to happen to containers comes out as effects, performed after the write.
//!
//! ```text
//! CreateService, UpdateService, … ──┐                        ┌─► Begin: a task's containers are started
//! a task that runs or has stopped ──┼─► turn ─► plan ─► rows ─┼─► End: a task's containers are stopped
//! a wait that is over ──────────────┘                        └─► Wake: tried again later
//! ```

pub mod failures;
pub mod plan;
#[cfg(test)]
mod tests;
pub mod turn;

pub use turn::{Effect, turn};
