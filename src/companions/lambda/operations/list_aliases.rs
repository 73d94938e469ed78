//! `ListAliases`: <https://docs.aws.amazon.com/lambda/latest/api/API_ListAliases.html>

use crate::companions::lambda::names;
use crate::companions::lambda::store::aliases_of;
use crate::companions::lambda::{paging, view};
use crate::server::Call;
use crate::store::Direction;
use lambda_api::error::ListAliasesError;
use lambda_api::input::ListAliasesInput;
use lambda_api::output::ListAliasesOutput;

/// Aliases in order of their names, of all versions or of one.
pub async fn list_aliases(
    input: ListAliasesInput,
    call: Call,
) -> Result<ListAliasesOutput, ListAliasesError> {
    let function = names::unqualified::<ListAliasesError>(&call.scope, &input.function_name)?;
    let lambda = &call.app.lambda;
    lambda.function(&function)?;
    let (page, next_marker) = paging::cut(
        &format!("ListAliases/{}", function.1),
        input.marker.as_deref(),
        input.max_items,
        aliases_of(&function),
        |rest, limit| lambda.tables.aliases.range(rest, Direction::Forward, limit),
    )?;
    let wanted = input.function_version;
    let of_version = page.iter().filter(|(_, alias)| {
        wanted
            .as_ref()
            .is_none_or(|wanted| *wanted == alias.version)
    });
    Ok(ListAliasesOutput {
        aliases: Some(
            of_version
                .map(|(key, alias)| view::alias(key, alias))
                .collect(),
        ),
        next_marker,
    })
}
