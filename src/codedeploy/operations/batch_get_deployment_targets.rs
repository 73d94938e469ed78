//! BatchGetDeploymentTargets: <https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_BatchGetDeploymentTargets.html>

use crate::codedeploy::{errors, targets};
use crate::server::call::Call;
use codedeploy_api::error::BatchGetDeploymentTargetsError;
use codedeploy_api::input::BatchGetDeploymentTargetsInput;
use codedeploy_api::output::BatchGetDeploymentTargetsOutput;

/// Targets with their lifecycle events; one that is not there fails the call.
pub async fn batch_get_deployment_targets(
    input: BatchGetDeploymentTargetsInput,
    call: Call,
) -> Result<BatchGetDeploymentTargetsOutput, BatchGetDeploymentTargetsError> {
    let service = &call.app.codedeploy;
    let id = &input.deployment_id;
    let (_, state) = service.find_deployment::<BatchGetDeploymentTargetsError>(&call.scope, id)?;
    let asked = &input.target_ids;
    if asked.is_empty() || asked.iter().any(String::is_empty) {
        return Err(errors::target_id_missing().into());
    }
    if asked.len() > MOST {
        return Err(errors::too_many_targets(asked.len(), MOST).into());
    }
    let target = targets::only(&state)?;
    let strange = asked.iter().find(|id| !targets::is_called(target, id));
    if let Some(id) = strange {
        return Err(errors::target_not_found(id).into());
    }
    Ok(BatchGetDeploymentTargetsOutput {
        deployment_targets: Some(vec![targets::target(&state, target)]),
    })
}

/// A deployment to Lambda or ECS has one target.
const MOST: usize = 1;
