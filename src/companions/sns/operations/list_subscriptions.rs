//! `ListSubscriptions`: <https://docs.aws.amazon.com/sns/latest/api/API_ListSubscriptions.html>

use crate::companions::sns::rows::{Subscription as Row, SubscriptionKey, topic_of};
use crate::companions::sns::{names, paging};
use crate::server::Call;
use crate::store::Direction;
use sns_api::error::ListSubscriptionsError;
use sns_api::input::ListSubscriptionsInput;
use sns_api::model::Subscription;
use sns_api::output::ListSubscriptionsOutput;

/// Subscriptions in order of their topics' names.
pub async fn list_subscriptions(
    input: ListSubscriptionsInput,
    call: Call,
) -> Result<ListSubscriptionsOutput, ListSubscriptionsError> {
    let rows = &call.app.sns.tables.subscriptions;
    let at = |end: &str| (call.scope.clone(), end.to_owned(), end.to_owned());
    let (page, next_token) = paging::cut(
        "ListSubscriptions",
        input.next_token.as_deref(),
        at("")..=at("~"),
        |rest, limit| rows.range(rest, Direction::Forward, limit),
    )?;
    Ok(ListSubscriptionsOutput {
        subscriptions: Some(page.iter().map(|(key, row)| shown(key, row)).collect()),
        next_token,
    })
}

/// A subscription as lists show it: a pending one without its ARN.
pub fn shown(key: &SubscriptionKey, row: &Row) -> Subscription {
    let arn = match row.confirmed {
        true => names::subscription_arn(key),
        false => "PendingConfirmation".to_owned(),
    };
    Subscription {
        subscription_arn: Some(arn),
        owner: Some(key.0.account.to_string()),
        protocol: Some(row.protocol.clone()),
        endpoint: Some(row.endpoint.clone()),
        topic_arn: Some(names::topic_arn(&topic_of(key))),
    }
}
