//! `CreateLogStream`: <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogStream.html>

use crate::companions::logs::errors;
use crate::companions::logs::store::group_key;
use crate::server::Call;
use logs_api::error::CreateLogStreamError;
use logs_api::input::CreateLogStreamInput;
use logs_api::output::CreateLogStreamOutput;

/// A new, empty stream.
pub async fn create_log_stream(
    input: CreateLogStreamInput,
    call: Call,
) -> Result<CreateLogStreamOutput, CreateLogStreamError> {
    let key = (call.scope, input.log_group_name, input.log_stream_name);
    let (created, now) = (key.clone(), call.now);
    let write = call.app.logs.write(move |tables, tx| {
        tables.group_in(tx, &group_key(&key))?;
        if tx.contains(&tables.streams, &key) {
            return Err(CreateLogStreamError::from(errors::stream_exists()));
        }
        tables.add_stream(tx, key, now);
        Ok(())
    });
    write.await?;
    call.app.logs.changed(&created);
    Ok(CreateLogStreamOutput {})
}
