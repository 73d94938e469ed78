//! `TagResource`: <https://docs.aws.amazon.com/sns/latest/api/API_TagResource.html>

use crate::companions::sns::{errors, names, tags};
use crate::server::Call;
use sns_api::error::TagResourceError;
use sns_api::input::TagResourceInput;
use sns_api::output::TagResourceOutput;

/// Adds tags to a topic, or replaces their values.
pub async fn tag_resource(
    input: TagResourceInput,
    call: Call,
) -> Result<TagResourceOutput, TagResourceError> {
    let key = names::topic_key("ResourceArn", &input.resource_arn)?;
    if key.0 != call.scope {
        return Err(errors::no_resource().into());
    }
    let changed = call
        .app
        .sns
        .change_topic(key, errors::no_resource, move |topic| {
            tags::put::<TagResourceError>(&mut topic.tags, input.tags)
        });
    changed.await?;
    Ok(TagResourceOutput {})
}
