//! `ListTagsForResource`: <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_ListTagsForResource.html>

use crate::companions::logs::{errors, tags};
use crate::server::Call;
use logs_api::error::ListTagsForResourceError;
use logs_api::input::ListTagsForResourceInput;
use logs_api::output::ListTagsForResourceOutput;

/// The tags of a group.
pub async fn list_tags_for_resource(
    input: ListTagsForResourceInput,
    call: Call,
) -> Result<ListTagsForResourceOutput, ListTagsForResourceError> {
    let key = tags::resource(&call.scope, &input.resource_arn)?;
    let tags = call.app.logs.tags(&key);
    let tags = tags.map_err(|_| errors::no_resource())?;
    Ok(ListTagsForResourceOutput { tags: Some(tags) })
}
