//! `PutLogEvents`: <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html>

use crate::companions::logs::append;
use crate::companions::logs::store::{Stream, group_key};
use crate::server::Call;
use logs_api::error::PutLogEventsError;
use logs_api::input::PutLogEventsInput;
use logs_api::output::PutLogEventsOutput;

/// Takes lines in. Sequence tokens are accepted and not looked at, as AWS has done since 2023.
pub async fn put_log_events(
    input: PutLogEventsInput,
    call: Call,
) -> Result<PutLogEventsOutput, PutLogEventsError> {
    append::check(&input.log_events)?;
    let key = (call.scope, input.log_group_name, input.log_stream_name);
    let (written, now, events) = (key.clone(), call.now, input.log_events);
    let write = call
        .app
        .logs
        .write::<_, PutLogEventsError>(move |tables, tx| {
            tables.stream_in(tx, &key)?;
            let group = tables.group_in(tx, &group_key(&key))?;
            let (lines, rejected) = append::admit(events, &group, now);
            let stream = append::append(tables, tx, key, lines, now)?;
            Ok((stream, rejected))
        });
    let (stream, rejected) = write.await?;
    call.app.logs.changed(&written);
    Ok(PutLogEventsOutput {
        next_sequence_token: Some(sequence_token(&stream)),
        rejected_log_events_info: rejected,
        rejected_entity_info: None,
    })
}

/// 56 digits that differ from batch to batch, as clients expect.
fn sequence_token(stream: &Stream) -> String {
    format!("49{:022}{:032}", stream.number, stream.lines)
}
