//! StartPipelineExecution: <https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_StartPipelineExecution.html>

use crate::codepipeline::errors;
use crate::engine::pipeline::Seed;
use crate::engine::pipeline::commands::{
    RevisionKind, SourceOverride, StartExecution, StartRefused, start_execution,
};
use crate::engine::pipeline::execution::{Trigger, TriggerKind};
use crate::server::call::Call;
use crate::store::WriteError;
use codepipeline_api::error::{
    ConflictException, StartPipelineExecutionError, ValidationException,
};
use codepipeline_api::input::StartPipelineExecutionInput;
use codepipeline_api::model::{SourceRevisionOverride, SourceRevisionType};
use codepipeline_api::output::StartPipelineExecutionOutput;
use uuid::Uuid;

/// Live executions that a QUEUED or PARALLEL pipeline may have.
const MOST: usize = 50;

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
    let started = service.engine.command(key, move |live, now, tx| {
        let Some(row) = tx.get(&tables.pipelines, &asked) else {
            return Err(StartPipelineExecutionError::from(absent));
        };
        start_execution(live, &row.plan, now, wish).map_err(|refused| refusal(&name, refused))
    });
    let id = started.await.map_err(WriteError::refused)?;
    Ok(StartPipelineExecutionOutput {
        pipeline_execution_id: Some(id),
    })
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
        StartRefused::TooManyExecutions => errors::too_many_executions(pipeline, MOST).into(),
        StartRefused::Outdated => ConflictException::new(refused.to_string()).into(),
        StartRefused::DuplicateVariable(_)
        | StartRefused::UnknownSource(_)
        | StartRefused::WrongRevisionType { .. }
        | StartRefused::KeyNotOverridable(_) => {
            ValidationException::new(refused.to_string()).into()
        }
    }
}
