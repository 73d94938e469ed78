//! CreateDeployment: <https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_CreateDeployment.html>

use crate::codedeploy::deployments::new_id;
use crate::codedeploy::launch::{Launch, launch};
use crate::server::call::Call;
use codedeploy_api::error::CreateDeploymentError;
use codedeploy_api::input::CreateDeploymentInput;
use codedeploy_api::output::CreateDeploymentOutput;

/// A new deployment, `Created`; everything else comes afterwards.
pub async fn create_deployment(
    input: CreateDeploymentInput,
    call: Call,
) -> Result<CreateDeploymentOutput, CreateDeploymentError> {
    let service = &call.app.codedeploy;
    let id = new_id();
    let wanted = Launch {
        scope: call.scope,
        id: id.clone(),
        request: input,
        deferred: call.deferred,
        listener: None,
    };
    launch(service, &*call.app.companions, wanted).await?;
    Ok(CreateDeploymentOutput {
        deployment_id: Some(id),
    })
}
