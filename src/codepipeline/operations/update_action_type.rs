//! UpdateActionType: <https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_UpdateActionType.html>

use crate::codepipeline::errors;
use crate::server::call::Call;
use codepipeline_api::error::{UpdateActionTypeError, ValidationException};
use codepipeline_api::input::UpdateActionTypeInput;
use codepipeline_api::model::{ActionTypeExecutor, ExecutorType};
use codepipeline_api::output::UpdateActionTypeOutput;

/// Finds nothing to update, as `GetActionType` finds nothing to read; what the declaration itself gets wrong is told before.
pub async fn update_action_type(
    input: UpdateActionTypeInput,
    _call: Call,
) -> Result<UpdateActionTypeOutput, UpdateActionTypeError> {
    let id = &input.action_type.id;
    executor(&input.action_type.executor)?;
    let category = id.category.as_str();
    Err(errors::action_type_not_found(category, &id.owner, &id.provider, &id.version).into())
}

/// Exactly one configuration, the one of the executor's type.
fn executor(executor: &ActionTypeExecutor) -> Result<(), ValidationException> {
    let configuration = &executor.configuration;
    let worker = configuration.job_worker_executor_configuration.is_some();
    let lambda = configuration.lambda_executor_configuration.is_some();
    let fits = match executor.r#type {
        ExecutorType::JobWorker => worker,
        ExecutorType::Lambda => lambda,
    };
    if worker == lambda {
        return Err(errors::executor_configurations());
    }
    if fits {
        return Ok(());
    }
    Err(errors::executor_mismatch(executor.r#type.as_str()))
}
