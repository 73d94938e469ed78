//! StartPipelineExecution: <https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_StartPipelineExecution.html>

use crate::codepipeline::errors;
use crate::engine::pipeline::commands::{
    RevisionKind, SourceOverride, StartExecution, StartRefused, start_execution,
};
use crate::engine::pipeline::execution::{Trigger, TriggerKind};
use crate::engine::pipeline::{Pipeline, Seed};
use crate::server::call::Call;
use crate::store::WriteError;
use codepipeline_api::error::{ConflictException, StartPipelineExecutionError};
use codepipeline_api::input::StartPipelineExecutionInput;
use codepipeline_api::model::{PipelineType, SourceRevisionOverride, SourceRevisionType};
use codepipeline_api::output::StartPipelineExecutionOutput;
use uuid::Uuid;

/// The id of the new execution; the same token gives the id it gave before.
pub async fn start_pipeline_execution(
    input: StartPipelineExecutionInput,
    call: Call,
) -> Result<StartPipelineExecutionOutput, StartPipelineExecutionError> {
    let service = &call.app.codepipeline;
    let name = input.name.clone();
    let key = (call.scope.clone(), name.clone());
    let absent = errors::pipeline_not_found(call.account(), &name);
    let wish = wish(input, call.principal.arn());
    let (tables, asked) = (service.tables.clone(), key.clone());
    let started = service.engine.begin(key, move |live, now, tx| {
        let Some(row) = tx.get(&tables.pipelines, &asked) else {
            return Err(StartPipelineExecutionError::from(absent));
        };
        let is_v1 = row.declaration.pipeline_type == Some(PipelineType::V1);
        if is_v1 && !wish.revisions.is_empty() && !is_repeated(live.as_ref(), &wish) {
            return Err(errors::overrides_need_v2().into());
        }
        start_execution(live, &row.plan, now, wish).map_err(|refused| refusal(&name, refused))
    });
    let id = started.await.map_err(WriteError::refused)?;
    Ok(StartPipelineExecutionOutput {
        pipeline_execution_id: Some(id),
    })
}

/// A token that is known decides alone, whatever comes with it.
fn is_repeated(live: Option<&Pipeline>, wish: &StartExecution) -> bool {
    let mut known = live.into_iter().flat_map(|live| &live.tokens);
    known.any(|known| Some(&known.token) == wish.token.as_ref())
}

fn wish(input: StartPipelineExecutionInput, caller: &str) -> StartExecution {
    let variables = input.variables.into_iter().flatten();
    let revisions = input.source_revisions.into_iter().flatten();
    StartExecution {
        seed: Seed::new(Uuid::new_v4()),
        trigger: Trigger {
            kind: TriggerKind::StartPipelineExecution,
            detail: caller.to_owned(),
        },
        variables: variables.map(|of| (of.name, of.value)).collect(),
        token: input.client_request_token,
        revisions: revisions.map(revision).collect(),
        listener: None,
    }
}

fn revision(of: SourceRevisionOverride) -> SourceOverride {
    SourceOverride {
        action: of.action_name,
        kind: match of.revision_type {
            SourceRevisionType::CommitId => RevisionKind::CommitId,
            SourceRevisionType::ImageDigest => RevisionKind::ImageDigest,
            SourceRevisionType::S3ObjectVersionId => RevisionKind::S3ObjectVersionId,
            SourceRevisionType::S3ObjectKey => RevisionKind::S3ObjectKey,
        },
        value: of.revision_value,
    }
}

fn refusal(pipeline: &str, refused: StartRefused) -> StartPipelineExecutionError {
    match refused {
        StartRefused::TooManyExecutions => errors::too_many_executions(pipeline).into(),
        StartRefused::Outdated => ConflictException::new(refused.to_string()).into(),
        StartRefused::DuplicateVariable(name) => errors::variable_named_twice(&name).into(),
        StartRefused::UnknownSource(action) => errors::unknown_source(pipeline, &action).into(),
        StartRefused::WrongRevisionType { action, kind } => {
            errors::wrong_revision_type(&action, kind).into()
        }
        StartRefused::KeyNotOverridable(action) => errors::key_not_overridable(&action).into(),
    }
}
