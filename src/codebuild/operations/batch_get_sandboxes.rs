//! BatchGetSandboxes: <https://docs.aws.amazon.com/codebuild/latest/APIReference/API_BatchGetSandboxes.html>

use crate::codebuild::{batch, names};
use crate::server::call::Call;
use codebuild_api::error::BatchGetSandboxesError;
use codebuild_api::input::BatchGetSandboxesInput;
use codebuild_api::output::BatchGetSandboxesOutput;

/// Sandboxes in the order asked for, each once; what is not found is listed as it was written.
pub async fn batch_get_sandboxes(
    input: BatchGetSandboxesInput,
    call: Call,
) -> Result<BatchGetSandboxesOutput, BatchGetSandboxesError> {
    let service = &call.app.codebuild;
    let (sandboxes, missing) = batch::get(
        input.ids,
        |text| names::sandbox_id(&call.scope, text),
        |id| service.find_sandbox(&call.scope, id),
    );
    Ok(BatchGetSandboxesOutput {
        sandboxes: Some(sandboxes),
        sandboxes_not_found: Some(missing),
    })
}
