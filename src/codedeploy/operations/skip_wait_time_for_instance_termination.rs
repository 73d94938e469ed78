//! SkipWaitTimeForInstanceTermination:
//! <https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_SkipWaitTimeForInstanceTermination.html>

use crate::codedeploy::errors;
use crate::engine::deployment::Status;
use crate::engine::deployment::commands::continue_deployment::WaitRefused;
use crate::engine::deployment::commands::skip_wait::skip_wait;
use crate::server::call::Call;
use crate::store::WriteError;
use codedeploy_api::error::SkipWaitTimeForInstanceTerminationError;
use codedeploy_api::input::SkipWaitTimeForInstanceTerminationInput;
use codedeploy_api::output::SkipWaitTimeForInstanceTerminationOutput;

/// Ends the wait before original instances go; the older name of continuing out of it.
pub async fn skip_wait_time_for_instance_termination(
    input: SkipWaitTimeForInstanceTerminationInput,
    call: Call,
) -> Result<SkipWaitTimeForInstanceTerminationOutput, SkipWaitTimeForInstanceTerminationError> {
    let service = &call.app.codedeploy;
    let id = input.deployment_id.unwrap_or_default();
    let (_, state) =
        service.find_deployment::<SkipWaitTimeForInstanceTerminationError>(&call.scope, &id)?;
    if state.is_over() {
        return Err(errors::deployment_completed(&id).into());
    }
    let key = (call.scope, id.clone());
    // One that is to roll back another one may be shown before the engine has it. What is Created waits for nobody.
    let created = (state.status == Status::Created).then_some(state);
    let skipped = service.engine.command(key, move |live, now, _| {
        let state = live.or(created);
        let state = state.ok_or_else(|| errors::deployment_completed(&id))?;
        match skip_wait(&state, now) {
            Ok(step) => Ok((step, ())),
            Err(WaitRefused::Unsupported) => Err(SkipWaitTimeForInstanceTerminationError::from(
                errors::action_not_supported(&id),
            )),
            Err(WaitRefused::NotWaiting) => Err(errors::termination_not_started(&id).into()),
        }
    });
    skipped.await.map_err(WriteError::refused)?;
    Ok(SkipWaitTimeForInstanceTerminationOutput::default())
}
