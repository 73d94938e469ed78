//! The pipeline engine.

mod action;
mod begin;
pub mod commands;
pub mod effect;
pub mod event;
pub mod execution;
pub mod ids;
mod machine;
mod mode;
pub mod perform;
pub mod plan;
mod prepare;
pub mod providers;
pub mod record;
pub mod source;
mod stage;
pub mod state;
mod step;
mod turn;
mod unpack;
mod variables;

pub use effect::Effect;
pub use event::{ActionToken, Event};
pub use execution::Execution;
pub use ids::Seed;
pub use machine::Pipelines;
pub use plan::Plan;
pub use record::{ActionRecord, Record};
pub use state::Pipeline;

/// Names a pipeline: its scope and its name.
pub type Key = (crate::aws::Scope, String);
