//! `DeleteLogGroup`: <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DeleteLogGroup.html>

use crate::companions::logs::errors;
use crate::companions::logs::purge;
use crate::server::Call;
use logs_api::error::DeleteLogGroupError;
use logs_api::input::DeleteLogGroupInput;
use logs_api::output::DeleteLogGroupOutput;

/// The group, its streams and their lines are gone.
pub async fn delete_log_group(
    input: DeleteLogGroupInput,
    call: Call,
) -> Result<DeleteLogGroupOutput, DeleteLogGroupError> {
    let key = (call.scope, input.log_group_name);
    let logs = &call.app.logs;
    let write = logs.write(move |tables, tx| {
        if tables.group_in(tx, &key)?.protected {
            return Err(DeleteLogGroupError::from(errors::protected()));
        }
        purge::remove_group(tables, tx, &key);
        Ok(())
    });
    write.await?;
    logs.sweep()
        .await
        .map_err(errors::storage::<DeleteLogGroupError>)?;
    Ok(DeleteLogGroupOutput {})
}
