//! `GetSubscriptionAttributes`: <https://docs.aws.amazon.com/sns/latest/api/API_GetSubscriptionAttributes.html>

use crate::companions::sns::{names, settings};
use crate::server::Call;
use sns_api::error::GetSubscriptionAttributesError;
use sns_api::input::GetSubscriptionAttributesInput;
use sns_api::output::GetSubscriptionAttributesOutput;

pub async fn get_subscription_attributes(
    input: GetSubscriptionAttributesInput,
    call: Call,
) -> Result<GetSubscriptionAttributesOutput, GetSubscriptionAttributesError> {
    let arn = &input.subscription_arn;
    let key = names::own_subscription::<GetSubscriptionAttributesError>(&call.scope, arn)?;
    let row = call.app.sns.subscription(&key)?;
    Ok(GetSubscriptionAttributesOutput {
        attributes: Some(settings::shown(&key, &row)),
    })
}
