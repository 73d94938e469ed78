//! `Publish`: <https://docs.aws.amazon.com/sns/latest/api/API_Publish.html>

use crate::companions::sns::publish::Publication;
use crate::companions::sns::{errors, names};
use crate::server::Call;
use sns_api::error::PublishError;
use sns_api::input::PublishInput;
use sns_api::output::PublishOutput;

/// Records the message; deliveries to the topic's subscriptions follow.
pub async fn publish(input: PublishInput, call: Call) -> Result<PublishOutput, PublishError> {
    if input.phone_number.is_some() {
        return Err(errors::invalid("PhoneNumber Reason: slipway sends no text messages").into());
    }
    let arn = input.topic_arn.or(input.target_arn);
    let arn = arn.ok_or_else(|| {
        errors::invalid("TopicArn or TargetArn Reason: no value for required parameter")
    })?;
    let key = names::own_topic::<PublishError>(&call.scope, &arn)?;
    let publication = Publication {
        subject: input.subject,
        text: input.message,
        structure: input.message_structure,
        attributes: input.message_attributes.unwrap_or_default(),
        group: input.message_group_id,
        deduplication: input.message_deduplication_id,
    };
    let published = call.app.sns.publish_to(key, publication, call.now).await?;
    Ok(PublishOutput {
        message_id: Some(published.id),
        sequence_number: published.sequence,
    })
}
