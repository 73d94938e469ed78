//! The table of contents: one line per operation.

use super::operations::*;
use crate::server::{Service, Typed, fault};
use slipway_runtime::MissingHandlers;

pub fn service() -> Result<Service, MissingHandlers> {
    let typed = Typed {
        dialect: fault::broken_query,
    };
    let routes = ssm_api::SsmBuilder::new(typed)
        .add_tags_to_resource(add_tags_to_resource)
        .delete_parameter(delete_parameter)
        .delete_parameters(delete_parameters)
        .describe_parameters(describe_parameters)
        .get_parameter(get_parameter)
        .get_parameter_history(get_parameter_history)
        .get_parameters(get_parameters)
        .get_parameters_by_path(get_parameters_by_path)
        .label_parameter_version(label_parameter_version)
        .list_tags_for_resource(list_tags_for_resource)
        .put_parameter(put_parameter)
        .remove_tags_from_resource(remove_tags_from_resource)
        .build()?;
    let model = ssm_api::ALL_MODEL_OPERATIONS;
    Ok(Service::new("ssm", "ssm", &ssm_api::SERVICE, routes, model))
}
