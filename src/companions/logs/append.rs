//! New lines: what PutLogEvents refuses and rejects, and the one durable write they become.

use super::errors;
use super::store::{Group, Line, Stream, StreamKey, Tables, days_long, group_key};
use crate::aws::Time;
use crate::companions::LogLine;
use crate::store::Txn;
use logs_api::error::{InvalidParameterException, ResourceNotFoundException};
use logs_api::model::{InputLogEvent, RejectedLogEventsInfo};
use std::time::Duration;

/// Bytes of one request: messages and 26 for each.
const MAX_BATCH: usize = 1 << 20;
pub const OVERHEAD: usize = 26;
const MAX_SPAN: Duration = Duration::from_secs(24 * 60 * 60);
const MAX_AGE_DAYS: i32 = 14;
const MAX_AHEAD: Duration = Duration::from_secs(2 * 60 * 60);

/// What a batch must be, whatever the time and the group.
pub fn check(events: &[InputLogEvent]) -> Result<(), InvalidParameterException> {
    let size: usize = events.iter().map(|e| e.message.len() + OVERHEAD).sum();
    if size > MAX_BATCH {
        return Err(errors::invalid(format!(
            "Upload too large: {size} bytes exceeds limit of {MAX_BATCH}"
        )));
    }
    if !events.is_sorted_by_key(|event| event.timestamp) {
        return Err(errors::invalid(
            "Log events in a single PutLogEvents request must be in chronological order.",
        ));
    }
    let times = events.first().zip(events.last());
    let span = times.map_or(0, |(first, last)| {
        last.timestamp.saturating_sub(first.timestamp)
    });
    if span > MAX_SPAN.as_millis() as i64 {
        return Err(errors::invalid(
            "The batch of log events in a single PutLogEvents request cannot span more than 24 hours.",
        ));
    }
    Ok(())
}

/// Splits off what is too old, expired or too new. `events` are in order.
pub fn admit(
    mut events: Vec<InputLogEvent>,
    group: &Group,
    now: Time,
) -> (Vec<LogLine>, Option<RejectedLogEventsInfo>) {
    let before = |time: Time| events.partition_point(|event| event.timestamp < time.millis());
    let old = before(now - days_long(MAX_AGE_DAYS));
    let expired = before(group.expiry(now));
    let new = before(now + MAX_AHEAD + Duration::from_millis(1));
    let index = |at: usize| i32::try_from(at).unwrap_or(i32::MAX);
    let rejected = RejectedLogEventsInfo {
        too_old_log_event_end_index: (old > 0).then(|| index(old)),
        expired_log_event_end_index: (expired > 0).then(|| index(expired)),
        too_new_log_event_start_index: (new < events.len()).then(|| index(new)),
    };
    let any = rejected != RejectedLogEventsInfo::default();
    let first = old.max(expired).min(new);
    events.truncate(new);
    let taken = events.drain(first..).map(|event| LogLine {
        time: Time::from_millis(event.timestamp),
        message: event.message,
    });
    (taken.collect(), any.then_some(rejected))
}

/// Adds the lines to a stream as a write sees it.
pub fn append(
    tables: &Tables,
    tx: &mut Txn,
    key: StreamKey,
    lines: Vec<LogLine>,
    now: Time,
) -> Result<Stream, ResourceNotFoundException> {
    let mut stream = (*tables.stream_in(tx, &key)?).clone();
    if lines.is_empty() {
        return Ok(stream);
    }
    let before = stream.bytes;
    for line in lines {
        stream.take(&line, now);
        let place = (stream.number, line.time, stream.lines);
        tx.put_record(&tables.lines, place, Line(now, line.message));
    }
    let group = group_key(&key);
    let used = tx.get(&tables.usage, &group).map_or(0, |used| *used);
    tx.put(&tables.usage, group, used + stream.bytes - before);
    tx.put(&tables.streams, key, stream.clone());
    Ok(stream)
}

impl Stream {
    fn take(&mut self, line: &LogLine, now: Time) {
        let earliest = self
            .first_event
            .map_or(line.time, |first| first.min(line.time));
        self.first_event = Some(earliest);
        self.last_event = self.last_event.max(Some(line.time));
        self.last_ingestion = Some(now);
        self.lines += 1;
        self.bytes += (line.message.len() + OVERHEAD) as u64;
    }
}
