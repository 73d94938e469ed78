//! BatchGetBuilds: <https://docs.aws.amazon.com/codebuild/latest/APIReference/API_BatchGetBuilds.html>

use crate::codebuild::{batch, names};
use crate::server::call::Call;
use codebuild_api::error::BatchGetBuildsError;
use codebuild_api::input::BatchGetBuildsInput;
use codebuild_api::output::BatchGetBuildsOutput;

/// Builds in the order asked for, each once; what is not found is listed as it was written.
pub async fn batch_get_builds(
    input: BatchGetBuildsInput,
    call: Call,
) -> Result<BatchGetBuildsOutput, BatchGetBuildsError> {
    let service = &call.app.codebuild;
    let (builds, missing) = batch::get(
        input.ids,
        |text| names::build_id(&call.scope, text),
        |id| service.find_build(&call.scope, id),
    );
    Ok(BatchGetBuildsOutput {
        builds: Some(builds),
        builds_not_found: Some(missing),
    })
}
