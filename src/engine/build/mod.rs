//! Builds, and sandboxes that begin like them: from the queue to artifacts and a verdict, or to whoever runs commands there.
//!
//! # The phases (a test keeps this diagram true)
//!
//! ```text
//! QUEUED           → PROVISIONING     SUCCEEDED
//! QUEUED           → COMPLETED        FAULT, STOPPED, TIMED_OUT
//! PROVISIONING     → DOWNLOAD_SOURCE  SUCCEEDED
//! PROVISIONING     → COMPLETED        FAILED, FAULT, STOPPED, TIMED_OUT
//! DOWNLOAD_SOURCE  → RUN_SANDBOX      SUCCEEDED
//! DOWNLOAD_SOURCE  → INSTALL          SUCCEEDED
//! DOWNLOAD_SOURCE  → FINALIZING       FAILED
//! DOWNLOAD_SOURCE  → COMPLETED        FAILED, FAULT, STOPPED, TIMED_OUT
//! RUN_SANDBOX      → COMPLETED        FAULT, STOPPED, TIMED_OUT
//! INSTALL          → PRE_BUILD        FAILED (CONTINUE), SUCCEEDED
//! INSTALL          → FINALIZING       FAILED, FAILED (ABORT)
//! INSTALL          → COMPLETED        FAULT, STOPPED, TIMED_OUT
//! PRE_BUILD        → BUILD            FAILED (CONTINUE), SUCCEEDED
//! PRE_BUILD        → FINALIZING       FAILED, FAILED (ABORT)
//! PRE_BUILD        → COMPLETED        FAULT, STOPPED, TIMED_OUT
//! BUILD            → POST_BUILD       FAILED, FAILED (CONTINUE), SUCCEEDED
//! BUILD            → FINALIZING       FAILED (ABORT)
//! BUILD            → COMPLETED        FAULT, STOPPED, TIMED_OUT
//! POST_BUILD       → UPLOAD_ARTIFACTS FAILED, FAILED (CONTINUE), SUCCEEDED
//! POST_BUILD       → FINALIZING       FAILED (ABORT)
//! POST_BUILD       → COMPLETED        FAULT, STOPPED, TIMED_OUT
//! UPLOAD_ARTIFACTS → FINALIZING       FAILED, SUCCEEDED
//! UPLOAD_ARTIFACTS → COMPLETED        FAULT, STOPPED, TIMED_OUT
//! FINALIZING       → COMPLETED        FAULT, STOPPED, SUCCEEDED, TIMED_OUT
//! ```
//!
//! # Glossary
//!
//! - *plan*: everything a build needs to know, resolved when it is started; never changes.
//! - *phase*: a stretch of a build's life; exactly one runs until COMPLETED.
//! - *context*: AWS's word for why a phase ended as it did: a code and a message.
//! - *item*: one entry of a phase's `commands` or `finally`; runs as one script in the sandbox.
//! - *session*: what lives only as long as the server does: sandbox, open log, parsed buildspec. A build that lost its session
//!   ends as FAULT.

pub mod archive;
pub mod artifacts;
pub mod beginning;
pub mod buildspec;
pub mod cache;
pub mod command_run;
pub mod commands;
pub mod compute;
pub mod effect;
pub mod environment;
pub mod event;
pub mod git;
pub mod helpers;
pub mod logs;
pub mod perform;
pub mod phases;
pub mod plan;
pub mod record;
pub mod reports;
pub mod retry;
pub mod runtimes;
pub mod script;
pub mod sequence;
pub mod source;
pub mod state;
pub mod step;
pub mod variables;

#[cfg(test)]
mod random;
#[cfg(test)]
mod tests;

mod machine;

pub use effect::{BuildEnded, Effect};
pub use event::{Event, Failure};
pub use machine::{Build, Key};
pub use plan::BuildPlan;
pub use record::Record;
pub use state::BuildState;
