//! StartCommandExecution: <https://docs.aws.amazon.com/codebuild/latest/APIReference/API_StartCommandExecution.html>

use crate::aws::ids;
use crate::codebuild::sandboxes::view;
use crate::codebuild::{errors, names};
use crate::engine::build::commands::run_command::{NotRun, run_command};
use crate::server::call::Call;
use crate::store::WriteError;
use codebuild_api::error::StartCommandExecutionError;
use codebuild_api::input::StartCommandExecutionInput;
use codebuild_api::output::StartCommandExecutionOutput;

/// The command in SUBMITTED; it runs after those that were submitted before.
pub async fn start_command_execution(
    input: StartCommandExecutionInput,
    call: Call,
) -> Result<StartCommandExecutionOutput, StartCommandExecutionError> {
    let service = &call.app.codebuild;
    let asked = &input.sandbox_id;
    let id = names::sandbox_id(&call.scope, asked).unwrap_or(asked);
    let Some((settings, state)) = service.sandbox(&call.scope, id) else {
        return Err(errors::sandbox_not_found(id).into());
    };
    let (command, uuid) = (input.command, ids::uuid());
    let started = service
        .engine
        .command(state.plan.key(), move |live, now, _| {
            let live = live.ok_or(NotRun::NotRunning)?;
            run_command(live, now, uuid, command)
        });
    let run = started.await.map_err(WriteError::refused);
    let run = run.map_err(|refused| errors::command_refused(id, refused))?;
    Ok(StartCommandExecutionOutput {
        command_execution: Some(view::command(&settings, &state, &run)),
    })
}
