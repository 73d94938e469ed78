//! CreatePipeline: <https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_CreatePipeline.html>

use crate::aws::Arn;
use crate::codepipeline::action_types::Types;
use crate::codepipeline::service::check_roles;
use crate::codepipeline::store::PipelineRow;
use crate::codepipeline::{echo, errors, plan, quotas, tags, validate};
use crate::engine::pipeline::Seed;
use crate::engine::pipeline::commands::{Create, create};
use crate::server::call::Call;
use crate::store::WriteError;
use codepipeline_api::error::CreatePipelineError;
use codepipeline_api::input::CreatePipelineInput;
use codepipeline_api::output::CreatePipelineOutput;
use std::sync::Arc;
use uuid::Uuid;

/// The declaration as stored, in version 1. It runs at once unless a source looks for revisions by itself.
pub async fn create_pipeline(
    input: CreatePipelineInput,
    call: Call,
) -> Result<CreatePipelineOutput, CreatePipelineError> {
    let service = &call.app.codepipeline;
    let asked = input.pipeline;
    let key = (call.scope.clone(), asked.name.clone());
    if service.tables.pipelines.contains(&key) {
        return Err(errors::name_in_use(call.account(), &key.1).into());
    }
    check_roles(&*call.app.companions, &asked).await?;
    let arn = Arn::regional("codepipeline", &call.scope, key.1.clone()).to_string();
    let tags_given = input.tags.clone();
    let wish = Create {
        caller_arn: call.principal.arn().to_owned(),
        seed: Seed::new(Uuid::new_v4()),
    };
    let (tables, stored, account) = (service.tables.clone(), key.clone(), call.account().clone());
    let created = service.engine.command(key, move |_, now, tx| {
        let scope = &stored.0;
        if tx.contains(&tables.pipelines, &stored) {
            return Err(CreatePipelineError::from(errors::name_in_use(
                &account, &stored.1,
            )));
        }
        let types = Types::named_by(&asked, tx, &tables, scope);
        validate::check(&asked, scope.region.as_str(), None, &types)
            .map_err(validate::Invalid::into_error::<CreatePipelineError>)?;
        tags::check(input.tags.as_deref().unwrap_or_default())?;
        let tags = tags::merge(&arn, tags::Tags::default(), input.tags.unwrap_or_default())?;
        let declaration = echo::normalised(asked, 1);
        let plan = Arc::new(plan::plan(scope, &declaration));
        quotas::pipelines(&tables, tx, scope)?;
        quotas::polling(&tables, tx, &stored, &plan)?;
        let row = PipelineRow {
            declaration: declaration.clone(),
            plan: plan.clone(),
            created: now,
            updated: now,
        };
        let version = (stored.clone(), 1);
        tx.put_record(&tables.versions, version, declaration.clone());
        tx.put(&tables.tags, stored.clone(), tags);
        tx.put(&tables.pipelines, stored, row);
        let shown = echo::shown(declaration, &types);
        Ok((create(&plan, now, wish), shown))
    });
    let shown = created.await.map_err(WriteError::refused)?;
    Ok(CreatePipelineOutput {
        pipeline: Some(shown),
        tags: tags_given,
    })
}
