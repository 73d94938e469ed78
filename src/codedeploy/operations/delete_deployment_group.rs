//! DeleteDeploymentGroup: <https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_DeleteDeploymentGroup.html>

use crate::codedeploy::groups;
use crate::engine::deployment::event::Owner;
use crate::server::call::Call;
use crate::store::WriteError;
use codedeploy_api::error::DeleteDeploymentGroupError;
use codedeploy_api::input::DeleteDeploymentGroupInput;
use codedeploy_api::output::DeleteDeploymentGroupOutput;

/// A group with its tags; one that is not there is deleted just as well. Its active deployment fails.
pub async fn delete_deployment_group(
    input: DeleteDeploymentGroupInput,
    call: Call,
) -> Result<DeleteDeploymentGroupOutput, DeleteDeploymentGroupError> {
    let service = &call.app.codedeploy;
    let (tables, scope) = (service.tables.clone(), call.scope);
    let written = service.store.write(move |tx| {
        let application = tables.find_application(tx, &scope, &input.application_name);
        let Ok(application) = application else {
            return Ok(None);
        };
        let key = groups::key(&scope, &application, &input.deployment_group_name);
        let active = tables.active_of(tx, &key);
        tables.remove_group(tx, &key);
        Ok(active)
    });
    let active = written
        .await
        .map_err(WriteError::<DeleteDeploymentGroupError>::refused)?;
    service.orphan(active, Owner::Group).await;
    Ok(DeleteDeploymentGroupOutput {
        hooks_not_cleaned_up: Some(Vec::new()),
    })
}
