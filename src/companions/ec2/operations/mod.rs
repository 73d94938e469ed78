//! One file per operation.

mod create_tags;
mod delete_tags;
mod describe_instance_status;
mod describe_instances;
mod describe_tags;
mod terminate_instances;

pub use create_tags::create_tags;
pub use delete_tags::delete_tags;
pub use describe_instance_status::describe_instance_status;
pub use describe_instances::describe_instances;
pub use describe_tags::describe_tags;
pub use terminate_instances::terminate_instances;
