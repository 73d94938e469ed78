//! RollbackStage: <https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_RollbackStage.html>

use crate::codepipeline::errors;
use crate::engine::pipeline::Seed;
use crate::engine::pipeline::commands::{self, RollbackRefused};
use crate::server::call::Call;
use crate::store::WriteError;
use codepipeline_api::error::RollbackStageError;
use codepipeline_api::input::RollbackStageInput;
use codepipeline_api::output::RollbackStageOutput;
use uuid::Uuid;

/// A new execution that runs the one stage with what an earlier execution ran there; the answer is its id.
pub async fn rollback_stage(
    input: RollbackStageInput,
    call: Call,
) -> Result<RollbackStageOutput, RollbackStageError> {
    let service = &call.app.codepipeline;
    let key = (call.scope.clone(), input.pipeline_name);
    let (stage, id) = (input.stage_name, input.target_pipeline_execution_id);
    let caller_arn = call.principal.arn().to_owned();
    let seed = Seed::new(Uuid::new_v4());
    let (tables, asked) = (service.tables.clone(), key.clone());
    let begun = service.engine.command(key, move |live, now, tx| {
        let row = tables.find_in(tx, &asked)?;
        let known = row.plan.stage(&stage);
        known.ok_or_else(|| errors::stage_not_found(&asked.1, &stage))?;
        let target = tables.execution_in(tx, &asked, &id, now);
        let target = target.ok_or_else(|| errors::target_not_found(&asked.1, &id))?;
        let wish = commands::RollbackStage {
            stage: stage.clone(),
            target,
            caller_arn,
            seed,
        };
        commands::rollback_stage(live, &row.plan, now, wish)
            .map_err(|refused| refusal(&asked.1, &stage, &id, refused))
    });
    Ok(RollbackStageOutput {
        pipeline_execution_id: begun.await.map_err(WriteError::refused)?,
    })
}

fn refusal(pipeline: &str, stage: &str, id: &str, refused: RollbackRefused) -> RollbackStageError {
    match refused {
        RollbackRefused::NoSuchStage => errors::stage_not_found(pipeline, stage).into(),
        RollbackRefused::Outdated => errors::target_outdated(pipeline).into(),
        RollbackRefused::NotCompleted => errors::target_not_completed(stage, id).into(),
        RollbackRefused::InProgress => errors::stage_in_progress(pipeline, stage).into(),
        RollbackRefused::FirstStage => errors::first_stage(pipeline, stage).into(),
        RollbackRefused::Skipped => errors::stage_skipped(pipeline, stage).into(),
    }
}
