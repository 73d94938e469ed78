//! DeleteDeploymentConfig: <https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_DeleteDeploymentConfig.html>

use crate::codedeploy::{configs, errors};
use crate::server::call::Call;
use crate::store::WriteError;
use codedeploy_api::error::DeleteDeploymentConfigError;
use codedeploy_api::error::DeploymentConfigInUseException;
use codedeploy_api::input::DeleteDeploymentConfigInput;
use codedeploy_api::output::DeleteDeploymentConfigOutput;

/// A custom configuration that no group names; one that is not there is deleted just as well.
pub async fn delete_deployment_config(
    input: DeleteDeploymentConfigInput,
    call: Call,
) -> Result<DeleteDeploymentConfigOutput, DeleteDeploymentConfigError> {
    let name = input.deployment_config_name;
    configs::named(&name)?;
    if configs::predefined(&name).is_some() {
        return Err(errors::config_predefined(&name).into());
    }
    let service = &call.app.codedeploy;
    let (tables, key) = (service.tables.clone(), (call.scope, name));
    let written = service.store.write(move |tx| {
        if tables.is_config_used(tx, &key.0, &key.1) {
            return Err(errors::config_in_use(&key.1));
        }
        if let Some(config) = tx.remove(&tables.configs, &key) {
            let id = config.deployment_config_id.clone().unwrap_or_default();
            tx.remove(&tables.tags, &(key.0, id));
        }
        Ok(())
    });
    written
        .await
        .map_err(WriteError::<DeploymentConfigInUseException>::refused)?;
    Ok(DeleteDeploymentConfigOutput::default())
}
