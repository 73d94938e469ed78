//! DeletePipeline: <https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_DeletePipeline.html>

use crate::engine::pipeline::commands::delete;
use crate::server::call::Call;
use crate::store::WriteError;
use codepipeline_api::error::DeletePipelineError;
use codepipeline_api::input::DeletePipelineInput;
use codepipeline_api::output::DeletePipelineOutput;

/// The pipeline, its executions, history and tags; one that is not there is deleted just as well.
pub async fn delete_pipeline(
    input: DeletePipelineInput,
    call: Call,
) -> Result<DeletePipelineOutput, DeletePipelineError> {
    let service = &call.app.codepipeline;
    let key = (call.scope.clone(), input.name);
    let (tables, gone) = (service.tables.clone(), key.clone());
    let deleted = service.engine.command(key, move |live, now, tx| {
        tx.remove(&tables.pipelines, &gone);
        tx.remove(&tables.tags, &gone);
        tables.remove_history(tx, &gone);
        Ok((delete(live, now), ()))
    });
    deleted
        .await
        .map_err(WriteError::<DeletePipelineError>::refused)?;
    Ok(DeletePipelineOutput::default())
}
