//! `DescribeLogStreams`: <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeLogStreams.html>

use crate::aws::{Time, page};
use crate::companions::logs::companion::Logs;
use crate::companions::logs::names::group_of;
use crate::companions::logs::store::{GroupKey, Stream, StreamKey, stream_range};
use crate::companions::logs::{errors, list, names};
use crate::server::Call;
use crate::store::Direction;
use logs_api::error::DescribeLogStreamsError;
use logs_api::input::DescribeLogStreamsInput;
use logs_api::model::{LogStream, OrderBy};
use logs_api::output::DescribeLogStreamsOutput;
use std::ops::{Bound, RangeInclusive};
use std::sync::Arc;

/// Streams in order of their names or of their last events.
pub async fn describe_log_streams(
    input: DescribeLogStreamsInput,
    call: Call,
) -> Result<DescribeLogStreamsOutput, DescribeLogStreamsError> {
    let group = group_of::<DescribeLogStreamsError>(
        &call.scope,
        input.log_group_name.clone(),
        input.log_group_identifier.clone(),
    )?;
    let logs = &call.app.logs;
    let by_time = input.order_by == Some(OrderBy::LastEventTime);
    if by_time && input.log_stream_name_prefix.is_some() {
        let text = "Cannot order by LastEventTime with a logStreamNamePrefix.";
        return Err(errors::invalid(text).into());
    }
    logs.tables.group(&group)?;
    match by_time {
        true => by_last_event(logs, &group, &input),
        false => by_name(logs, &group, &input),
    }
}

type Output = Result<DescribeLogStreamsOutput, DescribeLogStreamsError>;

fn by_name(logs: &Logs, group: &GroupKey, input: &DescribeLogStreamsInput) -> Output {
    let prefix = input.log_stream_name_prefix.as_deref().unwrap_or("");
    let (direction, binding) = (direction(input), binding(group, input));
    let range = stream_range(group, prefix);
    let (mut start, mut end) = (Bound::Included(range.start), Bound::Excluded(range.end));
    if let Some(last) = list::after::<StreamKey>(&binding, input.next_token.as_deref())? {
        match direction {
            Direction::Forward => start = Bound::Excluded(last),
            Direction::Backward => end = Bound::Excluded(last),
        }
    }
    let size = list::size(input.limit);
    let streams = logs.tables.streams.range((start, end), direction, size + 1);
    let (streams, last) = page::cut(streams, size, |(key, _)| key.clone());
    Ok(answer(
        streams,
        last.map(|last| page::token(&binding, &last)),
    ))
}

type Entry = ((crate::aws::Scope, String, Time), StreamKey);

fn by_last_event(logs: &Logs, group: &GroupKey, input: &DescribeLogStreamsInput) -> Output {
    let (direction, binding) = (direction(input), binding(group, input));
    let size = list::size(input.limit);
    let index = &logs.tables.by_last_event;
    let range = all_times(group);
    let entries = match list::after::<Entry>(&binding, input.next_token.as_deref())? {
        Some(last) => index.range_after(range, &last, direction, size + 1),
        None => index.range(range, direction, size + 1),
    };
    let (entries, last) = page::cut(entries, size, Entry::clone);
    let row = |(_, key): Entry| logs.tables.streams.get(&key).map(|stream| (key, stream));
    // A stream that was deleted in this moment is left out.
    let streams = entries.into_iter().filter_map(row).collect();
    Ok(answer(
        streams,
        last.map(|last| page::token(&binding, &last)),
    ))
}

fn all_times((scope, group): &GroupKey) -> RangeInclusive<(crate::aws::Scope, String, Time)> {
    let at = |millis| (scope.clone(), group.clone(), Time::from_millis(millis));
    at(i64::MIN)..=at(i64::MAX)
}

fn direction(input: &DescribeLogStreamsInput) -> Direction {
    match input.descending {
        Some(true) => Direction::Backward,
        _ => Direction::Forward,
    }
}

fn binding((scope, group): &GroupKey, input: &DescribeLogStreamsInput) -> String {
    let order = input.order_by.map_or("", OrderBy::as_str);
    let prefix = input.log_stream_name_prefix.as_deref().unwrap_or("");
    let (account, region) = (&scope.account, &scope.region);
    let direction = direction(input);
    format!("DescribeLogStreams {account} {region} {group} {order} {direction:?} {prefix}")
}

fn answer(
    streams: Vec<(StreamKey, Arc<Stream>)>,
    token: Option<String>,
) -> DescribeLogStreamsOutput {
    let shown = |(key, stream): (StreamKey, Arc<Stream>)| shown(&key, &stream);
    DescribeLogStreamsOutput {
        log_streams: Some(streams.into_iter().map(shown).collect()),
        next_token: token,
    }
}

fn shown((scope, group, name): &StreamKey, stream: &Stream) -> LogStream {
    let millis = |time: Option<Time>| time.map(Time::millis);
    LogStream {
        log_stream_name: Some(name.clone()),
        creation_time: Some(stream.created.millis()),
        first_event_timestamp: millis(stream.first_event),
        last_event_timestamp: millis(stream.last_event),
        last_ingestion_time: millis(stream.last_ingestion),
        upload_sequence_token: None,
        arn: Some(names::stream_arn(scope, group, name)),
        // Of streams, AWS has always said zero since 2019.
        stored_bytes: Some(0),
    }
}
