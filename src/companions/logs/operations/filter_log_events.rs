//! `FilterLogEvents`: <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html>

use crate::aws::{Time, page};
use crate::companions::logs::companion::Logs;
use crate::companions::logs::names::group_of;
use crate::companions::logs::pattern::Pattern;
use crate::companions::logs::read::Found;
use crate::companions::logs::search::{Order, Query};
use crate::companions::logs::store::{GroupKey, Stream, stream_key, stream_range};
use crate::companions::logs::{errors, list};
use crate::server::Call;
use crate::store::Direction;
use logs_api::error::FilterLogEventsError;
use logs_api::input::FilterLogEventsInput;
use logs_api::model::FilteredLogEvent;
use logs_api::output::FilterLogEventsOutput;
use std::sync::Arc;

/// Lines of a group that match a pattern, of all its streams or some, in order of time.
pub async fn filter_log_events(
    input: FilterLogEventsInput,
    call: Call,
) -> Result<FilterLogEventsOutput, FilterLogEventsError> {
    let group = group_of::<FilterLogEventsError>(
        &call.scope,
        input.log_group_name.clone(),
        input.log_group_identifier.clone(),
    )?;
    let logs = &call.app.logs;
    let expiry = logs.tables.group(&group)?.expiry(call.now);
    let binding = binding(&group, &input);
    let query = Query {
        streams: streams(logs, &group, &input)?,
        start: expiry.max(Time::from_millis(input.start_time.unwrap_or(0))),
        end: Time::from_millis(input.end_time.unwrap_or(i64::MAX)),
        pattern: Pattern::parse(input.filter_pattern.as_deref().unwrap_or(""))?,
        limit: limit(input.limit),
        direction: direction(input.start_from_head),
        last: list::after::<Order>(&binding, input.next_token.as_deref())?,
    };
    let matches = logs
        .search(&query)
        .map_err(errors::storage::<FilterLogEventsError>)?;
    Ok(FilterLogEventsOutput {
        events: Some(matches.lines.into_iter().map(shown).collect()),
        // Always empty since 2019.
        searched_log_streams: Some(Vec::new()),
        next_token: matches.next.map(|last| page::token(&binding, &last)),
    })
}

const MOST: usize = 10_000;

fn limit(limit: Option<i32>) -> usize {
    let limit = limit.and_then(|limit| usize::try_from(limit).ok());
    limit.unwrap_or(MOST)
}

/// Our reading: without the member, the earliest come first, as they did before it was introduced.
fn direction(from_head: Option<bool>) -> Direction {
    match from_head {
        Some(false) => Direction::Backward,
        _ => Direction::Forward,
    }
}

fn binding(group: &GroupKey, input: &FilterLogEventsInput) -> String {
    let pattern = input.filter_pattern.as_deref().unwrap_or("");
    let (scope, name) = group;
    format!(
        "FilterLogEvents {} {} {name} {pattern}",
        scope.account, scope.region
    )
}

fn streams(
    logs: &Logs,
    group: &GroupKey,
    input: &FilterLogEventsInput,
) -> Result<Vec<(String, Arc<Stream>)>, FilterLogEventsError> {
    match (&input.log_stream_names, &input.log_stream_name_prefix) {
        (Some(_), Some(_)) => Err(errors::invalid(
            "logStreamNamePrefix and logStreamNames cannot be used together.",
        )
        .into()),
        (Some(names), None) => named(logs, group, names),
        (None, prefix) => Ok(prefixed(logs, group, prefix.as_deref().unwrap_or(""))),
    }
}

fn named(
    logs: &Logs,
    group: &GroupKey,
    names: &[String],
) -> Result<Vec<(String, Arc<Stream>)>, FilterLogEventsError> {
    let mut names: Vec<_> = names.to_vec();
    names.sort();
    names.dedup();
    let find = |name: String| {
        let stream = logs.tables.stream(&stream_key(group, &name))?;
        Ok((name, stream))
    };
    names.into_iter().map(find).collect()
}

fn prefixed(logs: &Logs, group: &GroupKey, prefix: &str) -> Vec<(String, Arc<Stream>)> {
    let range = stream_range(group, prefix);
    let streams = logs
        .tables
        .streams
        .range(range, Direction::Forward, usize::MAX);
    streams
        .into_iter()
        .map(|(key, stream)| (key.2, stream))
        .collect()
}

fn shown((stream, ((number, time, at), line)): (String, Found)) -> FilteredLogEvent {
    FilteredLogEvent {
        log_stream_name: Some(stream),
        timestamp: Some(time.millis()),
        message: Some(line.1),
        ingestion_time: Some(line.0.millis()),
        event_id: Some(event_id(number, time, at)),
    }
}

/// 56 digits, in the order of the lines.
fn event_id(stream: u64, time: Time, line: u64) -> String {
    format!("{:017}{stream:019}{line:020}", time.millis().max(0))
}
