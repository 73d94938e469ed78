//! ListSandboxesForProject: <https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ListSandboxesForProject.html>

use crate::codebuild::pages::List;
use crate::codebuild::{errors, names};
use crate::server::call::Call;
use crate::store::Direction;
use codebuild_api::error::ListSandboxesForProjectError;
use codebuild_api::input::ListSandboxesForProjectInput;
use codebuild_api::output::ListSandboxesForProjectOutput;

/// Ids of a project's sandboxes, the newest first unless asked otherwise.
pub async fn list_sandboxes_for_project(
    input: ListSandboxesForProjectInput,
    call: Call,
) -> Result<ListSandboxesForProjectOutput, ListSandboxesForProjectError> {
    let tables = &call.app.codebuild.tables;
    let asked = &input.project_name;
    let name = names::project_name(&call.scope, asked).unwrap_or(asked);
    let key = (call.scope.clone(), name.to_owned());
    if !tables.projects.contains(&key) {
        return Err(errors::no_such_project(&call.scope, name).into());
    }
    let list = format!("ListSandboxesForProject/{:?}/{name}", call.scope);
    let list = List::new(list, &input.next_token)
        .ordered(input.sort_order, Direction::Backward)
        .sized(input.max_results);
    let (ids, next) = tables.sandboxes.ids(&call.scope, Some(name), &list)?;
    Ok(ListSandboxesForProjectOutput {
        ids: Some(ids),
        next_token: next,
    })
}
