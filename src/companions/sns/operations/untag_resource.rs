//! `UntagResource`: <https://docs.aws.amazon.com/sns/latest/api/API_UntagResource.html>

use crate::companions::sns::{errors, names};
use crate::server::Call;
use sns_api::error::UntagResourceError;
use sns_api::input::UntagResourceInput;
use sns_api::output::UntagResourceOutput;

/// Keys that the topic does not have are ignored.
pub async fn untag_resource(
    input: UntagResourceInput,
    call: Call,
) -> Result<UntagResourceOutput, UntagResourceError> {
    let key = names::topic_key("ResourceArn", &input.resource_arn)?;
    if key.0 != call.scope {
        return Err(errors::no_resource().into());
    }
    let changed = call
        .app
        .sns
        .change_topic(key, errors::no_resource, move |topic| {
            topic.tags.retain(|key, _| !input.tag_keys.contains(key));
            Ok::<_, UntagResourceError>(())
        });
    changed.await?;
    Ok(UntagResourceOutput {})
}
