//! The pipeline engine.

pub mod effect;
pub mod event;
pub mod execution;
pub mod ids;
pub mod plan;
pub mod record;
pub mod state;

pub use effect::Effect;
pub use event::{ActionToken, Event};
pub use execution::Execution;
pub use ids::Seed;
pub use plan::Plan;
pub use record::{ActionRecord, Record};
pub use state::Pipeline;

/// Names a pipeline: its scope and its name.
pub type Key = (crate::aws::Scope, String);
