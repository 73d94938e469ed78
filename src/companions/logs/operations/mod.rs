//! One file per operation.

mod create_log_group;
mod create_log_stream;
mod delete_log_group;
mod delete_log_stream;
mod delete_retention_policy;
mod describe_log_groups;
mod describe_log_streams;
mod filter_log_events;
mod get_log_events;
mod list_tags_for_resource;
mod list_tags_log_group;
mod put_log_events;
mod put_retention_policy;
mod tag_log_group;
mod tag_resource;
mod untag_log_group;
mod untag_resource;

pub use create_log_group::create_log_group;
pub use create_log_stream::create_log_stream;
pub use delete_log_group::delete_log_group;
pub use delete_log_stream::delete_log_stream;
pub use delete_retention_policy::delete_retention_policy;
pub use describe_log_groups::describe_log_groups;
pub use describe_log_streams::describe_log_streams;
pub use filter_log_events::filter_log_events;
pub use get_log_events::get_log_events;
pub use list_tags_for_resource::list_tags_for_resource;
pub use list_tags_log_group::list_tags_log_group;
pub use put_log_events::put_log_events;
pub use put_retention_policy::put_retention_policy;
pub use tag_log_group::tag_log_group;
pub use tag_resource::tag_resource;
pub use untag_log_group::untag_log_group;
pub use untag_resource::untag_resource;
