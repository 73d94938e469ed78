//! `DeleteLogStream`: <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DeleteLogStream.html>

use crate::companions::logs::errors;
use crate::companions::logs::purge;
use crate::server::Call;
use logs_api::error::DeleteLogStreamError;
use logs_api::input::DeleteLogStreamInput;
use logs_api::output::DeleteLogStreamOutput;

/// The stream and its lines are gone.
pub async fn delete_log_stream(
    input: DeleteLogStreamInput,
    call: Call,
) -> Result<DeleteLogStreamOutput, DeleteLogStreamError> {
    let key = (call.scope, input.log_group_name, input.log_stream_name);
    let logs = &call.app.logs;
    let write = logs.write::<_, DeleteLogStreamError>(move |tables, tx| {
        let stream = tables.stream_in(tx, &key)?;
        purge::remove_stream(tables, tx, &key, &stream);
        Ok(())
    });
    write.await?;
    logs.sweep()
        .await
        .map_err(errors::storage::<DeleteLogStreamError>)?;
    Ok(DeleteLogStreamOutput {})
}
