//! DeleteFleet: <https://docs.aws.amazon.com/codebuild/latest/APIReference/API_DeleteFleet.html>

use crate::server::call::Call;
use crate::store::WriteError;
use codebuild_api::error::DeleteFleetError;
use codebuild_api::input::DeleteFleetInput;
use codebuild_api::output::DeleteFleetOutput;

/// The fleet is gone at once; one that is not there is deleted just as well. Projects that name it keep doing so.
pub async fn delete_fleet(
    input: DeleteFleetInput,
    call: Call,
) -> Result<DeleteFleetOutput, DeleteFleetError> {
    let service = &call.app.codebuild;
    let Some(name) = service.tables.fleet_name(&call.scope, &input.arn)? else {
        return Ok(DeleteFleetOutput::default());
    };
    let (tables, key) = (
        service.tables.clone(),
        (call.scope.clone(), name.to_owned()),
    );
    let written = service.store.write(move |tx| {
        let fleet = tx.get(&tables.fleets, &key);
        if fleet.is_some_and(|fleet| fleet.arn.as_ref() == Some(&input.arn)) {
            tx.remove(&tables.fleets, &key);
        }
        Ok(())
    });
    written
        .await
        .map_err(WriteError::<DeleteFleetError>::refused)?;
    call.app.fleet_changed();
    Ok(DeleteFleetOutput::default())
}
