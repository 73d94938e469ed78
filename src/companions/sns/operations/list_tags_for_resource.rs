//! `ListTagsForResource`: <https://docs.aws.amazon.com/sns/latest/api/API_ListTagsForResource.html>

use crate::companions::sns::{errors, names, tags};
use crate::server::Call;
use sns_api::error::ListTagsForResourceError;
use sns_api::input::ListTagsForResourceInput;
use sns_api::output::ListTagsForResourceOutput;

pub async fn list_tags_for_resource(
    input: ListTagsForResourceInput,
    call: Call,
) -> Result<ListTagsForResourceOutput, ListTagsForResourceError> {
    let key = names::topic_key("ResourceArn", &input.resource_arn)?;
    let topic = call.app.sns.tables.topics.get(&key);
    let topic = topic.filter(|_| key.0 == call.scope);
    let topic = topic.ok_or_else(errors::no_resource)?;
    Ok(ListTagsForResourceOutput {
        tags: Some(tags::shown(&topic.tags)),
    })
}
