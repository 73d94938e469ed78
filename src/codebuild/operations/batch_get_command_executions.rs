//! BatchGetCommandExecutions: <https://docs.aws.amazon.com/codebuild/latest/APIReference/API_BatchGetCommandExecutions.html>

use crate::codebuild::sandboxes::view;
use crate::codebuild::{batch, names};
use crate::server::call::Call;
use codebuild_api::error::BatchGetCommandExecutionsError;
use codebuild_api::input::BatchGetCommandExecutionsInput;
use codebuild_api::output::BatchGetCommandExecutionsOutput;

/// Commands of one sandbox in the order asked for, each once; what is not found is listed as it was written.
pub async fn batch_get_command_executions(
    input: BatchGetCommandExecutionsInput,
    call: Call,
) -> Result<BatchGetCommandExecutionsOutput, BatchGetCommandExecutionsError> {
    let service = &call.app.codebuild;
    let asked = &input.sandbox_id;
    let id = names::sandbox_id(&call.scope, asked).unwrap_or(asked);
    let of = service.sandbox(&call.scope, id);
    let (executions, missing) = batch::get(input.command_execution_ids, as_written, |id| {
        let (settings, state) = of.as_ref()?;
        let key = state.plan.key();
        let run = service.tables.sandboxes.command(&key, id)?;
        Some(view::command(settings, state, &run))
    });
    Ok(BatchGetCommandExecutionsOutput {
        command_executions: Some(executions),
        command_executions_not_found: Some(missing),
    })
}

/// Commands have ids and no ARNs.
fn as_written(id: &str) -> Option<&str> {
    Some(id)
}
