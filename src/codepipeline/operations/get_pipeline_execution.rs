//! GetPipelineExecution: <https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_GetPipelineExecution.html>

use crate::codepipeline::view;
use crate::server::call::Call;
use codepipeline_api::error::GetPipelineExecutionError;
use codepipeline_api::input::GetPipelineExecutionInput;
use codepipeline_api::output::GetPipelineExecutionOutput;

/// One execution, live or over.
pub async fn get_pipeline_execution(
    input: GetPipelineExecutionInput,
    call: Call,
) -> Result<GetPipelineExecutionOutput, GetPipelineExecutionError> {
    let tables = &call.app.codepipeline.tables;
    tables.find(&call.scope, &input.pipeline_name)?;
    let key = (call.scope.clone(), input.pipeline_name);
    let execution = tables.find_execution(&key, &input.pipeline_execution_id, call.now)?;
    Ok(GetPipelineExecutionOutput {
        pipeline_execution: Some(view::execution(&key.1, &execution)),
    })
}
