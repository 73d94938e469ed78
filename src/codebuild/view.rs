//! Builds as the wire shows them: the customer's settings and the engine's state, put together.
//!
//! Source: contract, codebuild sections 0, 2, 3.2.2 and 4.1.

use super::names::{build_arn, report_arn};
use super::settings::Settings;
use crate::aws::{Arn, Time};
use crate::engine::batch;
use crate::engine::build::plan::{Artifacts, Source};
use crate::engine::build::state::{
    ArtifactResult, BuildState, BuildStatus, Context, Phase, PhaseRecord, PhaseStatus,
};
use codebuild_api::model::*;
use sha2::{Digest, Sha256};

/// The build as BatchGetBuilds answers it.
pub fn build(settings: &Settings, state: &BuildState) -> Build {
    let plan = &state.plan;
    Build {
        id: Some(plan.id()),
        arn: Some(plan.arn()),
        build_number: i64::try_from(plan.number).ok(),
        project_name: Some(plan.project.clone()),
        start_time: Some(plan.start.wire()),
        end_time: state.end.map(Time::wire),
        current_phase: Some(phase_type(state.current()).as_str().to_owned()),
        build_status: Some(status(state.status)),
        build_complete: Some(state.is_complete()),
        source_version: plan.source_version.clone(),
        resolved_source_version: state.resolved_source_version.clone(),
        phases: Some(state.phases.iter().map(phase).collect()),
        artifacts: Some(primary_artifacts(settings, state)),
        secondary_artifacts: secondary_artifacts(settings, state),
        logs: Some(logs(settings, state)),
        initiator: Some(plan.initiator.clone()),
        build_batch_arn: plan
            .batch
            .as_ref()
            .map(|member| batch::plan::arn(&plan.scope, &member.batch)),
        report_arns: reports(state),
        exported_environment_variables: state.exported.as_ref().map(|list| exported(list)),
        ..of_settings(settings, state)
    }
}

/// What never changes after the start. A pipeline's build has the pipeline's source and artifact types.
fn of_settings(settings: &Settings, state: &BuildState) -> Build {
    let of_pipeline = matches!(state.plan.source, Source::Pipeline(_));
    let source = match of_pipeline || state.plan.listener.is_some() {
        true => ProjectSource {
            buildspec: settings.source.buildspec.clone(),
            insecure_ssl: Some(false),
            ..ProjectSource::new(SourceType::Codepipeline)
        },
        false => settings.source.clone(),
    };
    Build {
        source: Some(source),
        secondary_sources: Some(settings.secondary_sources.clone()),
        secondary_source_versions: Some(settings.secondary_source_versions.clone()),
        cache: Some(settings.cache.clone()),
        environment: Some(settings.environment.clone()),
        service_role: Some(settings.service_role.clone()),
        timeout_in_minutes: Some(settings.timeout_in_minutes),
        queued_timeout_in_minutes: Some(settings.queued_timeout_in_minutes),
        encryption_key: Some(settings.encryption_key.clone()),
        vpc_config: settings.vpc_config.clone(),
        network_interface: network_interface(settings, state),
        file_system_locations: settings.file_system_locations.clone(),
        // Differs from AWS: a build's `debugSession` has no `sessionTarget`; a build held at a breakpoint goes on by `codebuild-resume` in its container.
        debug_session: settings.debug_session.then_some(DebugSession {
            session_enabled: Some(true),
            session_target: None,
        }),
        auto_retry_config: auto_retry(state),
        ..Build::default()
    }
}

// Differs from AWS: builds of projects with a vpcConfig run in this machine's network; their networkInterface is made up.
/// Of builds in a VPC, from the end of PROVISIONING on. There is none in truth: the id is made of the build's (contract, codebuild
/// section 9.2).
pub(super) fn network_interface(
    settings: &Settings,
    state: &BuildState,
) -> Option<NetworkInterface> {
    let vpc = settings.vpc_config.as_ref()?;
    let provisioned = state.phase(Phase::Provisioning)?.end.as_ref()?;
    let digest = hex::encode(Sha256::digest(&state.plan.uuid));
    (provisioned.status == PhaseStatus::Succeeded).then(|| NetworkInterface {
        subnet_id: vpc.subnets.as_ref().and_then(|ids| ids.first().cloned()),
        network_interface_id: Some(format!("eni-{}", &digest[..17])),
    })
}

/// Shown when a limit is set, and on every build of a chain.
fn auto_retry(state: &BuildState) -> Option<AutoRetryConfig> {
    let place = &state.plan.retry;
    let next = state.next_retry.as_ref();
    if place.limit.is_none() && place.number == 0 && next.is_none() {
        return None;
    }
    let limit = place.limit.or_else(|| next.map(|_| state.retry_limit()));
    let arn = |id: &String| build_arn(&state.plan.scope, id);
    Some(AutoRetryConfig {
        auto_retry_limit: limit.and_then(|limit| i32::try_from(limit).ok()),
        auto_retry_number: i32::try_from(place.number).ok(),
        next_auto_retry: next.map(arn),
        previous_auto_retry: place.previous.as_ref().map(arn),
    })
}

fn phase(record: &PhaseRecord) -> BuildPhase {
    let end = record.end.as_ref();
    let seconds = |end: Time| i64::try_from(end.since(record.start).as_secs()).unwrap_or(i64::MAX);
    BuildPhase {
        phase_type: Some(phase_type(record.phase)),
        start_time: Some(record.start.wire()),
        phase_status: end.map(|end| phase_status(end.status)),
        end_time: end.map(|end| end.time.wire()),
        duration_in_seconds: end.map(|end| seconds(end.time)),
        contexts: end.and_then(|end| end.context.as_ref()).map(contexts),
    }
}

pub(super) fn contexts(context: &Context) -> Vec<PhaseContext> {
    vec![PhaseContext {
        status_code: Some(context.code.clone()),
        message: Some(context.message.clone()),
    }]
}

fn phase_type(phase: Phase) -> BuildPhaseType {
    match phase {
        Phase::Submitted => BuildPhaseType::Submitted,
        Phase::Queued => BuildPhaseType::Queued,
        Phase::Provisioning => BuildPhaseType::Provisioning,
        Phase::DownloadSource => BuildPhaseType::DownloadSource,
        // Of sandboxes only, which are shown elsewhere.
        Phase::RunSandbox => BuildPhaseType::Build,
        Phase::Install => BuildPhaseType::Install,
        Phase::PreBuild => BuildPhaseType::PreBuild,
        Phase::Build => BuildPhaseType::Build,
        Phase::PostBuild => BuildPhaseType::PostBuild,
        Phase::UploadArtifacts => BuildPhaseType::UploadArtifacts,
        Phase::Finalizing => BuildPhaseType::Finalizing,
        Phase::Completed => BuildPhaseType::Completed,
    }
}

pub(super) fn phase_status(status: PhaseStatus) -> StatusType {
    match status {
        PhaseStatus::Succeeded => StatusType::Succeeded,
        PhaseStatus::Failed => StatusType::Failed,
        PhaseStatus::Fault => StatusType::Fault,
        PhaseStatus::TimedOut => StatusType::TimedOut,
        PhaseStatus::Stopped => StatusType::Stopped,
    }
}

pub(super) fn status(status: BuildStatus) -> StatusType {
    match status {
        BuildStatus::InProgress => StatusType::InProgress,
        BuildStatus::Succeeded => StatusType::Succeeded,
        BuildStatus::Failed => StatusType::Failed,
        BuildStatus::Fault => StatusType::Fault,
        BuildStatus::TimedOut => StatusType::TimedOut,
        BuildStatus::Stopped => StatusType::Stopped,
    }
}

fn primary_artifacts(settings: &Settings, state: &BuildState) -> BuildArtifacts {
    let result = state
        .artifacts
        .iter()
        .find(|result| result.identifier.is_none());
    artifacts(
        &settings.artifacts,
        state.plan.artifacts.as_ref(),
        result,
        state,
    )
}

fn secondary_artifacts(settings: &Settings, state: &BuildState) -> Option<Vec<BuildArtifacts>> {
    let planned = &state.plan.secondary_artifacts;
    let shown = planned.iter().map(|planned| {
        let identifier = Some(&planned.identifier);
        let of = settings
            .secondary_artifacts
            .iter()
            .find(|of| of.artifact_identifier.as_ref() == identifier);
        let default = ProjectArtifacts::new(ArtifactsType::Codepipeline);
        let result = state
            .artifacts
            .iter()
            .find(|result| result.identifier.as_ref() == identifier);
        BuildArtifacts {
            artifact_identifier: identifier.cloned(),
            ..artifacts(
                of.unwrap_or(&default),
                Some(&planned.artifacts),
                result,
                state,
            )
        }
    });
    let shown: Vec<BuildArtifacts> = shown.collect();
    (!shown.is_empty()).then_some(shown)
}

fn artifacts(
    of: &ProjectArtifacts,
    planned: Option<&Artifacts>,
    result: Option<&ArtifactResult>,
    state: &BuildState,
) -> BuildArtifacts {
    let planned = planned.map(|planned| planned.location(&state.plan));
    let uploaded = result.map(|result| result.location.clone());
    BuildArtifacts {
        location: Some(uploaded.or(planned).unwrap_or_default()),
        md5sum: result.map(|result| result.md5.clone()),
        sha256sum: result.map(|result| result.sha256.clone()),
        override_artifact_name: of.override_artifact_name,
        encryption_disabled: of.encryption_disabled,
        artifact_identifier: of.artifact_identifier.clone(),
        bucket_owner_access: of.bucket_owner_access,
        ..as_given(of)
    }
}

/// What the model does not have and AWS answers for S3 (contract, codebuild section 0); `none` is our reading.
fn as_given(of: &ProjectArtifacts) -> BuildArtifacts {
    if of.r#type != ArtifactsType::S3 {
        return BuildArtifacts::default();
    }
    let packaging = match of.packaging {
        Some(ArtifactPackaging::Zip) => "zip",
        Some(ArtifactPackaging::None) | None => "none",
    };
    let namespace = match of.namespace_type {
        Some(ArtifactNamespace::BuildId) => "buildId",
        Some(ArtifactNamespace::None) | None => "none",
    };
    BuildArtifacts {
        r#type: Some("s3".to_owned()),
        packaging: Some(packaging.to_owned()),
        namespace_type: Some(namespace.to_owned()),
        name: of.name.clone(),
        path: of.path.clone(),
        ..BuildArtifacts::default()
    }
}

/// Absent while there are none.
fn reports(state: &BuildState) -> Option<Vec<String>> {
    let ids = state.reports.iter();
    let arns = ids.map(|id| report_arn(&state.plan.scope, id)).collect();
    (!state.reports.is_empty()).then_some(arns)
}

fn exported(list: &[(String, String)]) -> Vec<ExportedEnvironmentVariable> {
    let variable = |(name, value): &(String, String)| ExportedEnvironmentVariable {
        name: Some(name.clone()),
        value: Some(value.clone()),
    };
    list.iter().map(variable).collect()
}

/// Where the log is, or will be.
pub(super) fn logs(settings: &Settings, state: &BuildState) -> LogsLocation {
    let config = settings.logs.clone().unwrap_or_default();
    let cloudwatch = config
        .cloud_watch_logs
        .unwrap_or_else(|| CloudWatchLogsConfig::new(LogsConfigStatusType::Enabled));
    let s3 = config.s3_logs.unwrap_or_else(|| S3LogsConfig {
        encryption_disabled: Some(false),
        ..S3LogsConfig::new(LogsConfigStatusType::Disabled)
    });
    let mut shown = match cloudwatch.status {
        LogsConfigStatusType::Enabled => cloudwatch_links(state),
        LogsConfigStatusType::Disabled => LogsLocation::default(),
    };
    if let Some(location) = state.logs.as_ref().and_then(|logs| logs.s3.as_ref()) {
        let region = &state.plan.scope.region;
        shown.s3_logs_arn = Some(state.plan.s3_arn(location));
        shown.s3_deep_link = Some(format!(
            "https://s3.console.aws.amazon.com/s3/object/{location}?region={region}"
        ));
    }
    shown.cloud_watch_logs = Some(cloudwatch);
    shown.s3_logs = Some(s3);
    shown
}

fn cloudwatch_links(state: &BuildState) -> LogsLocation {
    let scope = &state.plan.scope;
    let console = format!(
        "https://console.aws.amazon.com/cloudwatch/home?region={}#logsV2:log-groups",
        scope.region
    );
    let arn = |group: &str, stream: &str| {
        let resource = format!("log-group:{group}:log-stream:{stream}");
        Some(Arn::regional("logs", scope, resource).to_string())
    };
    let Some(at) = state
        .logs
        .as_ref()
        .and_then(|logs| logs.cloudwatch.as_ref())
    else {
        return LogsLocation {
            deep_link: Some(console),
            cloud_watch_logs_arn: arn("null", "null"),
            ..LogsLocation::default()
        };
    };
    let twice = |text: &str| text.replace('/', "$252F");
    LogsLocation {
        group_name: Some(at.group.clone()),
        stream_name: Some(at.stream.clone()),
        deep_link: Some(format!(
            "{console}/log-group/{}/log-events/{}",
            twice(&at.group),
            twice(&at.stream)
        )),
        cloud_watch_logs_arn: arn(&at.group, &at.stream),
        ..LogsLocation::default()
    }
}
