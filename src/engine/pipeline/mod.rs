//! The pipeline engine: executions that go through stages, and the actions that run in them.
//!
//! The unit of consistency is the pipeline: its executions share the locks of its stages. An execution that is over leaves the
//! row as a record; the row keeps what each stage last saw.
//!
//! # Glossary
//!
//! - *Plan*: one version of a definition. An execution follows the plan it began with.
//! - *Execution*: one run of the pipeline. It stands *before* a stage, is *inside* one, or is *over*.
//! - *Slot*: the lock of a stage: who is inside, who waits, what was seen there last.
//! - *Group*: the actions of a stage with the same run order. They start together; the next group starts when all succeeded.
//! - *Attempt* or *run*: one try of an action, with an action execution id of its own, by which news finds it.
//! - *Seed*: the random bytes that come in with a start and from which all identifiers of an execution are drawn.
//! - *Watch*: what is known of a source that looks for new revisions by itself, and the revision that was last consumed.
//!
//! # Files in reading order
//!
//! `plan` `execution` `state` `record` (what there is), `event` `effect` (what comes in and goes out), `step` and `commands/`
//! (the doors), `turn` (a step under way), `begin` `stage` `mode` `action` `prepare` (an execution's life), `variables` `ids`,
//! `providers/` (one file each), `session` (what jobs may do), `source` (watched sources), `git_triggers/` (which Git events start), `perform` (the only one that
//! waits for the world), `machine`.
//!
//! # What can become what
//!
//! As travelled by the scripts in `tests.rs`, which also check this list; `·` is the beginning.
//!
//! ```text
//! action     InProgress → Abandoned Failed Succeeded
//! action     ·          → Failed InProgress
//! condition  Cancelled  → InProgress
//! condition  Failed     → Overridden
//! condition  InProgress → Cancelled Failed Overridden Succeeded
//! condition  ·          → Failed InProgress
//! execution  Failed     → InProgress
//! execution  InProgress → Cancelled Failed Stopped Stopping Succeeded Superseded
//! execution  Stopped    → InProgress Succeeded
//! execution  Stopping   → Stopped
//! execution  ·          → Failed InProgress
//! rule       InProgress → Abandoned Failed Succeeded
//! rule       ·          → Failed InProgress Succeeded
//! stage      Failed     → InProgress Succeeded
//! stage      InProgress → Cancelled Failed Stopped Stopping Succeeded
//! stage      Stopped    → InProgress Succeeded
//! stage      Stopping   → Stopped
//! stage      ·          → Failed InProgress Skipped
//! ```

mod action;
mod begin;
pub mod change;
pub mod commands;
mod conditions;
pub mod effect;
pub mod event;
pub mod execution;
pub mod git_triggers;
pub mod ids;
mod machine;
mod mode;
pub mod perform;
pub mod plan;
mod prepare;
pub mod providers;
pub mod record;
mod retry;
mod rollback;
pub mod run;
mod session;
pub mod source;
mod stage;
pub mod state;
mod step;
mod turn;
mod unpack;
mod variables;

pub use begin::MOST_LIVE;
pub use change::StateChange;
pub use effect::Effect;
pub use event::{ActionToken, Event};
pub use execution::Execution;
pub use ids::Seed;
pub use machine::Pipelines;
pub use plan::Plan;
pub use record::{ActionRecord, JobRecord, Record};
pub use session::job_session;
pub use state::Pipeline;

/// Names a pipeline: its scope and its name.
pub type Key = (crate::aws::Scope, String);

#[cfg(test)]
mod invariants;
#[cfg(test)]
mod random;
#[cfg(test)]
mod script;
#[cfg(test)]
mod tests;
