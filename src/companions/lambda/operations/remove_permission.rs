//! `RemovePermission`: <https://docs.aws.amazon.com/lambda/latest/api/API_RemovePermission.html>

use crate::companions::lambda::companion::check_revision;
use crate::companions::lambda::errors;
use crate::companions::lambda::names;
use crate::server::Call;
use lambda_api::error::RemovePermissionError;
use lambda_api::input::RemovePermissionInput;
use lambda_api::output::RemovePermissionOutput;

/// Removes a statement; a policy without statements is none.
pub async fn remove_permission(
    input: RemovePermissionInput,
    call: Call,
) -> Result<RemovePermissionOutput, RemovePermissionError> {
    let named =
        names::parse::<RemovePermissionError>(&call.scope, &input.function_name, input.qualifier)?;
    let lambda = &call.app.lambda;
    lambda.find(&named)?;
    let qualifier = named.qualifier.unwrap_or_default();
    let changed = lambda.change(named.key, move |function| {
        let policy = function.policies.get_mut(&qualifier);
        let policy = policy.ok_or_else(errors::no_policy)?;
        check_revision(input.revision_id.as_deref(), &policy.revision)?;
        policy.remove(&input.statement_id)?;
        if policy.statements.is_empty() {
            function.policies.remove(&qualifier);
        }
        Ok::<_, RemovePermissionError>(())
    });
    changed.await?;
    Ok(RemovePermissionOutput {})
}
