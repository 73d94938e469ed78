//! `GetRuntimeManagementConfig`: <https://docs.aws.amazon.com/lambda/latest/api/API_GetRuntimeManagementConfig.html>

use crate::companions::lambda::names;
use crate::server::Call;
use lambda_api::error::GetRuntimeManagementConfigError;
use lambda_api::input::GetRuntimeManagementConfigInput;
use lambda_api::model::UpdateRuntimeOn;
use lambda_api::output::GetRuntimeManagementConfigOutput;

/// Runtimes are those of this machine, or images that the settings name: they change by themselves.
pub async fn get_runtime_management_config(
    input: GetRuntimeManagementConfigInput,
    call: Call,
) -> Result<GetRuntimeManagementConfigOutput, GetRuntimeManagementConfigError> {
    let named = names::parse::<GetRuntimeManagementConfigError>(
        &call.scope,
        &input.function_name,
        input.qualifier,
    )?;
    call.app.lambda.find(&named)?;
    Ok(GetRuntimeManagementConfigOutput {
        update_runtime_on: Some(UpdateRuntimeOn::Auto),
        function_arn: Some(names::arn(&named.key, named.qualifier.as_deref())),
        runtime_version_arn: None,
    })
}
