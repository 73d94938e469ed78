//! CreateFleet: <https://docs.aws.amazon.com/codebuild/latest/APIReference/API_CreateFleet.html>

use crate::codebuild::{errors, fleets};
use crate::server::call::Call;
use crate::store::WriteError;
use codebuild_api::error::{CreateFleetError, ResourceAlreadyExistsException};
use codebuild_api::input::CreateFleetInput;
use codebuild_api::model::FleetStatusCode;
use codebuild_api::output::CreateFleetOutput;

/// The fleet in `CREATING`; it is `ACTIVE` for whoever asks next. A name that is taken is refused.
pub async fn create_fleet(
    input: CreateFleetInput,
    call: Call,
) -> Result<CreateFleetOutput, CreateFleetError> {
    let service = &call.app.codebuild;
    let key = (call.scope.clone(), input.name.clone());
    let taken = |key: &(_, String), id: &Option<String>| {
        errors::fleet_exists(&key.0, &key.1, id.as_deref().unwrap_or_default())
    };
    if let Some(present) = service.tables.fleets.get(&key) {
        return Err(taken(&key, &present.id).into());
    }
    let fleet = fleets::created(&call.scope, call.now, input);
    fleets::check(&fleet)?;
    if let Some(role) = &fleet.fleet_service_role {
        service.check_role(&call, role).await?;
    }
    let shown = fleets::shown(&fleet, FleetStatusCode::Creating);
    let tables = service.tables.clone();
    let written = service.store.write(move |tx| {
        if let Some(present) = tx.get(&tables.fleets, &key) {
            return Err(taken(&key, &present.id));
        }
        tx.put(&tables.fleets, key, fleet);
        Ok(())
    });
    written
        .await
        .map_err(WriteError::<ResourceAlreadyExistsException>::refused)?;
    Ok(CreateFleetOutput { fleet: Some(shown) })
}
