//! `DeleteAlias`: <https://docs.aws.amazon.com/lambda/latest/api/API_DeleteAlias.html>

use crate::companions::lambda::companion::alias_key;
use crate::companions::lambda::names;
use crate::server::Call;
use lambda_api::error::DeleteAliasError;
use lambda_api::input::DeleteAliasInput;
use lambda_api::output::DeleteAliasOutput;

/// Deleting one that is not there succeeds.
pub async fn delete_alias(
    input: DeleteAliasInput,
    call: Call,
) -> Result<DeleteAliasOutput, DeleteAliasError> {
    let function = names::unqualified::<DeleteAliasError>(&call.scope, &input.function_name)?;
    let key = alias_key(&function, &input.name);
    let write = call.app.lambda.write(move |tables, tx| {
        tx.remove(&tables.aliases, &key);
        Ok::<_, DeleteAliasError>(())
    });
    write.await?;
    Ok(DeleteAliasOutput {})
}
