//! RetryStageExecution: <https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_RetryStageExecution.html>

use crate::codepipeline::errors;
use crate::engine::pipeline::commands::{RetryRefused, RetryStage, retry_stage};
use crate::engine::pipeline::plan::RetryMode;
use crate::server::call::Call;
use crate::store::WriteError;
use codepipeline_api::error::RetryStageExecutionError;
use codepipeline_api::input::RetryStageExecutionInput;
use codepipeline_api::model::StageRetryMode;
use codepipeline_api::output::RetryStageExecutionOutput;

/// The execution goes on in the stage that failed or was stopped; the answer is its id.
pub async fn retry_stage_execution(
    input: RetryStageExecutionInput,
    call: Call,
) -> Result<RetryStageExecutionOutput, RetryStageExecutionError> {
    let service = &call.app.codepipeline;
    let key = (call.scope.clone(), input.pipeline_name);
    let wish = RetryStage {
        stage: input.stage_name,
        execution: input.pipeline_execution_id.clone(),
        mode: match input.retry_mode {
            StageRetryMode::FailedActions => RetryMode::FailedActions,
            StageRetryMode::AllActions => RetryMode::AllActions,
        },
    };
    let (tables, asked) = (service.tables.clone(), key.clone());
    let retried = service.engine.command(key, move |live, now, tx| {
        let row = tables.find_in(tx, &asked)?;
        let stage = wish.stage.clone();
        let known = row.plan.stage(&stage);
        known.ok_or_else(|| errors::stage_not_found(&asked.1, &stage))?;
        let id = wish.execution.clone();
        let past = tables.execution_in(tx, &asked, &id, now);
        let step = retry_stage(live, &row.plan, past, now, wish);
        let step = step.map_err(|refused| refusal(&asked.1, &stage, &id, refused))?;
        Ok((step, ()))
    });
    retried
        .await
        .map_err(WriteError::<RetryStageExecutionError>::refused)?;
    Ok(RetryStageExecutionOutput {
        pipeline_execution_id: Some(input.pipeline_execution_id),
    })
}

fn refusal(
    pipeline: &str,
    stage: &str,
    id: &str,
    refused: RetryRefused,
) -> RetryStageExecutionError {
    match refused {
        RetryRefused::NotRetryable => errors::not_retryable(pipeline, stage, id).into(),
        RetryRefused::NotLatest => errors::not_latest(stage, id).into(),
        RetryRefused::Retrying => errors::retried_already(pipeline, stage).into(),
        RetryRefused::TooManyExecutions => errors::too_many_executions(pipeline).into(),
    }
}
