//! `SetTopicAttributes`: <https://docs.aws.amazon.com/sns/latest/api/API_SetTopicAttributes.html>

use crate::companions::sns::{attributes, errors, names};
use crate::server::Call;
use sns_api::error::SetTopicAttributesError;
use sns_api::input::SetTopicAttributesInput;
use sns_api::output::SetTopicAttributesOutput;

/// Sets one attribute; an empty value takes it away.
pub async fn set_topic_attributes(
    input: SetTopicAttributesInput,
    call: Call,
) -> Result<SetTopicAttributesOutput, SetTopicAttributesError> {
    let key = names::own_topic::<SetTopicAttributesError>(&call.scope, &input.topic_arn)?;
    let (name, value) = (
        input.attribute_name,
        input.attribute_value.unwrap_or_default(),
    );
    let changed = call
        .app
        .sns
        .change_topic(key, errors::no_topic, move |topic| {
            attributes::check(topic.is_fifo(), false, &name, &value)?;
            attributes::set(&mut topic.attributes, name, value);
            Ok::<_, SetTopicAttributesError>(())
        });
    changed.await?;
    Ok(SetTopicAttributesOutput {})
}
