//! `DetachRolePolicy`: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_DetachRolePolicy.html>

use crate::companions::iam::errors;
use crate::server::Call;
use iam_api::error::DetachRolePolicyError;
use iam_api::input::DetachRolePolicyInput;
use iam_api::output::DetachRolePolicyOutput;

pub async fn detach_role_policy(
    input: DetachRolePolicyInput,
    call: Call,
) -> Result<DetachRolePolicyOutput, DetachRolePolicyError> {
    let changed = call
        .app
        .iam
        .change_role(call.account(), &input.role_name, move |role, _| match role
            .attached
            .remove(&input.policy_arn)
        {
            true => Ok(()),
            false => Err(DetachRolePolicyError::from(errors::no_policy(
                &input.policy_arn,
            ))),
        });
    changed.await?;
    Ok(DetachRolePolicyOutput {})
}
