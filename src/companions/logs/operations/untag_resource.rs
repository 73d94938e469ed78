//! `UntagResource`: <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_UntagResource.html>

use crate::companions::logs::{errors, tags};
use crate::server::Call;
use logs_api::error::UntagResourceError;
use logs_api::input::UntagResourceInput;
use logs_api::output::UntagResourceOutput;

/// Removes tags from a group; names it does not have are ignored.
pub async fn untag_resource(
    input: UntagResourceInput,
    call: Call,
) -> Result<UntagResourceOutput, UntagResourceError> {
    let key = tags::resource(&call.scope, &input.resource_arn)?;
    let write = call
        .app
        .logs
        .write::<_, UntagResourceError>(move |tables, tx| {
            let removed = tags::remove(tables, tx, key, &input.tag_keys);
            Ok(removed.map_err(|_| errors::no_resource())?)
        });
    write.await?;
    Ok(UntagResourceOutput {})
}
