//! `CreateAlias`: <https://docs.aws.amazon.com/lambda/latest/api/API_CreateAlias.html>

use crate::companions::lambda::companion::{alias_key, new_revision};
use crate::companions::lambda::names;
use crate::companions::lambda::store::Alias;
use crate::companions::lambda::{aliases, errors, view};
use crate::server::Call;
use lambda_api::error::CreateAliasError;
use lambda_api::input::CreateAliasInput;
use lambda_api::output::CreateAliasOutput;
use slipway_runtime::CommonError;

/// A name that points to one version or is shared by two.
pub async fn create_alias(
    input: CreateAliasInput,
    call: Call,
) -> Result<CreateAliasOutput, CreateAliasError> {
    let function = names::unqualified::<CreateAliasError>(&call.scope, &input.function_name)?;
    if input.name.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(CommonError::from(errors::numeric_alias(&input.name)).into());
    }
    call.app.lambda.function(&function)?;
    let key = alias_key(&function, &input.name);
    let alias = Alias {
        version: input.function_version,
        description: input.description.unwrap_or_default(),
        weights: aliases::weights(input.routing_config),
        revision: new_revision(),
    };
    let write = call.app.lambda.write(move |tables, tx| {
        if tx.contains(&tables.aliases, &key) {
            let arn = names::arn(&function, Some(&key.2));
            return Err(CreateAliasError::from(errors::alias_exists(&arn)));
        }
        aliases::check::<CreateAliasError>(tables, tx, &function, &alias)?;
        let shown = view::alias(&key, &alias);
        tx.put(&tables.aliases, key, alias);
        Ok(shown)
    });
    Ok(view::alias_created(write.await?))
}
