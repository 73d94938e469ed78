//! The table of contents: one line per operation.

use super::operations::*;
use crate::server::{Service, Typed, fault};
use slipway_runtime::MissingHandlers;

pub fn service() -> Result<Service, MissingHandlers> {
    let typed = Typed {
        dialect: fault::broken_query,
    };
    let routes = secretsmanager_api::SecretsManagerBuilder::new(typed)
        .create_secret(create_secret)
        .delete_secret(delete_secret)
        .describe_secret(describe_secret)
        .get_resource_policy(get_resource_policy)
        .get_secret_value(get_secret_value)
        .list_secret_version_ids(list_secret_version_ids)
        .list_secrets(list_secrets)
        .put_secret_value(put_secret_value)
        .restore_secret(restore_secret)
        .tag_resource(tag_resource)
        .untag_resource(untag_resource)
        .update_secret(update_secret)
        .update_secret_version_stage(update_secret_version_stage)
        .build()?;
    let model = secretsmanager_api::ALL_MODEL_OPERATIONS;
    Ok(Service::new(
        "secretsmanager",
        "secretsmanager",
        &secretsmanager_api::SERVICE,
        routes,
        model,
    ))
}
