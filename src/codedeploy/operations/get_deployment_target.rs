//! GetDeploymentTarget: <https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_GetDeploymentTarget.html>

use crate::codedeploy::validate::deployments;
use crate::codedeploy::{errors, targets};
use crate::server::call::Call;
use codedeploy_api::error::GetDeploymentTargetError;
use codedeploy_api::input::GetDeploymentTargetInput;
use codedeploy_api::output::GetDeploymentTargetOutput;

/// A target with its lifecycle events.
pub async fn get_deployment_target(
    input: GetDeploymentTargetInput,
    call: Call,
) -> Result<GetDeploymentTargetOutput, GetDeploymentTargetError> {
    let service = &call.app.codedeploy;
    let id = &input.deployment_id;
    deployments::named::<GetDeploymentTargetError>(id)?;
    if input.target_id.is_empty() {
        return Err(errors::target_id_missing().into());
    }
    let (_, state) = service.find_deployment::<GetDeploymentTargetError>(&call.scope, id)?;
    targets::all(&state)?;
    let target = targets::find(&state, &input.target_id);
    let target = target.ok_or_else(|| errors::target_not_found(&input.target_id))?;
    Ok(GetDeploymentTargetOutput {
        deployment_target: Some(target.target(&state)),
    })
}
