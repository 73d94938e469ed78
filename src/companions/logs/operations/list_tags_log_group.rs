//! `ListTagsLogGroup`: <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_ListTagsLogGroup.html>

use crate::server::Call;
use logs_api::error::ListTagsLogGroupError;
use logs_api::input::ListTagsLogGroupInput;
use logs_api::output::ListTagsLogGroupOutput;

/// ListTagsForResource's predecessor.
pub async fn list_tags_log_group(
    input: ListTagsLogGroupInput,
    call: Call,
) -> Result<ListTagsLogGroupOutput, ListTagsLogGroupError> {
    let tags = call.app.logs.tags(&(call.scope, input.log_group_name))?;
    Ok(ListTagsLogGroupOutput { tags: Some(tags) })
}
