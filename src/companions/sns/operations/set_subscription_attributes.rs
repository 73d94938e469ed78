//! `SetSubscriptionAttributes`: <https://docs.aws.amazon.com/sns/latest/api/API_SetSubscriptionAttributes.html>

use crate::companions::sns::{names, settings};
use crate::server::Call;
use sns_api::error::SetSubscriptionAttributesError;
use sns_api::input::SetSubscriptionAttributesInput;
use sns_api::output::SetSubscriptionAttributesOutput;

pub async fn set_subscription_attributes(
    input: SetSubscriptionAttributesInput,
    call: Call,
) -> Result<SetSubscriptionAttributesOutput, SetSubscriptionAttributesError> {
    let arn = &input.subscription_arn;
    let key = names::own_subscription::<SetSubscriptionAttributesError>(&call.scope, arn)?;
    let (name, value) = (
        input.attribute_name,
        input.attribute_value.unwrap_or_default(),
    );
    let changed = call.app.sns.change_subscription(key, move |row| {
        settings::check(&name, &value)?;
        settings::set(&mut row.attributes, name, value);
        Ok::<_, SetSubscriptionAttributesError>(())
    });
    changed.await?;
    Ok(SetSubscriptionAttributesOutput {})
}
