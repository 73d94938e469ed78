//! What a person can ask of a pipeline, one file each.
//!
//! A command sees the row and the time and either refuses, with a refusal of its own type, or yields a step. Services call
//! them inside `Driver::command`, together with what they write themselves.

mod create;
mod delete;
mod finish_job;
mod override_condition;
mod put_approval;
mod put_revision;
mod retry_stage;
mod rollback_stage;
mod set_transition;
mod start_execution;
mod stop_execution;
mod update_definition;

pub use create::{Create, create};
pub use delete::delete;
pub use finish_job::{JobResult, finish_job};
pub use override_condition::{OverrideCondition, OverrideRefused, override_condition};
pub use put_approval::{ApprovalRefused, PutApproval, put_approval};
pub use put_revision::{NoRoom, PutRevision, put_revision};
pub use retry_stage::{RetryRefused, RetryStage, retry_stage};
pub use rollback_stage::{RollbackRefused, RollbackStage, rollback_stage};
pub use set_transition::{NoSuchStage, SetTransition, Side, set_transition};
pub use start_execution::{
    RevisionKind, SourceOverride, StartExecution, StartRefused, start_execution,
};
pub use stop_execution::{StopExecution, StopRefused, stop_execution};
pub use update_definition::update_definition;
