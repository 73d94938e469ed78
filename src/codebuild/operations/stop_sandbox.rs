//! StopSandbox: <https://docs.aws.amazon.com/codebuild/latest/APIReference/API_StopSandbox.html>

use crate::codebuild::{errors, names};
use crate::server::call::Call;
use codebuild_api::error::StopSandboxError;
use codebuild_api::input::StopSandboxInput;
use codebuild_api::output::StopSandboxOutput;

/// The sandbox as it stands after the stop; one that had finished is given back unchanged.
pub async fn stop_sandbox(
    input: StopSandboxInput,
    call: Call,
) -> Result<StopSandboxOutput, StopSandboxError> {
    let service = &call.app.codebuild;
    let id = names::sandbox_id(&call.scope, &input.id).unwrap_or(&input.id);
    let absent = || errors::sandbox_not_found(id);
    service.find_sandbox(&call.scope, id).ok_or_else(absent)?;
    service.stop(&call.scope, id).await;
    let sandbox = service.find_sandbox(&call.scope, id).ok_or_else(absent)?;
    Ok(StopSandboxOutput {
        sandbox: Some(sandbox),
    })
}
