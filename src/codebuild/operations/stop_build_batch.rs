//! StopBuildBatch: <https://docs.aws.amazon.com/codebuild/latest/APIReference/API_StopBuildBatch.html>

use crate::codebuild::{errors, names};
use crate::server::call::Call;
use codebuild_api::error::StopBuildBatchError;
use codebuild_api::input::StopBuildBatchInput;
use codebuild_api::output::StopBuildBatchOutput;

/// The batch as it stands after the stop; one that had finished is given back unchanged.
pub async fn stop_build_batch(
    input: StopBuildBatchInput,
    call: Call,
) -> Result<StopBuildBatchOutput, StopBuildBatchError> {
    let service = &call.app.codebuild;
    let id = names::batch_id(&call.scope, &input.id).unwrap_or(&input.id);
    if !names::is_build_id(id) {
        return Err(errors::invalid_batch_id().into());
    }
    let absent = || errors::batch_not_found(id);
    service.find_batch(&call.scope, id).ok_or_else(absent)?;
    service.stop_batch(&call.scope, id).await;
    let batch = service.find_batch(&call.scope, id).ok_or_else(absent)?;
    Ok(StopBuildBatchOutput {
        build_batch: Some(batch),
    })
}
