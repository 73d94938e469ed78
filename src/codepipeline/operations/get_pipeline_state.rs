//! GetPipelineState: <https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_GetPipelineState.html>

use crate::codepipeline::action_types::Types;
use crate::codepipeline::state_view;
use crate::server::call::Call;
use crate::store::Committed;
use codepipeline_api::error::GetPipelineStateError;
use codepipeline_api::input::GetPipelineStateInput;
use codepipeline_api::output::GetPipelineStateOutput;

/// Per stage, the newest execution that entered it and those that wait in front of it.
pub async fn get_pipeline_state(
    input: GetPipelineStateInput,
    call: Call,
) -> Result<GetPipelineStateOutput, GetPipelineStateError> {
    let service = &call.app.codepipeline;
    let row = service.tables.find(&call.scope, &input.name)?;
    let key = (call.scope.clone(), input.name);
    let live = service.engine.state(&key).unwrap_or_default();
    let tables = &service.tables;
    let types = Types::named_by(&row.declaration, &Committed, tables, &call.scope);
    Ok(state_view::state(&row, &live, &types))
}
