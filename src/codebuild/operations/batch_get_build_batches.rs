//! BatchGetBuildBatches: <https://docs.aws.amazon.com/codebuild/latest/APIReference/API_BatchGetBuildBatches.html>

use crate::codebuild::{batch, names};
use crate::server::call::Call;
use codebuild_api::error::BatchGetBuildBatchesError;
use codebuild_api::input::BatchGetBuildBatchesInput;
use codebuild_api::output::BatchGetBuildBatchesOutput;

/// Batches in the order asked for, each once; what is not found is listed as it was written.
pub async fn batch_get_build_batches(
    input: BatchGetBuildBatchesInput,
    call: Call,
) -> Result<BatchGetBuildBatchesOutput, BatchGetBuildBatchesError> {
    let service = &call.app.codebuild;
    let (batches, missing) = batch::get(
        input.ids,
        |text| names::batch_id(&call.scope, text),
        |id| service.find_batch(&call.scope, id),
    );
    Ok(BatchGetBuildBatchesOutput {
        build_batches: Some(batches),
        build_batches_not_found: Some(missing),
    })
}
