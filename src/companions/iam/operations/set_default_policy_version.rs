//! `SetDefaultPolicyVersion`: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_SetDefaultPolicyVersion.html>

use crate::companions::iam::{errors, view};
use crate::server::Call;
use iam_api::error::SetDefaultPolicyVersionError;
use iam_api::input::SetDefaultPolicyVersionInput;
use iam_api::output::SetDefaultPolicyVersionOutput;

pub async fn set_default_policy_version(
    input: SetDefaultPolicyVersionInput,
    call: Call,
) -> Result<SetDefaultPolicyVersionOutput, SetDefaultPolicyVersionError> {
    let (arn, now) = (input.policy_arn.clone(), call.now);
    let changed = call
        .app
        .iam
        .change_policy(call.account(), &input.policy_arn, move |policy| {
            let number = view::version_number(&input.version_id)
                .filter(|number| policy.versions.contains_key(number));
            let absent =
                || SetDefaultPolicyVersionError::from(errors::no_version(&arn, &input.version_id));
            policy.default = number.ok_or_else(absent)?;
            policy.updated = now;
            Ok::<_, SetDefaultPolicyVersionError>(())
        });
    changed.await?;
    Ok(SetDefaultPolicyVersionOutput {})
}
