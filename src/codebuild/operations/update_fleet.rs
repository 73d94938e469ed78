//! UpdateFleet: <https://docs.aws.amazon.com/codebuild/latest/APIReference/API_UpdateFleet.html>

use crate::codebuild::{errors, fleets};
use crate::server::call::Call;
use crate::store::WriteError;
use codebuild_api::error::UpdateFleetError;
use codebuild_api::input::UpdateFleetInput;
use codebuild_api::model::FleetStatusCode;
use codebuild_api::output::UpdateFleetOutput;

/// Members that are given replace the fleet's; empty structures take them away. The answer shows it `UPDATING`, the next reader
/// finds it `ACTIVE`.
pub async fn update_fleet(
    input: UpdateFleetInput,
    call: Call,
) -> Result<UpdateFleetOutput, UpdateFleetError> {
    let service = &call.app.codebuild;
    let absent = errors::fleet_not_found(&input.arn);
    let name = service.tables.fleet_name(&call.scope, &input.arn)?;
    let Some(name) = name.map(str::to_owned) else {
        return Err(absent.into());
    };
    if let Some(role) = &input.fleet_service_role {
        service.check_role(&call, role).await?;
    }
    let (tables, key, now) = (service.tables.clone(), (call.scope.clone(), name), call.now);
    let written = service.store.write(move |tx| {
        let present = tx.get(&tables.fleets, &key);
        let present = present.filter(|fleet| fleet.arn.as_ref() == Some(&input.arn));
        let Some(present) = present else {
            return Err(UpdateFleetError::from(absent));
        };
        let fleet = fleets::updated(now, (*present).clone(), input);
        fleets::check(&fleet)?;
        let shown = fleets::shown(&fleet, FleetStatusCode::Updating);
        tx.put(&tables.fleets, key, fleet);
        Ok(shown)
    });
    let shown = written.await.map_err(WriteError::refused)?;
    call.app.fleet_changed();
    Ok(UpdateFleetOutput { fleet: Some(shown) })
}
