//! Batches as the wire shows them: the settings and the engine's state, put together.
//!
//! Source: contract, codebuild sections 11.2 and 11.3.

use super::settings::{BatchSettings, MINUTES, MOST_BUILDS};
use crate::aws::Time;
use crate::codebuild::names::build_arn;
use crate::codebuild::view::{contexts, status};
use crate::engine::batch::spec::BATCHSPEC;
use crate::engine::batch::state::{
    BatchState, Group, GroupStatus, Phase, PhaseRecord, PhaseStatus, Summary,
};
use crate::engine::build::state::ArtifactResult;
use codebuild_api::model::*;

/// The batch as BatchGetBuildBatches answers it.
pub fn batch(of: &BatchSettings, state: &BatchState) -> BuildBatch {
    let plan = &state.plan;
    BuildBatch {
        id: Some(plan.id()),
        arn: Some(plan.arn()),
        start_time: Some(plan.start.wire()),
        end_time: state.end.map(Time::wire),
        current_phase: Some(state.current().as_str().to_owned()),
        build_batch_status: Some(status(state.status)),
        resolved_source_version: state.resolved_source_version.clone(),
        project_name: Some(plan.project.clone()),
        phases: Some(state.phases.iter().map(phase).collect()),
        artifacts: Some(primary_artifacts(of, state)),
        secondary_artifacts: secondary_artifacts(of, state),
        complete: Some(state.is_complete()),
        initiator: Some(plan.initiator.clone()),
        build_batch_number: i64::try_from(plan.number).ok(),
        build_groups: Some(
            state
                .groups
                .iter()
                .map(|group| shown(of, state, group))
                .collect(),
        ),
        ..of_settings(of)
    }
}

/// What never changes after the start. A pipeline's batch has the pipeline's source type.
fn of_settings(of: &BatchSettings) -> BuildBatch {
    let settings = &of.settings;
    let source = match of.pipeline {
        Some(_) => ProjectSource {
            buildspec: settings.source.buildspec.clone(),
            insecure_ssl: Some(false),
            ..ProjectSource::new(SourceType::Codepipeline)
        },
        None => settings.source.clone(),
    };
    BuildBatch {
        source_version: settings.source_version.clone(),
        source: Some(source),
        secondary_sources: Some(settings.secondary_sources.clone()),
        secondary_source_versions: Some(settings.secondary_source_versions.clone()),
        cache: Some(settings.cache.clone()),
        environment: Some(settings.environment.clone()),
        service_role: Some(settings.service_role.clone()),
        log_config: Some(logs(settings.logs.as_ref())),
        build_timeout_in_minutes: Some(settings.timeout_in_minutes),
        queued_timeout_in_minutes: Some(settings.queued_timeout_in_minutes),
        vpc_config: settings.vpc_config.clone(),
        encryption_key: Some(settings.encryption_key.clone()),
        file_system_locations: settings.file_system_locations.clone(),
        build_batch_config: Some(config(&of.config)),
        debug_session_enabled: Some(settings.debug_session),
        ..BuildBatch::default()
    }
}

fn logs(given: Option<&LogsConfig>) -> LogsConfig {
    let mut logs = given.cloned().unwrap_or_default();
    logs.cloud_watch_logs
        .get_or_insert_with(|| CloudWatchLogsConfig::new(LogsConfigStatusType::Enabled));
    logs.s3_logs.get_or_insert_with(|| S3LogsConfig {
        encryption_disabled: Some(false),
        ..S3LogsConfig::new(LogsConfigStatusType::Disabled)
    });
    logs
}

/// With the defaults that AWS shows on batches.
fn config(given: &ProjectBuildBatchConfig) -> ProjectBuildBatchConfig {
    let mut config = given.clone();
    config.timeout_in_mins.get_or_insert(MINUTES);
    config
        .restrictions
        .get_or_insert_default()
        .maximum_builds_allowed
        .get_or_insert(MOST_BUILDS);
    config
}

fn phase(record: &PhaseRecord) -> BuildBatchPhase {
    let end = record.end.as_ref();
    let seconds = |end: Time| i64::try_from(end.since(record.start).as_secs()).unwrap_or(i64::MAX);
    BuildBatchPhase {
        phase_type: Some(phase_type(record.phase)),
        start_time: Some(record.start.wire()),
        phase_status: end.map(|end| phase_status(end.status)),
        end_time: end.map(|end| end.time.wire()),
        duration_in_seconds: end.map(|end| seconds(end.time)),
        contexts: end.and_then(|end| end.context.as_ref()).map(contexts),
    }
}

fn phase_type(phase: Phase) -> BuildBatchPhaseType {
    match phase {
        Phase::Submitted => BuildBatchPhaseType::Submitted,
        Phase::DownloadBatchspec => BuildBatchPhaseType::DownloadBatchspec,
        Phase::InProgress => BuildBatchPhaseType::InProgress,
        Phase::CombineArtifacts => BuildBatchPhaseType::CombineArtifacts,
        Phase::Succeeded => BuildBatchPhaseType::Succeeded,
        Phase::Failed => BuildBatchPhaseType::Failed,
        Phase::Stopped => BuildBatchPhaseType::Stopped,
    }
}

fn phase_status(status: PhaseStatus) -> StatusType {
    match status {
        PhaseStatus::Succeeded => StatusType::Succeeded,
        PhaseStatus::Failed => StatusType::Failed,
        PhaseStatus::ClientError => StatusType::ClientError,
        PhaseStatus::TimedOut => StatusType::TimedOut,
        PhaseStatus::Stopped => StatusType::Stopped,
        PhaseStatus::Retry => StatusType::Retry,
    }
}

fn shown(of: &BatchSettings, state: &BatchState, group: &Group) -> BuildGroup {
    let reads = group.identifier == BATCHSPEC;
    let summary = |summary: &Summary| self::summary(of, state, group, summary);
    let prior: Vec<BuildSummary> = group.prior.iter().map(summary).collect();
    BuildGroup {
        identifier: Some(group.identifier.clone()),
        depends_on: (!reads).then(|| group.depends_on().to_vec()),
        ignore_failure: Some(group.ignores_failure()),
        current_build_summary: Some(summary(&group.current)),
        prior_build_summary_list: (!prior.is_empty()).then_some(prior),
    }
}

fn summary(
    of: &BatchSettings,
    state: &BatchState,
    group: &Group,
    summary: &Summary,
) -> BuildSummary {
    let build = summary.build.as_deref();
    let primary = summary.artifacts.iter().find(|of| of.identifier.is_none());
    let secondary = summary
        .artifacts
        .iter()
        .filter(|of| of.identifier.is_some());
    BuildSummary {
        arn: build.map(|id| build_arn(&state.plan.scope, id)),
        requested_on: build.and(summary.requested).map(Time::wire),
        build_status: Some(match summary.status {
            GroupStatus::Pending | GroupStatus::Asked => StatusType::Pending,
            GroupStatus::Running => StatusType::InProgress,
            GroupStatus::Ended(ended) => status(ended),
        }),
        primary_artifact: Some(ResolvedArtifact {
            r#type: Some(artifacts_type(of, group)),
            location: primary.map(|of| of.location.clone()),
            identifier: Some(group.identifier.clone()),
        }),
        secondary_artifacts: Some(secondary.map(|part| resolved(of, group, part)).collect()),
    }
}

fn resolved(of: &BatchSettings, group: &Group, part: &ArtifactResult) -> ResolvedArtifact {
    ResolvedArtifact {
        r#type: Some(artifacts_type(of, group)),
        location: Some(part.location.clone()),
        identifier: part.identifier.clone(),
    }
}

/// Lower-case, other than everywhere else.
fn artifacts_type(of: &BatchSettings, group: &Group) -> ArtifactsType {
    match of.settings.artifacts.r#type {
        _ if group.identifier == BATCHSPEC => ArtifactsType::NoArtifacts2,
        ArtifactsType::S3 => ArtifactsType::S32,
        ArtifactsType::NoArtifacts => ArtifactsType::NoArtifacts2,
        other => other,
    }
}

fn primary_artifacts(of: &BatchSettings, state: &BatchState) -> BuildArtifacts {
    artifacts(&of.settings.artifacts, None, state)
}

fn secondary_artifacts(of: &BatchSettings, state: &BatchState) -> Option<Vec<BuildArtifacts>> {
    let all = of.settings.secondary_artifacts.iter();
    let shown: Vec<BuildArtifacts> = all
        .map(|of| artifacts(of, of.artifact_identifier.as_ref(), state))
        .collect();
    (!shown.is_empty()).then_some(shown)
}

/// Where the artifacts of all builds are put together; empty when they are not.
fn artifacts(
    of: &ProjectArtifacts,
    identifier: Option<&String>,
    state: &BatchState,
) -> BuildArtifacts {
    let named = |result: &&ArtifactResult| result.identifier.as_ref() == identifier;
    let result = state.artifacts.iter().find(named);
    BuildArtifacts {
        location: Some(
            result
                .map(|result| result.location.clone())
                .unwrap_or_default(),
        ),
        md5sum: result.map(|result| result.md5.clone()),
        sha256sum: result.map(|result| result.sha256.clone()),
        override_artifact_name: of.override_artifact_name,
        encryption_disabled: of.encryption_disabled,
        artifact_identifier: of.artifact_identifier.clone(),
        bucket_owner_access: of.bucket_owner_access,
        ..BuildArtifacts::default()
    }
}
