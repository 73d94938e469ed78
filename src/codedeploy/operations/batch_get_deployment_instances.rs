//! BatchGetDeploymentInstances: <https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_BatchGetDeploymentInstances.html>

use crate::codedeploy::validate::deployments;
use crate::codedeploy::{errors, targets};
use crate::server::call::Call;
use codedeploy_api::error::BatchGetDeploymentInstancesError;
use codedeploy_api::input::BatchGetDeploymentInstancesInput;
use codedeploy_api::output::BatchGetDeploymentInstancesOutput;

/// Targets by the older name, in the order asked for; those that are not there are named in the error message.
pub async fn batch_get_deployment_instances(
    input: BatchGetDeploymentInstancesInput,
    call: Call,
) -> Result<BatchGetDeploymentInstancesOutput, BatchGetDeploymentInstancesError> {
    let service = &call.app.codedeploy;
    let id = &input.deployment_id;
    deployments::named::<BatchGetDeploymentInstancesError>(id)?;
    let asked = &input.instance_ids;
    if asked.is_empty() || asked.iter().any(String::is_empty) {
        return Err(errors::instance_id_missing().into());
    }
    let (_, state) =
        service.find_deployment::<BatchGetDeploymentInstancesError>(&call.scope, id)?;
    if asked.len() > MOST {
        return Err(errors::batch_too_large(asked.len(), MOST).into());
    }
    targets::has_instances(&state)?;
    let (mut found, mut missing) = (Vec::new(), Vec::new());
    for id in asked {
        match targets::find(&state, id) {
            Some(target) => found.push(target.summary(&state)),
            None => missing.push(id.as_str()),
        }
    }
    let message = match missing[..] {
        [] => String::new(),
        _ => format!("No instances found for: {}", missing.join(", ")),
    };
    Ok(BatchGetDeploymentInstancesOutput {
        instances_summary: Some(found),
        error_message: Some(message),
    })
}

const MOST: usize = 25;
