//! StopPipelineExecution: <https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_StopPipelineExecution.html>

use crate::codepipeline::errors;
use crate::engine::pipeline::commands::{StopExecution, StopRefused, stop_execution};
use crate::server::call::Call;
use crate::store::WriteError;
use codepipeline_api::error::StopPipelineExecutionError;
use codepipeline_api::input::StopPipelineExecutionInput;
use codepipeline_api::output::StopPipelineExecutionOutput;

/// Lets running actions end, or abandons them, and runs nothing further.
pub async fn stop_pipeline_execution(
    input: StopPipelineExecutionInput,
    call: Call,
) -> Result<StopPipelineExecutionOutput, StopPipelineExecutionError> {
    let service = &call.app.codepipeline;
    let (name, id) = (input.pipeline_name, input.pipeline_execution_id);
    service.tables.find(&call.scope, &name)?;
    let wish = StopExecution {
        execution: id.clone(),
        abandon: input.abandon == Some(true),
        reason: input.reason.filter(|reason| !reason.is_empty()),
    };
    let key = (call.scope.clone(), name.clone());
    let stopped = service.engine.command(key, move |live, now, _| {
        stop_execution(live, now, wish).map(|step| (step, ()))
    });
    match stopped.await.map_err(WriteError::refused) {
        Ok(()) => Ok(StopPipelineExecutionOutput {
            pipeline_execution_id: Some(id),
        }),
        Err(StopRefused::NotStoppable) => Err(errors::not_stoppable(&name, &id).into()),
        Err(StopRefused::Duplicated) => Err(errors::stopped_already(&name, &id).into()),
    }
}
