//! `GetRolePolicy`: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRolePolicy.html>

use crate::companions::iam::{errors, view};
use crate::server::Call;
use iam_api::error::GetRolePolicyError;
use iam_api::input::GetRolePolicyInput;
use iam_api::output::GetRolePolicyOutput;

pub async fn get_role_policy(
    input: GetRolePolicyInput,
    call: Call,
) -> Result<GetRolePolicyOutput, GetRolePolicyError> {
    let role = call.app.iam.role(call.account(), &input.role_name)?;
    let document = role
        .inline
        .get(&input.policy_name)
        .ok_or_else(|| errors::no_inline(&input.policy_name))?;
    Ok(GetRolePolicyOutput {
        role_name: role.name.clone(),
        policy_name: input.policy_name,
        policy_document: view::document(document),
    })
}
