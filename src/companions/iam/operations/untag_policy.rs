//! `UntagPolicy`: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_UntagPolicy.html>

use crate::companions::iam::tags;
use crate::server::Call;
use iam_api::error::UntagPolicyError;
use iam_api::input::UntagPolicyInput;
use iam_api::output::UntagPolicyOutput;

/// Keys that the policy does not have are ignored.
pub async fn untag_policy(
    input: UntagPolicyInput,
    call: Call,
) -> Result<UntagPolicyOutput, UntagPolicyError> {
    let changed = call
        .app
        .iam
        .change_policy(call.account(), &input.policy_arn, move |policy| {
            input
                .tag_keys
                .iter()
                .for_each(|key| tags::remove(&mut policy.tags, key));
            Ok::<_, UntagPolicyError>(())
        });
    changed.await?;
    Ok(UntagPolicyOutput {})
}
