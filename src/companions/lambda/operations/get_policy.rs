//! `GetPolicy`: <https://docs.aws.amazon.com/lambda/latest/api/API_GetPolicy.html>

use crate::companions::lambda::errors;
use crate::companions::lambda::names;
use crate::server::Call;
use lambda_api::error::GetPolicyError;
use lambda_api::input::GetPolicyInput;
use lambda_api::output::GetPolicyOutput;

/// The policy of a function, a version or an alias.
pub async fn get_policy(
    input: GetPolicyInput,
    call: Call,
) -> Result<GetPolicyOutput, GetPolicyError> {
    let named = names::parse::<GetPolicyError>(&call.scope, &input.function_name, input.qualifier)?;
    let found = call.app.lambda.find(&named)?;
    let qualifier = named.qualifier.unwrap_or_default();
    let policy = found.function.policies.get(&qualifier);
    let policy = policy.ok_or_else(errors::no_policy)?;
    Ok(GetPolicyOutput {
        policy: Some(policy.document()),
        revision_id: Some(policy.revision.clone()),
    })
}
