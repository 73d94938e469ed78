//! BatchGetFleets: <https://docs.aws.amazon.com/codebuild/latest/APIReference/API_BatchGetFleets.html>

use crate::codebuild::batch;
use crate::server::call::Call;
use codebuild_api::error::BatchGetFleetsError;
use codebuild_api::input::BatchGetFleetsInput;
use codebuild_api::output::BatchGetFleetsOutput;

/// Fleets by name or ARN in the order asked for, each once; what is not found is listed as it was written.
pub async fn batch_get_fleets(
    input: BatchGetFleetsInput,
    call: Call,
) -> Result<BatchGetFleetsOutput, BatchGetFleetsError> {
    let tables = &call.app.codebuild.tables;
    let (fleets, missing) = batch::get(
        input.names,
        |text| tables.fleet_named(&call.scope, text),
        |name| tables.fleets.get(&(call.scope.clone(), name.to_owned())),
    );
    Ok(BatchGetFleetsOutput {
        fleets: Some(fleets.iter().map(|fleet| (**fleet).clone()).collect()),
        fleets_not_found: Some(missing),
    })
}
