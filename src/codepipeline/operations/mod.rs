//! One file per AWS operation, named like it.

mod create_pipeline;
mod delete_pipeline;
mod get_pipeline;
mod get_pipeline_execution;
mod get_pipeline_state;
mod list_action_executions;
mod list_pipeline_executions;
mod list_pipelines;
mod list_tags_for_resource;
mod start_pipeline_execution;
mod stop_pipeline_execution;
mod tag_resource;
mod untag_resource;
mod update_pipeline;

pub use create_pipeline::create_pipeline;
pub use delete_pipeline::delete_pipeline;
pub use get_pipeline::get_pipeline;
pub use get_pipeline_execution::get_pipeline_execution;
pub use get_pipeline_state::get_pipeline_state;
pub use list_action_executions::list_action_executions;
pub use list_pipeline_executions::list_pipeline_executions;
pub use list_pipelines::list_pipelines;
pub use list_tags_for_resource::list_tags_for_resource;
pub use start_pipeline_execution::start_pipeline_execution;
pub use stop_pipeline_execution::stop_pipeline_execution;
pub use tag_resource::tag_resource;
pub use untag_resource::untag_resource;
pub use update_pipeline::update_pipeline;
