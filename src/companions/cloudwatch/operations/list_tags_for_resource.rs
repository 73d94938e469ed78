//! `ListTagsForResource`: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_ListTagsForResource.html>

use crate::companions::cloudwatch::{errors, names, tags};
use crate::server::Call;
use cloudwatch_api::error::ListTagsForResourceError;
use cloudwatch_api::input::ListTagsForResourceInput;
use cloudwatch_api::output::ListTagsForResourceOutput;

pub async fn list_tags_for_resource(
    input: ListTagsForResourceInput,
    call: Call,
) -> Result<ListTagsForResourceOutput, ListTagsForResourceError> {
    let arn = &input.resource_arn;
    let key = names::alarm_key(&call.scope, arn);
    let alarm = key.and_then(|key| call.app.cloudwatch.tables.alarms.get(&key));
    let alarm = alarm.ok_or_else(|| errors::no_resource(arn))?;
    Ok(ListTagsForResourceOutput {
        tags: Some(tags::shown(&alarm.tags)),
    })
}
