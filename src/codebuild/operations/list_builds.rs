//! ListBuilds: <https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ListBuilds.html>

use super::PAGE;
use crate::aws::page;
use crate::codebuild::errors;
use crate::server::call::Call;
use crate::store::Direction;
use codebuild_api::error::ListBuildsError;
use codebuild_api::input::ListBuildsInput;
use codebuild_api::model::SortOrderType;
use codebuild_api::output::ListBuildsOutput;

/// Ids of the account's builds in the order of the ids; a hundred on a page.
pub async fn list_builds(
    input: ListBuildsInput,
    call: Call,
) -> Result<ListBuildsOutput, ListBuildsError> {
    let direction = match input.sort_order {
        Some(SortOrderType::Descending) => Direction::Backward,
        _ => Direction::Forward,
    };
    let binding = format!("ListBuilds/{:?}/{direction:?}", call.scope);
    let after = match &input.next_token {
        Some(token) => {
            Some(page::position(&binding, token).ok_or_else(|| errors::invalid_page(token))?)
        }
        None => None,
    };
    let first = (call.scope.clone(), String::new());
    let last = (call.scope.clone(), char::MAX.to_string());
    let range = page::after(first, last, after, direction);
    let rows = call
        .app
        .codebuild
        .tables
        .settings
        .range(range, direction, PAGE + 1);
    let rows = rows.unwrap_or_else(|fault| fault.raise());
    let (rows, next) = page::cut(rows, PAGE, |(key, _)| key.clone());
    Ok(ListBuildsOutput {
        ids: Some(rows.into_iter().map(|((_, id), _)| id).collect()),
        next_token: next.map(|at| page::token(&binding, &at)),
    })
}
