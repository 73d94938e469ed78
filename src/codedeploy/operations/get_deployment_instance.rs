//! GetDeploymentInstance: <https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_GetDeploymentInstance.html>

use crate::codedeploy::validate::deployments;
use crate::codedeploy::{errors, targets};
use crate::server::call::Call;
use codedeploy_api::error::GetDeploymentInstanceError;
use codedeploy_api::input::GetDeploymentInstanceInput;
use codedeploy_api::output::GetDeploymentInstanceOutput;

/// A target by the older name; its id in the answer is its ARN.
pub async fn get_deployment_instance(
    input: GetDeploymentInstanceInput,
    call: Call,
) -> Result<GetDeploymentInstanceOutput, GetDeploymentInstanceError> {
    let service = &call.app.codedeploy;
    let id = &input.deployment_id;
    deployments::named::<GetDeploymentInstanceError>(id)?;
    let asked = &input.instance_id;
    if asked.is_empty() {
        return Err(errors::instance_id_missing().into());
    }
    let (_, state) = service.find_deployment::<GetDeploymentInstanceError>(&call.scope, id)?;
    targets::has_instances(&state)?;
    let target = targets::find(&state, asked);
    let target = target.ok_or_else(|| errors::instance_not_found(asked))?;
    Ok(GetDeploymentInstanceOutput {
        instance_summary: Some(target.summary(&state)),
    })
}
