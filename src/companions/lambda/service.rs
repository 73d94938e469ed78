//! The table of contents: one line per operation.

use super::operations::*;
use crate::server::{Service, Typed, fault};
use slipway_runtime::MissingHandlers;

pub fn service() -> Result<Service, MissingHandlers> {
    let routes = lambda_api::LambdaBuilder::new(Typed {
        dialect: fault::broken_query,
    })
    .add_permission(add_permission)
    .create_alias(create_alias)
    .create_function(create_function)
    .delete_alias(delete_alias)
    .delete_function(delete_function)
    .delete_function_concurrency(delete_function_concurrency)
    .get_account_settings(get_account_settings)
    .get_alias(get_alias)
    .get_function(get_function)
    .get_function_code_signing_config(get_function_code_signing_config)
    .get_function_concurrency(get_function_concurrency)
    .get_function_configuration(get_function_configuration)
    .get_function_event_invoke_config(get_function_event_invoke_config)
    .get_function_recursion_config(get_function_recursion_config)
    .get_policy(get_policy)
    .get_provisioned_concurrency_config(get_provisioned_concurrency_config)
    .get_runtime_management_config(get_runtime_management_config)
    .invoke(invoke)
    .list_aliases(list_aliases)
    .list_functions(list_functions)
    .list_tags(list_tags)
    .list_versions_by_function(list_versions_by_function)
    .publish_version(publish_version)
    .put_function_concurrency(put_function_concurrency)
    .remove_permission(remove_permission)
    .tag_resource(tag_resource)
    .untag_resource(untag_resource)
    .update_alias(update_alias)
    .update_function_code(update_function_code)
    .update_function_configuration(update_function_configuration)
    .build()?;
    let model = lambda_api::ALL_MODEL_OPERATIONS;
    let service = Service::new("lambda", "lambda", &lambda_api::SERVICE, routes, model);
    Ok(service.at(lambda_api::ALL_MODEL_ROUTES))
}
