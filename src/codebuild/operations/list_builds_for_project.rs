//! ListBuildsForProject: <https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ListBuildsForProject.html>

use super::PAGE;
use crate::aws::page;
use crate::codebuild::{errors, names};
use crate::server::call::Call;
use crate::store::Direction;
use codebuild_api::error::ListBuildsForProjectError;
use codebuild_api::input::ListBuildsForProjectInput;
use codebuild_api::model::SortOrderType;
use codebuild_api::output::ListBuildsForProjectOutput;

/// Ids in the order of the build numbers, the newest first unless asked otherwise; a hundred on a page.
pub async fn list_builds_for_project(
    input: ListBuildsForProjectInput,
    call: Call,
) -> Result<ListBuildsForProjectOutput, ListBuildsForProjectError> {
    let tables = &call.app.codebuild.tables;
    let asked = &input.project_name;
    let name = names::project_name(&call.scope, asked).unwrap_or(asked);
    if !tables
        .projects
        .contains(&(call.scope.clone(), name.to_owned()))
    {
        return Err(errors::no_such_project(&call.scope, name).into());
    }
    let direction = match input.sort_order {
        Some(SortOrderType::Ascending) => Direction::Forward,
        _ => Direction::Backward,
    };
    let binding = format!("ListBuildsForProject/{:?}/{name}/{direction:?}", call.scope);
    let after = match &input.next_token {
        Some(token) => {
            Some(page::position(&binding, token).ok_or_else(|| errors::invalid_page(token))?)
        }
        None => None,
    };
    let at = |number| (call.scope.clone(), name.to_owned(), number);
    let range = page::after(at(0), at(u64::MAX), after, direction);
    let rows = tables.numbers.range(range, direction, PAGE + 1);
    let rows = rows.unwrap_or_else(|fault| fault.raise());
    let (rows, next) = page::cut(rows, PAGE, |(key, _)| key.clone());
    Ok(ListBuildsForProjectOutput {
        ids: Some(rows.into_iter().map(|(_, id)| id).collect()),
        next_token: next.map(|at| page::token(&binding, &at)),
    })
}
