//! `GetLogEvents`: <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogEvents.html>

use crate::aws::Time;
use crate::companions::logs::errors;
use crate::companions::logs::names::group_of;
use crate::companions::logs::read::{Found, Token, Window};
use crate::companions::logs::store::stream_key;
use crate::server::Call;
use logs_api::error::GetLogEventsError;
use logs_api::input::GetLogEventsInput;
use logs_api::model::OutputLogEvent;
use logs_api::output::GetLogEventsOutput;

/// A page of a stream's lines, in order of time; the last page unless told otherwise.
pub async fn get_log_events(
    input: GetLogEventsInput,
    call: Call,
) -> Result<GetLogEventsOutput, GetLogEventsError> {
    let group = group_of::<GetLogEventsError>(
        &call.scope,
        input.log_group_name,
        input.log_group_identifier,
    )?;
    let logs = &call.app.logs;
    let stream = logs
        .tables
        .stream(&stream_key(&group, &input.log_stream_name))?;
    let expiry = logs.tables.group(&group)?.expiry(call.now);
    let window = Window {
        stream: stream.number,
        start: expiry.max(Time::from_millis(input.start_time.unwrap_or(0))),
        end: input.end_time.map(Time::from_millis),
    };
    let token = input.next_token.as_deref();
    let token = token
        .map(|text| Token::parse(text, stream.number))
        .transpose()?;
    let from_head = input.start_from_head.unwrap_or(false);
    let page = logs.page(&window, token, from_head, limit(input.limit));
    let page = page.map_err(errors::storage::<GetLogEventsError>)?;
    Ok(GetLogEventsOutput {
        events: Some(page.lines.into_iter().map(shown).collect()),
        next_forward_token: Some(page.forward.text()),
        next_backward_token: Some(page.backward.text()),
    })
}

const MOST: usize = 10_000;

fn limit(limit: Option<i32>) -> usize {
    let limit = limit.and_then(|limit| usize::try_from(limit).ok());
    limit.unwrap_or(MOST)
}

fn shown(((_, time, _), line): Found) -> OutputLogEvent {
    OutputLogEvent {
        timestamp: Some(time.millis()),
        message: Some(line.1),
        ingestion_time: Some(line.0.millis()),
    }
}
