//! `GetPolicy`: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetPolicy.html>

use crate::companions::iam::view;
use crate::server::Call;
use iam_api::error::GetPolicyError;
use iam_api::input::GetPolicyInput;
use iam_api::output::GetPolicyOutput;

pub async fn get_policy(
    input: GetPolicyInput,
    call: Call,
) -> Result<GetPolicyOutput, GetPolicyError> {
    let iam = &call.app.iam;
    let attached = iam.attachments(call.account(), &input.policy_arn);
    let policy = match iam.policy(call.account(), &input.policy_arn) {
        Ok(policy) => view::policy(call.account(), &policy, attached),
        Err(absent) => view::aws_policy(&input.policy_arn, attached).ok_or(absent)?,
    };
    Ok(GetPolicyOutput {
        policy: Some(policy),
    })
}
