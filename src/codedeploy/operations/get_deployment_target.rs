//! GetDeploymentTarget: <https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_GetDeploymentTarget.html>

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
    let (_, state) = service.find_deployment::<GetDeploymentTargetError>(&call.scope, id)?;
    if input.target_id.is_empty() {
        return Err(errors::target_id_missing().into());
    }
    let target = targets::only(&state)?;
    if !targets::is_called(target, &input.target_id) {
        return Err(errors::target_not_found(&input.target_id).into());
    }
    Ok(GetDeploymentTargetOutput {
        deployment_target: Some(targets::target(&state, target)),
    })
}
