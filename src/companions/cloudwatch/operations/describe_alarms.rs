//! `DescribeAlarms`: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html>

use crate::aws::{Scope, page};
use crate::companions::cloudwatch::companion::CloudWatch;
use crate::companions::cloudwatch::rows::{Alarm, AlarmKey, alarms_from};
use crate::companions::cloudwatch::{errors, view};
use crate::server::Call;
use crate::store::Direction;
use cloudwatch_api::error::DescribeAlarmsError;
use cloudwatch_api::input::DescribeAlarmsInput;
use cloudwatch_api::model::AlarmType;
use cloudwatch_api::output::DescribeAlarmsOutput;
use std::collections::BTreeSet;
use std::ops::Bound;
use std::sync::Arc;

/// Alarms per page, at most and by default.
const PAGE: usize = 100;
/// Alarms looked at together.
const CHUNK: usize = 200;

type Found = Vec<(AlarmKey, Arc<Alarm>)>;

/// Alarms in order of their names. There are no composite alarms and no log alarms here.
pub async fn describe_alarms(
    input: DescribeAlarmsInput,
    call: Call,
) -> Result<DescribeAlarmsOutput, DescribeAlarmsError> {
    if input.alarm_names.is_some() && input.alarm_name_prefix.is_some() {
        let text = "AlarmNames and AlarmNamePrefix cannot be given together.";
        return Err(errors::invalid(text).into());
    }
    let size = input
        .max_records
        .and_then(|most| usize::try_from(most).ok());
    let size = size.unwrap_or(PAGE);
    let binding = binding(&call.scope, &input);
    let token = input.next_token.as_deref();
    let after = token
        .map(|token| page::position::<String>(&binding, token).ok_or_else(errors::invalid_token));
    let after = after.transpose()?;
    let found = find(&call.app.cloudwatch, &call.scope, &input, after, size + 1);
    let (found, last) = page::cut(found, size, |(key, _)| key.1.clone());
    let shown = found.iter().map(|(key, row)| view::alarm(key, row));
    Ok(DescribeAlarmsOutput {
        composite_alarms: Some(Vec::new()),
        metric_alarms: Some(shown.collect()),
        log_alarms: Some(Vec::new()),
        next_token: last.map(|last| page::token(&binding, &last)),
    })
}

fn binding(scope: &Scope, input: &DescribeAlarmsInput) -> String {
    format!(
        "DescribeAlarms {} {} {:?} {:?} {:?} {:?}",
        scope.account,
        scope.region,
        input.alarm_names,
        input.alarm_name_prefix,
        input.state_value,
        input.action_prefix
    )
}

fn find(
    cloudwatch: &CloudWatch,
    scope: &Scope,
    input: &DescribeAlarmsInput,
    after: Option<String>,
    limit: usize,
) -> Found {
    let types = input.alarm_types.as_ref().filter(|types| !types.is_empty());
    let others = types.is_some_and(|types| !types.contains(&AlarmType::MetricAlarm));
    // Only composite alarms have children, and alarms have parents only where there are composite ones.
    let related = input.children_of_alarm_name.is_some() || input.parents_of_alarm_name.is_some();
    if others || related {
        return Vec::new();
    }
    match &input.alarm_names {
        Some(names) => named(cloudwatch, scope, input, names, after, limit),
        None => walked(cloudwatch, scope, input, after, limit),
    }
}

fn named(
    cloudwatch: &CloudWatch,
    scope: &Scope,
    input: &DescribeAlarmsInput,
    names: &[String],
    after: Option<String>,
    limit: usize,
) -> Found {
    let names: BTreeSet<&String> = names.iter().collect();
    let rest = names
        .into_iter()
        .filter(|name| Some(*name) > after.as_ref());
    let found = rest.filter_map(|name| {
        let key = (scope.clone(), name.clone());
        let alarm = cloudwatch.tables.alarms.get(&key)?;
        matches(input, &alarm).then_some((key, alarm))
    });
    found.take(limit).collect()
}

fn walked(
    cloudwatch: &CloudWatch,
    scope: &Scope,
    input: &DescribeAlarmsInput,
    after: Option<String>,
    limit: usize,
) -> Found {
    let prefix = input.alarm_name_prefix.as_deref().unwrap_or_default();
    let (first, last) = alarms_from(scope, prefix).into_inner();
    let mut start = match after {
        Some(name) => Bound::Excluded((scope.clone(), name)),
        None => Bound::Included(first),
    };
    let mut found = Vec::new();
    loop {
        let range = (start, Bound::Included(last.clone()));
        let chunk = cloudwatch
            .tables
            .alarms
            .range(range, Direction::Forward, CHUNK);
        let Some((end, _)) = chunk.last() else {
            return found;
        };
        start = Bound::Excluded(end.clone());
        for (key, alarm) in chunk {
            if !key.1.starts_with(prefix) || found.len() == limit {
                return found;
            }
            if matches(input, &alarm) {
                found.push((key, alarm));
            }
        }
    }
}

fn matches(input: &DescribeAlarmsInput, alarm: &Alarm) -> bool {
    let state = input
        .state_value
        .is_none_or(|value| value == alarm.state.value);
    let definition = &alarm.definition;
    let actions = [
        &definition.ok_actions,
        &definition.alarm_actions,
        &definition.insufficient_data_actions,
    ];
    let mut actions = actions.into_iter().flatten().flatten();
    let action = input
        .action_prefix
        .as_ref()
        .is_none_or(|prefix| actions.any(|action| action.starts_with(prefix)));
    state && action
}
