//! BatchGetDeploymentTargets: <https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_BatchGetDeploymentTargets.html>

use crate::codedeploy::validate::deployments;
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
    deployments::named::<BatchGetDeploymentTargetsError>(id)?;
    let asked = &input.target_ids;
    if asked.is_empty() || asked.iter().any(String::is_empty) {
        return Err(errors::target_id_missing().into());
    }
    let (_, state) = service.find_deployment::<BatchGetDeploymentTargetsError>(&call.scope, id)?;
    let most = targets::most(&state);
    if asked.len() > most {
        return Err(errors::too_many_targets(asked.len(), most).into());
    }
    targets::all(&state)?;
    let mut found = Vec::new();
    for id in asked {
        let target = targets::find(&state, id);
        let target = target.ok_or_else(|| errors::target_not_found(id))?;
        found.push(target.target(&state));
    }
    Ok(BatchGetDeploymentTargetsOutput {
        deployment_targets: Some(found),
    })
}
