//! `DeleteRolePolicy`: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRolePolicy.html>

use crate::companions::iam::errors;
use crate::server::Call;
use iam_api::error::DeleteRolePolicyError;
use iam_api::input::DeleteRolePolicyInput;
use iam_api::output::DeleteRolePolicyOutput;

pub async fn delete_role_policy(
    input: DeleteRolePolicyInput,
    call: Call,
) -> Result<DeleteRolePolicyOutput, DeleteRolePolicyError> {
    let changed = call
        .app
        .iam
        .change_role(call.account(), &input.role_name, move |role, _| {
            let removed = role.inline.remove(&input.policy_name);
            removed
                .map(|_| ())
                .ok_or_else(|| DeleteRolePolicyError::from(errors::no_inline(&input.policy_name)))
        });
    changed.await?;
    Ok(DeleteRolePolicyOutput {})
}
