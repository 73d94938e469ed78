//! Rows as the answers show them.

use super::history::Found;
use super::names;
use super::rows::{Alarm, AlarmKey};
use cloudwatch_api::model::{AlarmHistoryItem, AlarmType, MetricAlarm};

pub fn alarm(key: &AlarmKey, row: &Alarm) -> MetricAlarm {
    let definition = row.definition.clone();
    MetricAlarm {
        alarm_name: Some(key.1.clone()),
        alarm_arn: Some(names::alarm_arn(key)),
        alarm_description: definition.alarm_description,
        alarm_configuration_updated_timestamp: Some(row.configured.wire()),
        actions_enabled: Some(row.actions_enabled),
        ok_actions: Some(definition.ok_actions.unwrap_or_default()),
        alarm_actions: Some(definition.alarm_actions.unwrap_or_default()),
        insufficient_data_actions: Some(definition.insufficient_data_actions.unwrap_or_default()),
        state_value: Some(row.state.value),
        state_reason: Some(row.state.reason.clone()),
        state_reason_data: row.state.data.clone(),
        state_updated_timestamp: Some(row.state.updated.wire()),
        state_transitioned_timestamp: Some(row.state.transitioned.wire()),
        metric_name: definition.metric_name,
        namespace: definition.namespace,
        statistic: definition.statistic,
        extended_statistic: definition.extended_statistic,
        dimensions: Some(definition.dimensions.unwrap_or_default()),
        period: definition.period,
        unit: definition.unit,
        evaluation_periods: definition.evaluation_periods,
        datapoints_to_alarm: definition.datapoints_to_alarm,
        threshold: definition.threshold,
        comparison_operator: definition.comparison_operator,
        treat_missing_data: definition.treat_missing_data,
        evaluate_low_sample_count_percentile: definition.evaluate_low_sample_count_percentile,
        metrics: definition.metrics,
        threshold_metric_id: definition.threshold_metric_id,
        evaluation_state: None,
        evaluation_window: definition.evaluation_window,
        warm_up_configuration: definition.warm_up_configuration,
        evaluation_criteria: definition.evaluation_criteria,
        evaluation_interval: definition.evaluation_interval,
        action_configuration: definition.action_configuration,
    }
}

pub fn event(found: Found) -> AlarmHistoryItem {
    AlarmHistoryItem {
        alarm_name: Some(found.alarm),
        alarm_type: Some(AlarmType::MetricAlarm),
        timestamp: Some(found.moment.0.wire()),
        history_item_type: Some(found.event.kind),
        history_summary: Some(found.event.summary),
        history_data: Some(found.event.data),
        ..AlarmHistoryItem::default()
    }
}
