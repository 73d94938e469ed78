//! StartSandboxConnection: <https://docs.aws.amazon.com/codebuild/latest/APIReference/API_StartSandboxConnection.html>

// Differs from AWS: StartSandboxConnection is refused, because there is no Session Manager to connect through.

use crate::codebuild::{errors, names};
use crate::server::call::Call;
use codebuild_api::error::StartSandboxConnectionError;
use codebuild_api::input::StartSandboxConnectionInput;
use codebuild_api::output::StartSandboxConnectionOutput;

/// Always refused; a sandbox that is there is told from one that is not.
pub async fn start_sandbox_connection(
    input: StartSandboxConnectionInput,
    call: Call,
) -> Result<StartSandboxConnectionOutput, StartSandboxConnectionError> {
    let service = &call.app.codebuild;
    let asked = &input.sandbox_id;
    let id = names::sandbox_id(&call.scope, asked).unwrap_or(asked);
    match service.sandbox(&call.scope, id) {
        Some(_) => Err(errors::no_session_manager(id).into()),
        None => Err(errors::sandbox_not_found(id).into()),
    }
}
