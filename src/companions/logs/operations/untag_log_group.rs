//! `UntagLogGroup`: <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_UntagLogGroup.html>

use crate::companions::logs::tags;
use crate::server::Call;
use logs_api::error::UntagLogGroupError;
use logs_api::input::UntagLogGroupInput;
use logs_api::output::UntagLogGroupOutput;

/// UntagResource's predecessor.
pub async fn untag_log_group(
    input: UntagLogGroupInput,
    call: Call,
) -> Result<UntagLogGroupOutput, UntagLogGroupError> {
    let key = (call.scope, input.log_group_name);
    let write = call
        .app
        .logs
        .write::<_, UntagLogGroupError>(move |tables, tx| {
            Ok(tags::remove(tables, tx, key, &input.tags)?)
        });
    write.await?;
    Ok(UntagLogGroupOutput {})
}
