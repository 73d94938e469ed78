//! CreatePipeline: <https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_CreatePipeline.html>

use crate::aws::Arn;
use crate::codepipeline::service::check_roles;
use crate::codepipeline::store::{PipelineRow, Tables};
use crate::codepipeline::{echo, errors, plan, tags, validate};
use crate::engine::pipeline::Seed;
use crate::engine::pipeline::commands::{Create, create};
use crate::server::call::Call;
use crate::store::{Txn, WriteError};
use codepipeline_api::error::CreatePipelineError;
use codepipeline_api::input::CreatePipelineInput;
use codepipeline_api::model::PipelineDeclaration;
use codepipeline_api::output::CreatePipelineOutput;
use std::sync::Arc;
use uuid::Uuid;

/// Pipelines of one account in one region.
const MOST: usize = 1000;

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
    validate::check(&asked, call.scope.region.as_str(), None)
        .map_err(validate::Invalid::into_error::<CreatePipelineError>)?;
    let arn = Arn::regional("codepipeline", &call.scope, key.1.clone()).to_string();
    let tags_given = input.tags.clone();
    tags::check(input.tags.as_deref().unwrap_or_default())?;
    let tags = tags::merge(&arn, tags::Tags::default(), input.tags.unwrap_or_default())?;
    let declaration = echo::normalised(asked, 1);
    let plan = Arc::new(plan::plan(&call.scope, &declaration));
    let row = PipelineRow {
        declaration: declaration.clone(),
        plan: plan.clone(),
        created: call.now,
        updated: call.now,
    };
    let wish = Create {
        caller_arn: call.principal.arn().to_owned(),
        seed: Seed::new(Uuid::new_v4()),
    };
    let (tables, stored, account) = (service.tables.clone(), key.clone(), call.account().clone());
    let created = service.engine.command(key, move |_, now, tx| {
        if tx.contains(&tables.pipelines, &stored) {
            return Err(CreatePipelineError::from(errors::name_in_use(
                &account, &stored.1,
            )));
        }
        if is_full(&tables, tx, &stored.0) {
            return Err(errors::too_many_pipelines(MOST).into());
        }
        let version = (stored.clone(), 1);
        tx.put_record(&tables.versions, version, row.declaration.clone());
        tx.put(&tables.tags, stored.clone(), tags);
        tx.put(&tables.pipelines, stored, row);
        Ok((create(&plan, now, wish), ()))
    });
    created.await.map_err(WriteError::refused)?;
    Ok(answer(declaration, tags_given))
}

fn answer(
    declaration: PipelineDeclaration,
    tags: Option<Vec<codepipeline_api::model::Tag>>,
) -> CreatePipelineOutput {
    CreatePipelineOutput {
        pipeline: Some(echo::shown(declaration)),
        tags,
    }
}

fn is_full(tables: &Tables, tx: &Txn, scope: &crate::aws::Scope) -> bool {
    let first = (scope.clone(), String::new());
    let last = (scope.clone(), char::MAX.to_string());
    let rows = tx.range(
        &tables.pipelines,
        first..=last,
        crate::store::Direction::Forward,
        MOST,
    );
    rows.len() >= MOST
}
