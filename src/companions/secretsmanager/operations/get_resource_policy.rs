//! `GetResourcePolicy`: <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetResourcePolicy.html>

use crate::server::Call;
use secretsmanager_api::error::GetResourcePolicyError;
use secretsmanager_api::input::GetResourcePolicyInput;
use secretsmanager_api::output::GetResourcePolicyOutput;

/// The policy of a secret: none, as `PutResourcePolicy` is not offered.
pub async fn get_resource_policy(
    input: GetResourcePolicyInput,
    call: Call,
) -> Result<GetResourcePolicyOutput, GetResourcePolicyError> {
    let tables = &call.app.secretsmanager.tables;
    let (key, secret) = tables.find(&call.scope, &input.secret_id, call.now)?;
    Ok(GetResourcePolicyOutput {
        arn: Some(secret.arn(&key)),
        name: Some(key.1),
        ..GetResourcePolicyOutput::default()
    })
}
