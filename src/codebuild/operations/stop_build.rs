//! StopBuild: <https://docs.aws.amazon.com/codebuild/latest/APIReference/API_StopBuild.html>

use crate::codebuild::{errors, names};
use crate::server::call::Call;
use codebuild_api::error::StopBuildError;
use codebuild_api::input::StopBuildInput;
use codebuild_api::output::StopBuildOutput;

/// The build as it stands after the stop; one that had finished is given back unchanged.
pub async fn stop_build(
    input: StopBuildInput,
    call: Call,
) -> Result<StopBuildOutput, StopBuildError> {
    let service = &call.app.codebuild;
    let id = names::build_id(&call.scope, &input.id).unwrap_or(&input.id);
    if !names::is_build_id(id) {
        return Err(errors::invalid_build_id().into());
    }
    let absent = || errors::build_not_found(id);
    service.find_build(&call.scope, id).ok_or_else(absent)?;
    service.stop(&call.scope, id).await;
    let build = service.find_build(&call.scope, id).ok_or_else(absent)?;
    Ok(StopBuildOutput { build: Some(build) })
}
