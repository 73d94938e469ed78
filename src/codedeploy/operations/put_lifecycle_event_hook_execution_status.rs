//! PutLifecycleEventHookExecutionStatus:
//! <https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_PutLifecycleEventHookExecutionStatus.html>

use crate::codedeploy::errors;
use crate::engine::deployment::commands::answer_hook::{AnswerRefused, answer_hook};
use crate::engine::deployment::hook::{Known, lookup};
use crate::engine::deployment::plan::Work;
use crate::server::call::Call;
use crate::store::WriteError;
use codedeploy_api::error::{
    InvalidLifecycleEventHookExecutionStatusException as InvalidStatus,
    PutLifecycleEventHookExecutionStatusError,
};
use codedeploy_api::input::PutLifecycleEventHookExecutionStatusInput;
use codedeploy_api::model::LifecycleEventStatus;
use codedeploy_api::output::PutLifecycleEventHookExecutionStatusOutput;

/// The answer of a hook's function, which alone counts; one for each execution.
pub async fn put_lifecycle_event_hook_execution_status(
    input: PutLifecycleEventHookExecutionStatusInput,
    call: Call,
) -> Result<PutLifecycleEventHookExecutionStatusOutput, PutLifecycleEventHookExecutionStatusError> {
    type Error = PutLifecycleEventHookExecutionStatusError;
    let service = &call.app.codedeploy;
    let id = input.deployment_id.unwrap_or_default();
    let execution = input.lifecycle_event_hook_execution_id.unwrap_or_default();
    let (_, state) = service.find_deployment::<Error>(&call.scope, &id)?;
    if matches!(state.plan.work, Work::Server(_)) {
        return Err(errors::action_not_supported(&id).into());
    }
    let succeeded = verdict(input.status)?;
    match lookup(&state, &execution) {
        Known::Awaited => {}
        Known::Over => return Err(errors::hook_over(&execution).into()),
        Known::No => return Err(errors::hook_execution_unknown(&execution).into()),
    }
    let given = execution.clone();
    let answered = service
        .engine
        .command((call.scope, id), move |live, now, _| {
            let answer = match live {
                Some(state) => answer_hook(state, now, &given, succeeded),
                None => Err(AnswerRefused::Over),
            };
            let step = answer.map_err(|refused| match refused {
                AnswerRefused::Unknown => Error::from(errors::hook_execution_unknown(&given)),
                AnswerRefused::Over => Error::from(errors::hook_over(&given)),
            })?;
            Ok::<_, Error>((step, ()))
        });
    answered.await.map_err(WriteError::refused)?;
    Ok(PutLifecycleEventHookExecutionStatusOutput {
        lifecycle_event_hook_execution_id: Some(execution),
    })
}

/// Whether the hook has succeeded; a function says nothing but that or the opposite.
fn verdict(status: Option<LifecycleEventStatus>) -> Result<bool, InvalidStatus> {
    match status {
        Some(LifecycleEventStatus::Succeeded) => Ok(true),
        Some(LifecycleEventStatus::Failed) => Ok(false),
        other => Err(errors::hook_status(
            other.map_or("", LifecycleEventStatus::as_str),
        )),
    }
}
