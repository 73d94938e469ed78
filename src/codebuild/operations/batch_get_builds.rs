//! BatchGetBuilds: <https://docs.aws.amazon.com/codebuild/latest/APIReference/API_BatchGetBuilds.html>

use crate::codebuild::names;
use crate::server::call::Call;
use codebuild_api::error::BatchGetBuildsError;
use codebuild_api::input::BatchGetBuildsInput;
use codebuild_api::output::BatchGetBuildsOutput;
use std::collections::BTreeSet;

/// Builds in the order asked for, each once; what is not found is listed as it was written.
pub async fn batch_get_builds(
    input: BatchGetBuildsInput,
    call: Call,
) -> Result<BatchGetBuildsOutput, BatchGetBuildsError> {
    let service = &call.app.codebuild;
    let (mut builds, mut missing, mut seen) = (Vec::new(), Vec::new(), BTreeSet::new());
    for asked in input.ids {
        let id = names::build_id(&call.scope, &asked);
        if !seen.insert(id.unwrap_or(&asked).to_owned()) {
            continue;
        }
        match id.and_then(|id| service.find_build(&call.scope, id)) {
            Some(build) => builds.push(build),
            None => missing.push(asked),
        }
    }
    Ok(BatchGetBuildsOutput {
        builds: Some(builds),
        builds_not_found: Some(missing),
    })
}
