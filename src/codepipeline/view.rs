//! Executions as the wire shows them.
//!
//! Source: contract, codepipeline sections 5.11 and 5.13.

use super::action_types::Types;
use super::links::{Place, Templates};
use crate::aws::Time;
use crate::engine::pipeline::ActionRecord;
use crate::engine::pipeline::execution::{
    ActionError, ActionStatus, ArtifactAt, Execution, ExecutionStatus, SourceRevision, StageStatus,
    Trigger, TriggerKind,
};
use crate::engine::pipeline::plan::{ActionKind, Mode};
use crate::engine::pipeline::record::HistoryResult;
use codepipeline_api::model as api;
use std::collections::BTreeMap;

/// As GetPipelineExecution answers it.
pub fn execution(pipeline: &str, of: &Execution) -> api::PipelineExecution {
    api::PipelineExecution {
        pipeline_name: Some(pipeline.to_owned()),
        pipeline_version: i32::try_from(of.pipeline_version).ok(),
        pipeline_execution_id: Some(of.id.clone()),
        status: Some(status(of.status)),
        status_summary: of.summary.clone(),
        artifact_revisions: Some(of.revisions.iter().map(artifact_revision).collect()),
        variables: of
            .variables
            .as_ref()
            .filter(|map| !map.is_empty())
            .map(|map| {
                let pairs = map.iter();
                pairs.map(|(name, value)| resolved(name, value)).collect()
            }),
        trigger: Some(trigger(&of.trigger)),
        execution_mode: Some(mode(of.mode)),
        execution_type: execution_type(of),
        rollback_metadata: rollback(of),
    }
}

/// As ListPipelineExecutions lists it.
pub fn summary(of: &Execution) -> api::PipelineExecutionSummary {
    api::PipelineExecutionSummary {
        pipeline_execution_id: Some(of.id.clone()),
        status: Some(status(of.status)),
        status_summary: of.summary.clone(),
        start_time: Some(of.started.wire()),
        last_update_time: Some(of.updated.wire()),
        source_revisions: Some(of.revisions.iter().map(source_revision).collect()),
        trigger: Some(trigger(&of.trigger)),
        stop_trigger: of
            .stop
            .as_ref()
            .and_then(|stop| stop.reason.clone())
            .map(|reason| api::StopExecutionTrigger {
                reason: Some(reason),
            }),
        execution_mode: Some(mode(of.mode)),
        execution_type: execution_type(of),
        rollback_metadata: rollback(of),
    }
}

/// As ListActionExecutions lists it; `types` has those of customers.
pub fn action(of: &ActionRecord, types: &Types) -> api::ActionExecutionDetail {
    let run = &of.run;
    api::ActionExecutionDetail {
        pipeline_execution_id: Some(of.execution.clone()),
        action_execution_id: Some(run.id.clone()),
        pipeline_version: i32::try_from(of.pipeline_version).ok(),
        stage_name: Some(of.stage.clone()),
        action_name: Some(run.name.clone()),
        start_time: Some(run.started.wire()),
        last_update_time: Some(run.updated.wire()),
        updated_by: run.updated_by.clone(),
        status: Some(action_status(run.status)),
        input: Some(input(of)),
        output: Some(output(of, types)),
    }
}

/// Shown of rollbacks only.
fn execution_type(of: &Execution) -> Option<api::ExecutionType> {
    of.rollback_of
        .as_ref()
        .map(|_| api::ExecutionType::Rollback)
}

fn rollback(of: &Execution) -> Option<api::PipelineRollbackMetadata> {
    let target = of.rollback_of.clone()?;
    Some(api::PipelineRollbackMetadata {
        rollback_target_pipeline_execution_id: Some(target),
    })
}

pub fn status(status: ExecutionStatus) -> api::PipelineExecutionStatus {
    match status {
        ExecutionStatus::InProgress => api::PipelineExecutionStatus::InProgress,
        ExecutionStatus::Stopping => api::PipelineExecutionStatus::Stopping,
        ExecutionStatus::Stopped => api::PipelineExecutionStatus::Stopped,
        ExecutionStatus::Succeeded => api::PipelineExecutionStatus::Succeeded,
        ExecutionStatus::Failed => api::PipelineExecutionStatus::Failed,
        ExecutionStatus::Superseded => api::PipelineExecutionStatus::Superseded,
        ExecutionStatus::Cancelled => api::PipelineExecutionStatus::Cancelled,
    }
}

pub fn stage_status(status: StageStatus) -> api::StageExecutionStatus {
    match status {
        StageStatus::InProgress => api::StageExecutionStatus::InProgress,
        StageStatus::Stopping => api::StageExecutionStatus::Stopping,
        StageStatus::Stopped => api::StageExecutionStatus::Stopped,
        StageStatus::Succeeded => api::StageExecutionStatus::Succeeded,
        StageStatus::Failed => api::StageExecutionStatus::Failed,
        StageStatus::Cancelled => api::StageExecutionStatus::Cancelled,
        StageStatus::Skipped => api::StageExecutionStatus::Skipped,
    }
}

pub fn action_status(status: ActionStatus) -> api::ActionExecutionStatus {
    match status {
        ActionStatus::InProgress => api::ActionExecutionStatus::InProgress,
        ActionStatus::Succeeded => api::ActionExecutionStatus::Succeeded,
        ActionStatus::Failed => api::ActionExecutionStatus::Failed,
        ActionStatus::Abandoned => api::ActionExecutionStatus::Abandoned,
    }
}

/// An error with code and text.
pub fn error(error: &ActionError) -> api::ErrorDetails {
    api::ErrorDetails {
        code: Some(error.code.as_str().to_owned()),
        message: Some(error.message.clone()),
    }
}

fn resolved(name: &str, value: &str) -> api::ResolvedPipelineVariable {
    api::ResolvedPipelineVariable {
        name: Some(name.to_owned()),
        resolved_value: Some(value.to_owned()),
    }
}

fn trigger(of: &Trigger) -> api::ExecutionTrigger {
    api::ExecutionTrigger {
        trigger_type: Some(trigger_type(of.kind)),
        trigger_detail: Some(of.detail.clone()),
    }
}

pub fn trigger_type(kind: TriggerKind) -> api::TriggerType {
    match kind {
        TriggerKind::CreatePipeline => api::TriggerType::CreatePipeline,
        TriggerKind::StartPipelineExecution => api::TriggerType::StartPipelineExecution,
        TriggerKind::PollForSourceChanges => api::TriggerType::PollForSourceChanges,
        TriggerKind::CloudWatchEvent => api::TriggerType::CloudWatchEvent,
        TriggerKind::Webhook => api::TriggerType::Webhook,
        TriggerKind::WebhookV2 => api::TriggerType::WebhookV2,
        TriggerKind::PutActionRevision => api::TriggerType::PutActionRevision,
        TriggerKind::ManualRollback => api::TriggerType::ManualRollback,
        TriggerKind::AutomatedRollback => api::TriggerType::AutomatedRollback,
    }
}

fn mode(mode: Mode) -> api::ExecutionMode {
    match mode {
        Mode::Superseded => api::ExecutionMode::Superseded,
        Mode::Queued => api::ExecutionMode::Queued,
        Mode::Parallel => api::ExecutionMode::Parallel,
    }
}

fn artifact_revision(of: &SourceRevision) -> api::ArtifactRevision {
    api::ArtifactRevision {
        name: of.artifact.clone(),
        revision_id: Some(of.revision.id.clone()),
        revision_change_identifier: of.revision.change.clone(),
        revision_summary: of.revision.summary.clone(),
        created: of.revision.created.map(Time::wire),
        revision_url: of.revision.url.clone(),
    }
}

fn source_revision(of: &SourceRevision) -> api::SourceRevision {
    api::SourceRevision {
        revision_id: Some(of.revision.id.clone()),
        revision_summary: of.revision.summary.clone(),
        revision_url: of.revision.url.clone(),
        ..api::SourceRevision::new(of.action.clone())
    }
}

fn input(of: &ActionRecord) -> api::ActionExecutionInput {
    api::ActionExecutionInput {
        action_type_id: Some(type_id(&of.kind)),
        configuration: Some(super::echo::without_secrets(
            &of.kind,
            BTreeMap::clone(&of.configuration),
        )),
        resolved_configuration: Some(super::echo::without_secrets(
            &of.kind,
            BTreeMap::clone(&of.run.resolved),
        )),
        role_arn: of.role_arn.clone(),
        region: Some(of.region.to_string()),
        input_artifacts: Some(of.run.inputs.iter().map(artifact).collect()),
        namespace: of.namespace.clone(),
    }
}

/// The id of the type; rules, which have none, are shown as builds.
pub fn type_id(kind: &ActionKind) -> api::ActionTypeId {
    let category = kind.category.to_string();
    let category =
        api::ActionCategory::try_from(category.as_str()).unwrap_or(api::ActionCategory::Build);
    let owner = api::ActionOwner::try_from(kind.owner.as_str()).unwrap_or(api::ActionOwner::Aws);
    api::ActionTypeId::new(category, owner, kind.provider.clone(), kind.version.clone())
}

/// Artifacts are shown once they are made.
fn output(of: &ActionRecord, types: &Types) -> api::ActionExecutionOutput {
    let made = of.run.status == ActionStatus::Succeeded;
    let outputs = of.run.outputs.iter().filter(|_| made);
    api::ActionExecutionOutput {
        output_artifacts: Some(outputs.map(artifact).collect()),
        output_variables: Some(of.run.variables.clone()),
        execution_result: of.history().map(|shown| {
            let url = execution_url(of, &shown, types);
            let shown = result(shown);
            api::ActionExecutionResult {
                external_execution_url: shown.external_execution_url.or(url),
                ..shown
            }
        }),
    }
}

/// An artifact of the history, where the location's name is all lower case.
pub fn artifact(of: &ArtifactAt) -> api::ArtifactDetail {
    api::ArtifactDetail {
        name: Some(of.name.clone()),
        s3location: Some(api::S3Location {
            bucket: Some(of.bucket.clone()),
            key: Some(of.key.clone()),
        }),
    }
}

/// Where the console shows what the provider ran, when the provider itself did not say.
fn execution_url(of: &ActionRecord, result: &HistoryResult, types: &Types) -> Option<String> {
    let id = result.external_id.as_deref()?;
    let place = Place {
        region: of.region.as_str(),
        configuration: &of.run.resolved,
    };
    Templates::of(&of.kind, types).execution(place, id)
}

fn result(of: HistoryResult) -> api::ActionExecutionResult {
    api::ActionExecutionResult {
        external_execution_id: of.external_id,
        external_execution_summary: of.external_summary,
        external_execution_url: of.external_url,
        error_details: of.error_code.map(|code| api::ErrorDetails {
            code: Some(code.to_owned()),
            message: of.error_message,
        }),
        log_stream_arn: of.log_stream_arn,
    }
}
