//! UpdatePipeline: <https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_UpdatePipeline.html>

use crate::codepipeline::action_types::Types;
use crate::codepipeline::service::check_roles;
use crate::codepipeline::store::PipelineRow;
use crate::codepipeline::{echo, errors, plan, quotas, validate};
use crate::engine::pipeline::Seed;
use crate::engine::pipeline::commands::update_definition;
use crate::server::call::Call;
use crate::store::WriteError;
use codepipeline_api::error::UpdatePipelineError;
use codepipeline_api::input::UpdatePipelineInput;
use codepipeline_api::output::UpdatePipelineOutput;
use slipway_runtime::CommonError;
use std::sync::Arc;
use uuid::Uuid;

/// Replaces the whole declaration by a new version of it. Starts nothing by itself.
pub async fn update_pipeline(
    input: UpdatePipelineInput,
    call: Call,
) -> Result<UpdatePipelineOutput, UpdatePipelineError> {
    let service = &call.app.codepipeline;
    let asked = input.pipeline;
    let key = (call.scope.clone(), asked.name.clone());
    // The model lists no exception for a pipeline that is not there; AWS answers one all the same.
    let absent = CommonError::new(errors::resource_not_found(call.account(), &asked.name));
    if !service.tables.pipelines.contains(&key) {
        return Err(absent.into());
    }
    check_roles(&*call.app.companions, &asked).await?;
    let (tables, scope, stored) = (service.tables.clone(), call.scope.clone(), key.clone());
    let seed = Seed::new(Uuid::new_v4());
    let updated = service.engine.command(key, move |live, now, tx| {
        let Some(before) = tx.get(&tables.pipelines, &stored) else {
            return Err(UpdatePipelineError::from(absent));
        };
        let types = Types::named_by(&asked, tx, &tables, &scope);
        let region = scope.region.as_str();
        validate::check(&asked, region, Some(&before.declaration), &types)
            .map_err(validate::Invalid::into_error::<UpdatePipelineError>)?;
        let version = before.declaration.version.unwrap_or(1) + 1;
        let asked = echo::keep_secrets(asked, &before.declaration, &types);
        let declaration = echo::normalised(asked, version);
        let plan = Arc::new(plan::plan(&scope, &declaration));
        quotas::polling(&tables, tx, &stored, &plan)?;
        let row = PipelineRow {
            declaration: declaration.clone(),
            plan: plan.clone(),
            created: before.created,
            updated: now,
        };
        let kept = (stored.clone(), u64::from(version.unsigned_abs()));
        tx.put_record(&tables.versions, kept, declaration.clone());
        tx.put(&tables.pipelines, stored, row);
        let shown = echo::shown(declaration, &types);
        Ok((update_definition(live, &plan, now, seed), shown))
    });
    let shown = updated.await.map_err(WriteError::refused)?;
    Ok(UpdatePipelineOutput {
        pipeline: Some(shown),
    })
}
