//! GetResourcePolicy: <https://docs.aws.amazon.com/codebuild/latest/APIReference/API_GetResourcePolicy.html>

use crate::codebuild::{errors, policies};
use crate::server::call::Call;
use codebuild_api::error::GetResourcePolicyError;
use codebuild_api::input::GetResourcePolicyInput;
use codebuild_api::output::GetResourcePolicyOutput;

/// The policy's text as it was put.
pub async fn get_resource_policy(
    input: GetResourcePolicyInput,
    call: Call,
) -> Result<GetResourcePolicyOutput, GetResourcePolicyError> {
    let table = &call.app.codebuild.tables.policies.rows;
    policies::resource(&call.scope, &input.resource_arn)?;
    let absent = errors::policy_not_found(&input.resource_arn);
    let policy = table.get(&(call.scope, input.resource_arn)).ok_or(absent)?;
    Ok(GetResourcePolicyOutput {
        policy: Some(policy.text.clone()),
    })
}
