//! `UpdateAlias`: <https://docs.aws.amazon.com/lambda/latest/api/API_UpdateAlias.html>

use crate::companions::lambda::companion::{alias_key, check_revision, new_revision};
use crate::companions::lambda::names;
use crate::companions::lambda::store::Alias;
use crate::companions::lambda::{aliases, errors, view};
use crate::server::Call;
use lambda_api::error::UpdateAliasError;
use lambda_api::input::UpdateAliasInput;
use lambda_api::output::UpdateAliasOutput;

/// Points an alias elsewhere; what is not named stays.
pub async fn update_alias(
    input: UpdateAliasInput,
    call: Call,
) -> Result<UpdateAliasOutput, UpdateAliasError> {
    let function = names::unqualified::<UpdateAliasError>(&call.scope, &input.function_name)?;
    let key = alias_key(&function, &input.name);
    let write = call.app.lambda.write(move |tables, tx| {
        let row = tx.get(&tables.aliases, &key);
        let absent = || errors::no_alias(&names::arn(&function, Some(&key.2)));
        let row = Alias::clone(&*row.ok_or_else(absent)?);
        check_revision(input.revision_id.as_deref(), &row.revision)?;
        let weights = input
            .routing_config
            .map(|routing| aliases::weights(Some(routing)));
        let alias = Alias {
            version: input.function_version.unwrap_or(row.version),
            description: input.description.unwrap_or(row.description),
            weights: weights.unwrap_or(row.weights),
            revision: new_revision(),
        };
        aliases::check::<UpdateAliasError>(tables, tx, &function, &alias)?;
        let shown = view::alias(&key, &alias);
        tx.put(&tables.aliases, key, alias);
        Ok::<_, UpdateAliasError>(shown)
    });
    Ok(view::alias_updated(write.await?))
}
