//! BatchGetDeployments: <https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_BatchGetDeployments.html>

use crate::codedeploy::{deployment_view, errors, validate};
use crate::server::call::Call;
use codedeploy_api::error::BatchGetDeploymentsError;
use codedeploy_api::input::BatchGetDeploymentsInput;
use codedeploy_api::output::BatchGetDeploymentsOutput;

/// Deployments in the order asked for; those that are not there are left out.
pub async fn batch_get_deployments(
    input: BatchGetDeploymentsInput,
    call: Call,
) -> Result<BatchGetDeploymentsOutput, BatchGetDeploymentsError> {
    let ids = &input.deployment_ids;
    if ids.is_empty() {
        return Err(errors::deployment_id_missing().into());
    }
    if ids.len() > MOST {
        return Err(errors::batch_too_large(ids.len(), MOST).into());
    }
    for id in ids {
        validate::deployments::id::<BatchGetDeploymentsError>(id)?;
    }
    let (service, scope) = (&call.app.codedeploy, &call.scope);
    let found = ids.iter().filter_map(|id| service.deployment(scope, id));
    let shown = found.map(|found| deployment_view::info(service, scope, found));
    Ok(BatchGetDeploymentsOutput {
        deployments_info: Some(shown.collect()),
    })
}

const MOST: usize = 100;
