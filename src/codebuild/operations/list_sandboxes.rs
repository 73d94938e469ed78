//! ListSandboxes: <https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ListSandboxes.html>

use crate::codebuild::pages::List;
use crate::server::call::Call;
use crate::store::Direction;
use codebuild_api::error::ListSandboxesError;
use codebuild_api::input::ListSandboxesInput;
use codebuild_api::output::ListSandboxesOutput;

/// Ids of the account's sandboxes, the newest first unless asked otherwise.
pub async fn list_sandboxes(
    input: ListSandboxesInput,
    call: Call,
) -> Result<ListSandboxesOutput, ListSandboxesError> {
    let name = format!("ListSandboxes/{:?}", call.scope);
    let list = List::new(name, &input.next_token)
        .ordered(input.sort_order, Direction::Backward)
        .sized(input.max_results);
    let sandboxes = &call.app.codebuild.tables.sandboxes;
    let (ids, next) = sandboxes.ids(&call.scope, None, &list)?;
    Ok(ListSandboxesOutput {
        ids: Some(ids),
        next_token: next,
    })
}
