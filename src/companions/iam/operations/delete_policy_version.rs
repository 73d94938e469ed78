//! `DeletePolicyVersion`: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeletePolicyVersion.html>

use crate::companions::iam::{errors, view};
use crate::server::Call;
use iam_api::error::DeletePolicyVersionError;
use iam_api::input::DeletePolicyVersionInput;
use iam_api::output::DeletePolicyVersionOutput;

pub async fn delete_policy_version(
    input: DeletePolicyVersionInput,
    call: Call,
) -> Result<DeletePolicyVersionOutput, DeletePolicyVersionError> {
    let (arn, now) = (input.policy_arn.clone(), call.now);
    let changed = call
        .app
        .iam
        .change_policy(call.account(), &input.policy_arn, move |policy| {
            let number = view::version_number(&input.version_id)
                .filter(|number| policy.versions.contains_key(number));
            let number = number.ok_or_else(|| errors::no_version(&arn, &input.version_id))?;
            if number == policy.default {
                return Err(DeletePolicyVersionError::from(errors::conflict(
                    "Cannot delete the default version of a policy.",
                )));
            }
            policy.versions.remove(&number);
            policy.updated = now;
            Ok(())
        });
    changed.await?;
    Ok(DeletePolicyVersionOutput {})
}
