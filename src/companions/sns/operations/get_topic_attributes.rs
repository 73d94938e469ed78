//! `GetTopicAttributes`: <https://docs.aws.amazon.com/sns/latest/api/API_GetTopicAttributes.html>

use crate::companions::sns::rows::subscriptions_of;
use crate::companions::sns::{attributes, names};
use crate::server::Call;
use crate::store::Direction;
use sns_api::error::GetTopicAttributesError;
use sns_api::input::GetTopicAttributesInput;
use sns_api::output::GetTopicAttributesOutput;

pub async fn get_topic_attributes(
    input: GetTopicAttributesInput,
    call: Call,
) -> Result<GetTopicAttributesOutput, GetTopicAttributesError> {
    let tables = &call.app.sns.tables;
    let key = names::own_topic::<GetTopicAttributesError>(&call.scope, &input.topic_arn)?;
    let topic = tables.topic(&key)?;
    let all = subscriptions_of(&key);
    let all = tables
        .subscriptions
        .range(all, Direction::Forward, usize::MAX);
    let confirmed = all.iter().filter(|(_, row)| row.confirmed).count();
    let pending = all.len() - confirmed;
    Ok(GetTopicAttributesOutput {
        attributes: Some(attributes::shown(&key, &topic, pending, confirmed)),
    })
}
