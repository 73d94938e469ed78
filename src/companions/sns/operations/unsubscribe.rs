//! `Unsubscribe`: <https://docs.aws.amazon.com/sns/latest/api/API_Unsubscribe.html>

use crate::companions::sns::names;
use crate::server::Call;
use sns_api::error::{AuthorizationErrorException, UnsubscribeError};
use sns_api::input::UnsubscribeInput;
use sns_api::output::UnsubscribeOutput;

/// Ends a subscription; one that is not there is none already. Its endpoint may do so from any account, unless whoever confirmed it
/// wanted otherwise.
pub async fn unsubscribe(
    input: UnsubscribeInput,
    call: Call,
) -> Result<UnsubscribeOutput, UnsubscribeError> {
    let key = names::subscription_key(&input.subscription_arn)?;
    let own = key.0.account == call.scope.account;
    let write = call.app.sns.write(move |tables, tx| {
        let row = tx.get(&tables.subscriptions, &key);
        if !own && row.is_some_and(|row| row.authenticated) {
            return Err(UnsubscribeError::from(AuthorizationErrorException::new(
                "Only the account of the topic may end this subscription.",
            )));
        }
        tx.remove(&tables.subscriptions, &key);
        Ok(())
    });
    write.await?;
    Ok(UnsubscribeOutput {})
}
