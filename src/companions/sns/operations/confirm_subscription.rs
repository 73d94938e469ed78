//! `ConfirmSubscription`: <https://docs.aws.amazon.com/sns/latest/api/API_ConfirmSubscription.html>

use crate::companions::sns::rows::{Subscription, SubscriptionKey, Tables};
use crate::companions::sns::{errors, names};
use crate::server::Call;
use crate::store::Txn;
use sns_api::error::ConfirmSubscriptionError;
use sns_api::input::ConfirmSubscriptionInput;
use sns_api::output::ConfirmSubscriptionOutput;
use std::time::Duration;

/// How long a token is good.
const GOOD: Duration = Duration::from_secs(2 * 24 * 3600);

/// Who has the token may confirm, signed or not, whatever the account.
pub async fn confirm_subscription(
    input: ConfirmSubscriptionInput,
    call: Call,
) -> Result<ConfirmSubscriptionOutput, ConfirmSubscriptionError> {
    let topic = names::topic_key("TopicArn", &input.topic_arn)?;
    call.app.sns.tables.topic(&topic)?;
    let id = names::id_in(&input.token).ok_or_else(errors::invalid_token)?;
    let key = (topic.0, topic.1, id);
    let arn = names::subscription_arn(&key);
    let authenticated = input.authenticate_on_unsubscribe.as_deref() == Some("true");
    let (token, oldest) = (input.token, call.now - GOOD);
    let write = call.app.sns.write(move |tables, tx| {
        let row = find(tables, tx, &key, &token);
        let row = row.filter(|row| row.confirmed || row.created >= oldest);
        let row = row.ok_or_else(errors::invalid_token)?;
        let confirmed = Subscription {
            confirmed: true,
            authenticated: authenticated || row.authenticated,
            ..row
        };
        tx.put(&tables.subscriptions, key, confirmed);
        Ok::<_, ConfirmSubscriptionError>(())
    });
    write.await?;
    Ok(ConfirmSubscriptionOutput {
        subscription_arn: Some(arn),
    })
}

fn find(tables: &Tables, tx: &Txn, key: &SubscriptionKey, token: &str) -> Option<Subscription> {
    let row = tx.get(&tables.subscriptions, key)?;
    (row.token == token).then(|| Subscription::clone(&row))
}
