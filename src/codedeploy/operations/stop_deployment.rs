//! StopDeployment: <https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_StopDeployment.html>

use crate::codedeploy::{errors, launch};
use crate::engine::deployment::commands::stop::{Stopping, stop};
use crate::engine::deployment::{DeploymentState, Status};
use crate::server::call::Call;
use crate::store::WriteError;
use codedeploy_api::error::{DeploymentAlreadyCompletedException, StopDeploymentError};
use codedeploy_api::input::StopDeploymentInput;
use codedeploy_api::model::StopStatus;
use codedeploy_api::output::StopDeploymentOutput;

/// Stops a deployment, at once or as soon as what executes has ended; traffic stays where it is unless it is rolled back.
pub async fn stop_deployment(
    input: StopDeploymentInput,
    call: Call,
) -> Result<StopDeploymentOutput, StopDeploymentError> {
    let service = &call.app.codedeploy;
    let id = input.deployment_id;
    service.find_deployment::<StopDeploymentError>(&call.scope, &id)?;
    let key = (call.scope, id.clone());
    launch::begin_rollback(service, &key).await;
    let rollback = input.auto_rollback_enabled;
    let stopped = service
        .engine
        .command(key.clone(), move |live, now, _| match live {
            Some(state) => Ok(stop(state, now, rollback)),
            None => Err(errors::deployment_completed(&id)),
        });
    let stopping = match stopped.await {
        Err(WriteError::Refused(completed)) => {
            already(service.state(&key).as_ref()).ok_or(completed)?
        }
        answer => answer.map_err(WriteError::<DeploymentAlreadyCompletedException>::refused)?,
    };
    Ok(answer(stopping))
}

/// One that an earlier stop has stopped is stopped.
fn already(state: Option<&DeploymentState>) -> Option<Stopping> {
    let state = state.filter(|state| state.status == Status::Stopped && state.stop_waited);
    state.map(|_| Stopping::Stopped)
}

fn answer(stopping: Stopping) -> StopDeploymentOutput {
    let (status, message) = match stopping {
        Stopping::Stopped => (
            StopStatus::Succeeded,
            "No more commands will be scheduled for execution in the deployment instances",
        ),
        Stopping::Pending => (
            StopStatus::Pending,
            "Stopping Pending. Stopping to schedule commands in the deployment instances",
        ),
    };
    StopDeploymentOutput {
        status: Some(status),
        status_message: Some(message.to_owned()),
    }
}
