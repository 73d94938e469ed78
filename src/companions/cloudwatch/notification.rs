//! What topics are told of a change of state: the subject and the JSON message.
//!
//! Witness: the members of notifications that AWS sends, in their order.

use super::names;
use super::rows::{Alarm, AlarmKey, State};
use crate::aws::Time;
use cloudwatch_api::input::PutMetricAlarmInput;
use cloudwatch_api::model::{Dimension, MetricDataQuery};
use serde::Serialize;

/// Subjects of SNS have no more.
const LONGEST_SUBJECT: usize = 100;

/// `ALARM: "name" in US East (N. Virginia)`.
pub fn subject(key: &AlarmKey, alarm: &Alarm) -> String {
    let state = alarm.state.value.as_str();
    let region = region(key.0.region.as_str());
    let text = format!("{state}: \"{}\" in {region}", key.1);
    // Subjects are ASCII.
    let text = text.replace(|letter: char| !(' '..='~').contains(&letter), "?");
    match text.len() > LONGEST_SUBJECT {
        true => format!("{}...", &text[..LONGEST_SUBJECT - 3]),
        false => text,
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Notification<'a> {
    alarm_name: &'a str,
    alarm_description: Option<&'a str>,
    #[serde(rename = "AWSAccountId")]
    account: &'a str,
    alarm_configuration_updated_timestamp: String,
    new_state_value: &'a str,
    new_state_reason: &'a str,
    state_change_time: String,
    region: &'a str,
    alarm_arn: String,
    old_state_value: &'a str,
    #[serde(rename = "OKActions")]
    ok_actions: &'a [String],
    alarm_actions: &'a [String],
    insufficient_data_actions: &'a [String],
    trigger: Trigger<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Trigger<'a> {
    #[serde(flatten)]
    metric: Option<Metric<'a>>,
    period: Option<i32>,
    evaluation_periods: Option<i32>,
    datapoints_to_alarm: Option<i32>,
    comparison_operator: Option<&'a str>,
    threshold: Option<f64>,
    treat_missing_data: &'a str,
    evaluate_low_sample_count_percentile: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    metrics: Option<&'a [MetricDataQuery]>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Metric<'a> {
    metric_name: &'a str,
    namespace: &'a str,
    statistic_type: &'a str,
    statistic: String,
    unit: Option<&'a str>,
    dimensions: Vec<Pair<'a>>,
}

/// A dimension; its members are in lower case here.
#[derive(Serialize)]
struct Pair<'a> {
    value: &'a str,
    name: &'a str,
}

/// The JSON text.
pub fn message(key: &AlarmKey, alarm: &Alarm, old: &State) -> String {
    let definition = &alarm.definition;
    let list = |actions: &'_ Option<Vec<String>>| actions.clone().unwrap_or_default();
    let (ok, in_alarm, insufficient) = (
        list(&definition.ok_actions),
        list(&definition.alarm_actions),
        list(&definition.insufficient_data_actions),
    );
    let notification = Notification {
        alarm_name: &key.1,
        alarm_description: definition.alarm_description.as_deref(),
        account: key.0.account.as_str(),
        alarm_configuration_updated_timestamp: shown(alarm.configured),
        new_state_value: alarm.state.value.as_str(),
        new_state_reason: &alarm.state.reason,
        state_change_time: shown(alarm.state.transitioned),
        region: region(key.0.region.as_str()),
        alarm_arn: names::alarm_arn(key),
        old_state_value: old.value.as_str(),
        ok_actions: &ok,
        alarm_actions: &in_alarm,
        insufficient_data_actions: &insufficient,
        trigger: trigger(definition),
    };
    serde_json::to_string(&notification).unwrap_or_default()
}

fn trigger(definition: &PutMetricAlarmInput) -> Trigger<'_> {
    let missing = definition.treat_missing_data.as_deref();
    let low = definition.evaluate_low_sample_count_percentile.as_deref();
    Trigger {
        metric: definition.metric_name.is_some().then(|| metric(definition)),
        period: definition.period,
        evaluation_periods: definition.evaluation_periods,
        datapoints_to_alarm: definition.datapoints_to_alarm,
        comparison_operator: definition.comparison_operator.map(|op| op.as_str()),
        threshold: definition.threshold,
        treat_missing_data: missing.unwrap_or("missing"),
        evaluate_low_sample_count_percentile: low.unwrap_or_default(),
        metrics: definition.metrics.as_deref(),
    }
}

fn pair(dimension: &Dimension) -> Pair<'_> {
    Pair {
        value: &dimension.value,
        name: &dimension.name,
    }
}

fn metric(definition: &PutMetricAlarmInput) -> Metric<'_> {
    let statistic = definition.statistic.map(|s| s.as_str().to_uppercase());
    let extended = definition.extended_statistic.clone();
    Metric {
        metric_name: definition.metric_name.as_deref().unwrap_or_default(),
        namespace: definition.namespace.as_deref().unwrap_or_default(),
        statistic_type: match statistic {
            Some(_) => "Statistic",
            None => "ExtendedStatistic",
        },
        statistic: statistic.or(extended).unwrap_or_default(),
        unit: definition.unit.map(|unit| unit.as_str()),
        dimensions: definition.dimensions.iter().flatten().map(pair).collect(),
    }
}

/// `2026-11-21T03:00:00.000+0000`.
fn shown(time: Time) -> String {
    let stamp = jiff::Timestamp::from_millisecond(time.millis()).unwrap_or_default();
    stamp.strftime("%Y-%m-%dT%H:%M:%S.%3f+0000").to_string()
}

/// How AWS calls a region in texts for people.
fn region(code: &str) -> &str {
    match code {
        "us-east-1" => "US East (N. Virginia)",
        "us-east-2" => "US East (Ohio)",
        "us-west-1" => "US West (N. California)",
        "us-west-2" => "US West (Oregon)",
        "ca-central-1" => "Canada (Central)",
        "sa-east-1" => "South America (Sao Paulo)",
        "eu-central-1" => "EU (Frankfurt)",
        "eu-north-1" => "EU (Stockholm)",
        "eu-south-1" => "EU (Milan)",
        "eu-west-1" => "EU (Ireland)",
        "eu-west-2" => "EU (London)",
        "eu-west-3" => "EU (Paris)",
        "ap-east-1" => "Asia Pacific (Hong Kong)",
        "ap-northeast-1" => "Asia Pacific (Tokyo)",
        "ap-northeast-2" => "Asia Pacific (Seoul)",
        "ap-northeast-3" => "Asia Pacific (Osaka)",
        "ap-south-1" => "Asia Pacific (Mumbai)",
        "ap-southeast-1" => "Asia Pacific (Singapore)",
        "ap-southeast-2" => "Asia Pacific (Sydney)",
        "af-south-1" => "Africa (Cape Town)",
        "me-south-1" => "Middle East (Bahrain)",
        code => code,
    }
}
