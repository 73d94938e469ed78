//! `TagPolicy`: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_TagPolicy.html>

use crate::companions::iam::tags;
use crate::server::Call;
use iam_api::error::TagPolicyError;
use iam_api::input::TagPolicyInput;
use iam_api::output::TagPolicyOutput;

pub async fn tag_policy(
    input: TagPolicyInput,
    call: Call,
) -> Result<TagPolicyOutput, TagPolicyError> {
    let changed = call
        .app
        .iam
        .change_policy(call.account(), &input.policy_arn, move |policy| {
            tags::put::<TagPolicyError>(&mut policy.tags, input.tags)
        });
    changed.await?;
    Ok(TagPolicyOutput {})
}
