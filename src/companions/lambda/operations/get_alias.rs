//! `GetAlias`: <https://docs.aws.amazon.com/lambda/latest/api/API_GetAlias.html>

use crate::companions::lambda::companion::alias_key;
use crate::companions::lambda::names;
use crate::companions::lambda::{errors, view};
use crate::server::Call;
use lambda_api::error::GetAliasError;
use lambda_api::input::GetAliasInput;
use lambda_api::output::GetAliasOutput;

/// Where an alias points.
pub async fn get_alias(input: GetAliasInput, call: Call) -> Result<GetAliasOutput, GetAliasError> {
    let function = names::unqualified::<GetAliasError>(&call.scope, &input.function_name)?;
    let key = alias_key(&function, &input.name);
    let alias = call.app.lambda.tables.aliases.get(&key);
    let alias = alias.ok_or_else(|| errors::no_alias(&names::arn(&function, Some(&key.2))))?;
    Ok(view::alias_got(view::alias(&key, &alias)))
}
