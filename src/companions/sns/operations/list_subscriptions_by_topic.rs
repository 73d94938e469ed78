//! `ListSubscriptionsByTopic`: <https://docs.aws.amazon.com/sns/latest/api/API_ListSubscriptionsByTopic.html>

use super::list_subscriptions::shown;
use crate::companions::sns::rows::subscriptions_of;
use crate::companions::sns::{names, paging};
use crate::server::Call;
use crate::store::Direction;
use sns_api::error::ListSubscriptionsByTopicError;
use sns_api::input::ListSubscriptionsByTopicInput;
use sns_api::output::ListSubscriptionsByTopicOutput;

pub async fn list_subscriptions_by_topic(
    input: ListSubscriptionsByTopicInput,
    call: Call,
) -> Result<ListSubscriptionsByTopicOutput, ListSubscriptionsByTopicError> {
    let tables = &call.app.sns.tables;
    let arn = &input.topic_arn;
    let key = names::own_topic::<ListSubscriptionsByTopicError>(&call.scope, arn)?;
    tables.topic(&key)?;
    let (page, next_token) = paging::cut(
        &format!("ListSubscriptionsByTopic/{}", key.1),
        input.next_token.as_deref(),
        subscriptions_of(&key),
        |rest, limit| tables.subscriptions.range(rest, Direction::Forward, limit),
    )?;
    Ok(ListSubscriptionsByTopicOutput {
        subscriptions: Some(page.iter().map(|(key, row)| shown(key, row)).collect()),
        next_token,
    })
}
