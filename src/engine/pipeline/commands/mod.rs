//! What a person can ask of a pipeline, one file each.
//!
//! A command sees the row and the time and either refuses, with a refusal of its own type, or yields a step. Services call
//! them inside `Driver::command`, together with what they write themselves.

mod create;
mod delete;
mod start_execution;
mod stop_execution;
mod update_definition;

pub use create::{Create, create};
pub use delete::delete;
pub use start_execution::{
    RevisionKind, SourceOverride, StartExecution, StartRefused, start_execution,
};
pub use stop_execution::{StopExecution, StopRefused, stop_execution};
pub use update_definition::update_definition;
