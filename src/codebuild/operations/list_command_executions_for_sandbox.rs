//! ListCommandExecutionsForSandbox:
//! <https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ListCommandExecutionsForSandbox.html>

use crate::codebuild::pages::List;
use crate::codebuild::sandboxes::view;
use crate::codebuild::{errors, names};
use crate::server::call::Call;
use crate::store::Direction;
use codebuild_api::error::ListCommandExecutionsForSandboxError;
use codebuild_api::input::ListCommandExecutionsForSandboxInput;
use codebuild_api::output::ListCommandExecutionsForSandboxOutput;

/// A sandbox's commands in full, the newest first unless asked otherwise.
pub async fn list_command_executions_for_sandbox(
    input: ListCommandExecutionsForSandboxInput,
    call: Call,
) -> Result<ListCommandExecutionsForSandboxOutput, ListCommandExecutionsForSandboxError> {
    let service = &call.app.codebuild;
    let asked = &input.sandbox_id;
    let id = names::sandbox_id(&call.scope, asked).unwrap_or(asked);
    let Some((settings, state)) = service.sandbox(&call.scope, id) else {
        return Err(errors::sandbox_not_found(id).into());
    };
    let name = format!("ListCommandExecutionsForSandbox/{:?}/{id}", call.scope);
    let list = List::new(name, &input.next_token)
        .ordered(input.sort_order, Direction::Backward)
        .sized(input.max_results);
    let sandboxes = &service.tables.sandboxes;
    let (runs, next) = sandboxes.commands(&state.plan.key(), &list)?;
    let shown = runs.iter().map(|run| view::command(&settings, &state, run));
    Ok(ListCommandExecutionsForSandboxOutput {
        command_executions: Some(shown.collect()),
        next_token: next,
    })
}
