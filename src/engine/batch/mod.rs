//! Batches of builds: one build reads the buildspec, and those it asks for run as their dependencies allow.
//!
//! # The phases (a test keeps this diagram true)
//!
//! ```text
//! SUBMITTED          → DOWNLOAD_BATCHSPEC SUCCEEDED
//! SUBMITTED          → FAILED             FAILED, TIMED_OUT
//! SUBMITTED          → STOPPED            STOPPED
//! DOWNLOAD_BATCHSPEC → IN_PROGRESS        SUCCEEDED
//! DOWNLOAD_BATCHSPEC → FAILED             FAILED, TIMED_OUT
//! DOWNLOAD_BATCHSPEC → STOPPED            STOPPED
//! IN_PROGRESS        → COMBINE_ARTIFACTS  SUCCEEDED
//! IN_PROGRESS        → FAILED             CLIENT_ERROR, TIMED_OUT
//! IN_PROGRESS        → STOPPED            STOPPED
//! COMBINE_ARTIFACTS  → SUCCEEDED          SUCCEEDED
//! COMBINE_ARTIFACTS  → FAILED             FAILED, TIMED_OUT
//! COMBINE_ARTIFACTS  → STOPPED            STOPPED
//! FAILED             → SUBMITTED          RETRY
//! ```
//!
//! # Glossary
//!
//! - *plan*: everything a batch needs to know, resolved when it is started; never changes.
//! - *group*: AWS's word for one build of a batch, through all retries.
//! - *task*: what the buildspec says about a group.
//! - *token*: a group and the number of its attempt; news of another attempt changes nothing.

pub mod commands;
pub mod effect;
pub mod event;
mod groups;
mod machine;
pub mod perform;
pub mod plan;
pub mod spec;
pub mod state;
pub mod step;
mod turn;

#[cfg(test)]
mod random;
#[cfg(test)]
mod tests;

pub use effect::{BatchEnded, Effect};
pub use event::Event;
pub use machine::{Batches, Key};
pub use plan::BatchPlan;
pub use state::BatchState;
