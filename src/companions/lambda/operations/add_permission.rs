//! `AddPermission`: <https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html>

use crate::companions::lambda::companion::check_revision;
use crate::companions::lambda::names;
use crate::server::Call;
use lambda_api::error::AddPermissionError;
use lambda_api::input::AddPermissionInput;
use lambda_api::output::AddPermissionOutput;

/// Adds a statement to the policy of a function, a version or an alias.
pub async fn add_permission(
    input: AddPermissionInput,
    call: Call,
) -> Result<AddPermissionOutput, AddPermissionError> {
    let named = names::parse::<AddPermissionError>(
        &call.scope,
        &input.function_name,
        input.qualifier.clone(),
    )?;
    let lambda = &call.app.lambda;
    lambda.find(&named)?;
    let arn = names::arn(&named.key, named.qualifier.as_deref());
    let qualifier = named.qualifier.unwrap_or_default();
    let changed = lambda.change(named.key, move |function| {
        let policy = function.policies.entry(qualifier).or_default();
        check_revision(input.revision_id.as_deref(), &policy.revision)?;
        let statement = policy.add(&input, &arn)?;
        Ok::<_, AddPermissionError>(statement.to_string())
    });
    Ok(AddPermissionOutput {
        statement: Some(changed.await?),
    })
}
