//! One file per operation.

mod add_tags_to_resource;
mod delete_parameter;
mod delete_parameters;
mod describe_parameters;
mod get_parameter;
mod get_parameter_history;
mod get_parameters;
mod get_parameters_by_path;
mod label_parameter_version;
mod list_tags_for_resource;
mod put_parameter;
mod remove_tags_from_resource;

pub use add_tags_to_resource::add_tags_to_resource;
pub use delete_parameter::delete_parameter;
pub use delete_parameters::delete_parameters;
pub use describe_parameters::describe_parameters;
pub use get_parameter::get_parameter;
pub use get_parameter_history::get_parameter_history;
pub use get_parameters::get_parameters;
pub use get_parameters_by_path::get_parameters_by_path;
pub use label_parameter_version::label_parameter_version;
pub use list_tags_for_resource::list_tags_for_resource;
pub use put_parameter::put_parameter;
pub use remove_tags_from_resource::remove_tags_from_resource;
