//! ContinueDeployment: <https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_ContinueDeployment.html>

use crate::codedeploy::errors;
use crate::engine::deployment::Status;
use crate::engine::deployment::commands::continue_deployment::{
    Wait, WaitRefused, continue_deployment as go_on,
};
use crate::server::call::Call;
use crate::store::WriteError;
use codedeploy_api::error::ContinueDeploymentError;
use codedeploy_api::input::ContinueDeploymentInput;
use codedeploy_api::model::DeploymentWaitType;
use codedeploy_api::output::ContinueDeploymentOutput;

/// Ends the wait for traffic to be shifted, or the one before original instances go.
pub async fn continue_deployment(
    input: ContinueDeploymentInput,
    call: Call,
) -> Result<ContinueDeploymentOutput, ContinueDeploymentError> {
    let service = &call.app.codedeploy;
    let id = input.deployment_id.unwrap_or_default();
    let (_, state) = service.find_deployment::<ContinueDeploymentError>(&call.scope, &id)?;
    if state.is_over() {
        return Err(errors::deployment_completed(&id).into());
    }
    let wait = match input.deployment_wait_type {
        None | Some(DeploymentWaitType::ReadyWait) => Wait::Ready,
        Some(DeploymentWaitType::TerminationWait) => Wait::Termination,
    };
    let key = (call.scope, id.clone());
    // One that is to roll back another one may be shown before the engine has it. What is Created waits for nobody.
    let created = (state.status == Status::Created).then_some(state);
    let continued = service.engine.command(key, move |live, now, _| {
        let state = live.or(created);
        let state = state.ok_or_else(|| errors::deployment_completed(&id))?;
        match go_on(&state, now, wait) {
            Ok(step) => Ok((step, ())),
            Err(WaitRefused::Unsupported) => Err(ContinueDeploymentError::from(
                errors::action_not_supported(&id),
            )),
            Err(WaitRefused::NotWaiting) => Err(match wait {
                Wait::Ready => errors::not_ready(&id).into(),
                Wait::Termination => errors::not_terminating(&id).into(),
            }),
        }
    });
    continued.await.map_err(WriteError::refused)?;
    Ok(ContinueDeploymentOutput::default())
}
