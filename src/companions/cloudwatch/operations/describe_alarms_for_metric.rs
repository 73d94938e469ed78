//! `DescribeAlarmsForMetric`: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarmsForMetric.html>

use crate::companions::cloudwatch::rows::Alarm;
use crate::companions::cloudwatch::view;
use crate::server::Call;
use crate::store::Direction;
use cloudwatch_api::error::DescribeAlarmsForMetricError;
use cloudwatch_api::input::DescribeAlarmsForMetricInput;
use cloudwatch_api::model::Dimension;
use cloudwatch_api::output::DescribeAlarmsForMetricOutput;

/// The alarms on exactly this metric, all its dimensions included.
pub async fn describe_alarms_for_metric(
    input: DescribeAlarmsForMetricInput,
    call: Call,
) -> Result<DescribeAlarmsForMetricOutput, DescribeAlarmsForMetricError> {
    let tables = &call.app.cloudwatch.tables;
    let metric = (
        call.scope,
        input.namespace.clone(),
        input.metric_name.clone(),
    );
    let found = tables
        .by_metric
        .range(metric.clone()..=metric, Direction::Forward, usize::MAX);
    let alarms = found.into_iter().filter_map(|(_, key)| {
        let alarm = tables.alarms.get(&key)?;
        matches(&input, &alarm).then(|| view::alarm(&key, &alarm))
    });
    Ok(DescribeAlarmsForMetricOutput {
        metric_alarms: Some(alarms.collect()),
    })
}

fn matches(input: &DescribeAlarmsForMetricInput, alarm: &Alarm) -> bool {
    let definition = &alarm.definition;
    sorted(&input.dimensions) == sorted(&definition.dimensions)
        && (input.statistic.is_none() || input.statistic == definition.statistic)
        && (input.extended_statistic.is_none()
            || input.extended_statistic == definition.extended_statistic)
        && (input.period.is_none() || input.period == definition.period)
        && (input.unit.is_none() || input.unit == definition.unit)
}

fn sorted(dimensions: &Option<Vec<Dimension>>) -> Vec<(&str, &str)> {
    let all = dimensions.iter().flatten();
    let mut pairs: Vec<_> = all.map(|d| (d.name.as_str(), d.value.as_str())).collect();
    pairs.sort_unstable();
    pairs
}
