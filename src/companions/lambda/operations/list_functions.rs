//! `ListFunctions`: <https://docs.aws.amazon.com/lambda/latest/api/API_ListFunctions.html>

use crate::companions::lambda::names::LATEST;
use crate::companions::lambda::store::{functions_of, versions_of};
use crate::companions::lambda::{paging, view};
use crate::server::Call;
use crate::store::Direction;
use lambda_api::error::ListFunctionsError;
use lambda_api::input::ListFunctionsInput;
use lambda_api::model::FunctionVersion;
use lambda_api::output::ListFunctionsOutput;

/// Functions in order of their names; with `FunctionVersion=ALL` all versions of each.
pub async fn list_functions(
    input: ListFunctionsInput,
    call: Call,
) -> Result<ListFunctionsOutput, ListFunctionsError> {
    let tables = &call.app.lambda.tables;
    let (page, next_marker) = paging::cut(
        "ListFunctions",
        input.marker.as_deref(),
        input.max_items,
        functions_of(&call.scope),
        |rest, limit| tables.functions.range(rest, Direction::Forward, limit),
    )?;
    let all = input.function_version == Some(FunctionVersion::All);
    let mut functions = Vec::new();
    for (key, function) in page {
        let qualifier = all.then_some(LATEST);
        functions.push(view::configuration(
            &key,
            qualifier,
            LATEST,
            &function.latest,
        ));
        if !all {
            continue;
        }
        let versions = tables
            .versions
            .range(versions_of(&key), Direction::Forward, usize::MAX);
        functions.extend(versions.iter().map(|((.., number), version)| {
            let number = number.to_string();
            view::configuration(&key, Some(&number), &number, version)
        }));
    }
    Ok(ListFunctionsOutput {
        next_marker,
        functions: Some(functions),
    })
}
