//! The table of contents: one line per operation.

use super::operations::*;
use crate::server::{Service, Typed, fault};
use slipway_runtime::MissingHandlers;

pub fn service() -> Result<Service, MissingHandlers> {
    let routes = cloudwatch_api::CloudWatchBuilder::new(Typed {
        dialect: fault::broken_query,
    })
    .delete_alarms(delete_alarms)
    .describe_alarm_history(describe_alarm_history)
    .describe_alarms(describe_alarms)
    .describe_alarms_for_metric(describe_alarms_for_metric)
    .disable_alarm_actions(disable_alarm_actions)
    .enable_alarm_actions(enable_alarm_actions)
    .list_tags_for_resource(list_tags_for_resource)
    .put_metric_alarm(put_metric_alarm)
    .set_alarm_state(set_alarm_state)
    .tag_resource(tag_resource)
    .untag_resource(untag_resource)
    .build()?;
    let model = cloudwatch_api::ALL_MODEL_OPERATIONS;
    Ok(Service::new(
        "cloudwatch",
        "monitoring",
        &cloudwatch_api::SERVICE,
        routes,
        model,
    ))
}
