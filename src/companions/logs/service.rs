//! The table of contents: one line per operation.

use super::operations::*;
use super::violations;
use crate::server::{Service, Typed};
use slipway_runtime::MissingHandlers;

pub fn service() -> Result<Service, MissingHandlers> {
    let typed = Typed {
        dialect: violations::refuse,
    };
    let routes = logs_api::LogsBuilder::new(typed)
        .create_log_group(create_log_group)
        .create_log_stream(create_log_stream)
        .delete_log_group(delete_log_group)
        .delete_log_stream(delete_log_stream)
        .delete_retention_policy(delete_retention_policy)
        .describe_log_groups(describe_log_groups)
        .describe_log_streams(describe_log_streams)
        .filter_log_events(filter_log_events)
        .get_log_events(get_log_events)
        .list_tags_for_resource(list_tags_for_resource)
        .list_tags_log_group(list_tags_log_group)
        .put_log_events(put_log_events)
        .put_retention_policy(put_retention_policy)
        .tag_log_group(tag_log_group)
        .tag_resource(tag_resource)
        .untag_log_group(untag_log_group)
        .untag_resource(untag_resource)
        .build()?;
    let model = logs_api::ALL_MODEL_OPERATIONS;
    Ok(Service::new(
        "logs",
        "logs",
        &logs_api::SERVICE,
        routes,
        model,
    ))
}
