//! GetDeployment: <https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_GetDeployment.html>

use crate::codedeploy::deployment_view;
use crate::server::call::Call;
use codedeploy_api::error::GetDeploymentError;
use codedeploy_api::input::GetDeploymentInput;
use codedeploy_api::output::GetDeploymentOutput;

/// A deployment as it is now; contents of revisions are not shown.
pub async fn get_deployment(
    input: GetDeploymentInput,
    call: Call,
) -> Result<GetDeploymentOutput, GetDeploymentError> {
    let (service, scope) = (&call.app.codedeploy, &call.scope);
    let found = service.find_deployment::<GetDeploymentError>(scope, &input.deployment_id)?;
    Ok(GetDeploymentOutput {
        deployment_info: Some(deployment_view::info(service, scope, found)),
    })
}
