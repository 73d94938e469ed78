//! `ListVersionsByFunction`: <https://docs.aws.amazon.com/lambda/latest/api/API_ListVersionsByFunction.html>

use crate::companions::lambda::names::{self, LATEST};
use crate::companions::lambda::store::versions_of;
use crate::companions::lambda::{paging, view};
use crate::server::Call;
use crate::store::Direction;
use lambda_api::error::ListVersionsByFunctionError;
use lambda_api::input::ListVersionsByFunctionInput;
use lambda_api::output::ListVersionsByFunctionOutput;

/// `$LATEST`, then the published versions in their order.
pub async fn list_versions_by_function(
    input: ListVersionsByFunctionInput,
    call: Call,
) -> Result<ListVersionsByFunctionOutput, ListVersionsByFunctionError> {
    let named =
        names::parse::<ListVersionsByFunctionError>(&call.scope, &input.function_name, None)?;
    let key = named.key;
    let lambda = &call.app.lambda;
    let function = lambda.function(&key)?;
    let (page, next_marker) = paging::cut(
        &format!("ListVersionsByFunction/{}", key.1),
        input.marker.as_deref(),
        input.max_items,
        versions_of(&key),
        |rest, limit| {
            lambda
                .tables
                .versions
                .range(rest, Direction::Forward, limit)
        },
    )?;
    let published = page.iter().map(|((.., number), version)| {
        let number = number.to_string();
        view::configuration(&key, Some(&number), &number, version)
    });
    // The first page begins with what is not published.
    let latest = input
        .marker
        .is_none()
        .then(|| view::configuration(&key, Some(LATEST), LATEST, &function.latest));
    Ok(ListVersionsByFunctionOutput {
        versions: Some(latest.into_iter().chain(published).collect()),
        next_marker,
    })
}
