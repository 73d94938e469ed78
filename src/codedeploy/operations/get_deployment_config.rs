//! GetDeploymentConfig: <https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_GetDeploymentConfig.html>

use crate::codedeploy::configs;
use crate::server::call::Call;
use crate::store::Committed;
use codedeploy_api::error::GetDeploymentConfigError;
use codedeploy_api::input::GetDeploymentConfigInput;
use codedeploy_api::output::GetDeploymentConfigOutput;

/// A configuration, predefined or custom.
pub async fn get_deployment_config(
    input: GetDeploymentConfigInput,
    call: Call,
) -> Result<GetDeploymentConfigOutput, GetDeploymentConfigError> {
    let name = &input.deployment_config_name;
    configs::named(name)?;
    let tables = &call.app.codedeploy.tables;
    let config = configs::find(tables, &Committed, &call.scope, name)?;
    Ok(GetDeploymentConfigOutput {
        deployment_config_info: Some(config),
    })
}
