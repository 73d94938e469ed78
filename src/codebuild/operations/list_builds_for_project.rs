//! ListBuildsForProject: <https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ListBuildsForProject.html>

use crate::codebuild::pages::List;
use crate::codebuild::{errors, names};
use crate::server::call::Call;
use crate::store::Direction;
use codebuild_api::error::ListBuildsForProjectError;
use codebuild_api::input::ListBuildsForProjectInput;
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
    let list = List::new(
        format!("ListBuildsForProject/{:?}/{name}", call.scope),
        &input.next_token,
    )
    .ordered(input.sort_order, Direction::Backward);
    let at = |number| (call.scope.clone(), name.to_owned(), number);
    let (ids, next) = list.page(at(0), at(u64::MAX), |range, direction, limit| {
        let rows = tables.numbers.range(range, direction, limit);
        rows.unwrap_or_else(|fault| fault.raise())
    })?;
    Ok(ListBuildsForProjectOutput {
        ids: Some(ids),
        next_token: next,
    })
}
