//! UpdateApplication: <https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_UpdateApplication.html>

use crate::codedeploy::errors;
use crate::server::call::Call;
use crate::store::WriteError;
use codedeploy_api::error::UpdateApplicationError;
use codedeploy_api::input::UpdateApplicationInput;
use codedeploy_api::output::UpdateApplicationOutput;

/// Gives an application another name; everything that belongs to it stays.
pub async fn update_application(
    input: UpdateApplicationInput,
    call: Call,
) -> Result<UpdateApplicationOutput, UpdateApplicationError> {
    let service = &call.app.codedeploy;
    let Some(name) = input.application_name else {
        return Err(errors::application_name_missing().into());
    };
    let (tables, scope) = (service.tables.clone(), call.scope);
    let renamed = input.new_application_name;
    let written = service.store.write(move |tx| {
        let row = tables.find_application(tx, &scope, &name)?;
        let Some(renamed) = renamed.filter(|renamed| *renamed != name) else {
            return Ok(());
        };
        let to = (scope.clone(), renamed);
        if tx.contains(&tables.applications, &to) {
            return Err(UpdateApplicationError::from(errors::application_exists(
                &to.1,
            )));
        }
        tables.deployments.rename(tx, &scope, &row.id, &to.1);
        tx.remove(&tables.applications, &(scope, name));
        tx.put(&tables.applications, to, (*row).clone());
        Ok(())
    });
    written.await.map_err(WriteError::refused)?;
    Ok(UpdateApplicationOutput::default())
}
