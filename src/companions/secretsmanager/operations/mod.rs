//! One file per operation.

mod create_secret;
mod delete_secret;
mod describe_secret;
mod get_resource_policy;
mod get_secret_value;
mod list_secret_version_ids;
mod list_secrets;
mod put_secret_value;
mod restore_secret;
mod tag_resource;
mod untag_resource;
mod update_secret;
mod update_secret_version_stage;

pub use create_secret::create_secret;
pub use delete_secret::delete_secret;
pub use describe_secret::describe_secret;
pub use get_resource_policy::get_resource_policy;
pub use get_secret_value::get_secret_value;
pub use list_secret_version_ids::list_secret_version_ids;
pub use list_secrets::list_secrets;
pub use put_secret_value::put_secret_value;
pub use restore_secret::restore_secret;
pub use tag_resource::tag_resource;
pub use untag_resource::untag_resource;
pub use update_secret::update_secret;
pub use update_secret_version_stage::update_secret_version_stage;
