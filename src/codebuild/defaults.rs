//! Projects as the service gives them back: every default that AWS shows is written out, what means "unset" is absent.
//!
//! Source: contract, codebuild sections 0, 3.1.1 and 3.1.2.

// Differs from AWS: projects and the answers that change them have no `customEntrypoint` and no `webhookDeletedStatus`: AWS answers both outside its model, and SDKs drop them.

use super::names::project_arn;
use crate::aws::{Arn, Scope, Time};
use codebuild_api::input::{CreateProjectInput, UpdateProjectInput};
use codebuild_api::model::*;

const TIMEOUT: i32 = 60;
const QUEUED_TIMEOUT: i32 = 480;

/// The project a customer asks for.
pub fn created(scope: &Scope, now: Time, input: CreateProjectInput) -> Project {
    let project = Project {
        arn: Some(project_arn(scope, &input.name)),
        name: Some(input.name),
        description: input.description,
        source: Some(input.source),
        secondary_sources: input.secondary_sources,
        source_version: input.source_version,
        secondary_source_versions: input.secondary_source_versions,
        artifacts: Some(input.artifacts),
        secondary_artifacts: input.secondary_artifacts,
        cache: input.cache,
        environment: Some(input.environment),
        service_role: Some(input.service_role),
        timeout_in_minutes: input.timeout_in_minutes,
        queued_timeout_in_minutes: input.queued_timeout_in_minutes,
        encryption_key: input.encryption_key,
        tags: input.tags,
        created: Some(now.wire()),
        vpc_config: input.vpc_config,
        badge: Some(badge(scope, input.badge_enabled == Some(true))),
        logs_config: input.logs_config,
        file_system_locations: input.file_system_locations,
        build_batch_config: input.build_batch_config,
        concurrent_build_limit: input.concurrent_build_limit,
        project_visibility: Some(ProjectVisibilityType::Private),
        auto_retry_limit: input.auto_retry_limit,
        ..Project::default()
    };
    normalised(scope, now, project)
}

/// The project with every member that the request has in place of its own.
pub fn updated(
    scope: &Scope,
    now: Time,
    mut project: Project,
    input: UpdateProjectInput,
) -> Project {
    replace(&mut project.description, input.description);
    replace(&mut project.source, input.source);
    replace(&mut project.secondary_sources, input.secondary_sources);
    replace(&mut project.source_version, input.source_version);
    replace(
        &mut project.secondary_source_versions,
        input.secondary_source_versions,
    );
    replace(&mut project.artifacts, input.artifacts);
    replace(&mut project.secondary_artifacts, input.secondary_artifacts);
    replace(&mut project.cache, input.cache);
    replace(&mut project.environment, input.environment);
    replace(&mut project.service_role, input.service_role);
    replace(&mut project.timeout_in_minutes, input.timeout_in_minutes);
    replace(
        &mut project.queued_timeout_in_minutes,
        input.queued_timeout_in_minutes,
    );
    replace(&mut project.encryption_key, input.encryption_key);
    replace(&mut project.tags, input.tags);
    replace(&mut project.vpc_config, input.vpc_config);
    replace(&mut project.logs_config, input.logs_config);
    replace(
        &mut project.file_system_locations,
        input.file_system_locations,
    );
    replace(&mut project.build_batch_config, input.build_batch_config);
    replace(
        &mut project.concurrent_build_limit,
        input.concurrent_build_limit,
    );
    replace(&mut project.auto_retry_limit, input.auto_retry_limit);
    let shown = project.badge.as_ref().and_then(|badge| badge.badge_enabled) == Some(true);
    if let Some(wanted) = input.badge_enabled.filter(|wanted| *wanted != shown) {
        project.badge = Some(badge(scope, wanted));
    }
    normalised(scope, now, project)
}

/// Source settings with their defaults; also for the overrides of one build.
pub fn source(mut source: ProjectSource) -> ProjectSource {
    source.insecure_ssl.get_or_insert(false);
    clear(&mut source.location, |text| text.is_empty());
    clear(&mut source.buildspec, |text| text.is_empty());
    clear(&mut source.git_clone_depth, |depth| *depth == 0);
    if is_told(source.r#type) {
        source.report_build_status.get_or_insert(false);
    }
    source
}

/// Whether the provider of such a source can be told how a build ended.
// Differs from AWS: commit statuses are not reported to providers of sources: `reportBuildStatus` and `buildStatusConfig` are kept and shown.
pub fn is_told(kind: SourceType) -> bool {
    let others = [
        SourceType::Codecommit,
        SourceType::Codepipeline,
        SourceType::NoSource,
        SourceType::S3,
    ];
    !others.contains(&kind)
}

/// Artifact settings with their defaults. `name` is the default name; secondary artifacts have none.
pub fn artifacts(mut artifacts: ProjectArtifacts, name: Option<&str>) -> ProjectArtifacts {
    match artifacts.r#type {
        // The last two are only answered.
        ArtifactsType::NoArtifacts | ArtifactsType::NoArtifacts2 | ArtifactsType::S32 => {}
        ArtifactsType::Codepipeline => {
            artifacts.packaging.get_or_insert(ArtifactPackaging::None);
            artifacts.namespace_type = None;
            fill_artifacts(&mut artifacts, name);
        }
        ArtifactsType::S3 => {
            artifacts.packaging.get_or_insert(ArtifactPackaging::None);
            artifacts
                .namespace_type
                .get_or_insert(ArtifactNamespace::None);
            fill_artifacts(&mut artifacts, name);
        }
    }
    artifacts
}

/// Environment settings with their defaults.
pub fn environment(mut environment: ProjectEnvironment) -> ProjectEnvironment {
    environment.privileged_mode.get_or_insert(false);
    environment
        .image_pull_credentials_type
        .get_or_insert(ImagePullCredentialsType::Codebuild);
    let variables = environment.environment_variables.get_or_insert_default();
    variables.iter_mut().for_each(|variable| {
        variable
            .r#type
            .get_or_insert(EnvironmentVariableType::Plaintext);
    });
    environment
}

/// Log settings with their defaults.
pub fn logs(mut logs: LogsConfig) -> LogsConfig {
    if let Some(s3) = &mut logs.s3_logs {
        s3.encryption_disabled.get_or_insert(false);
    }
    logs
}

/// The key of the account that S3 uses when none is named.
pub fn encryption_key(scope: &Scope) -> String {
    Arn::regional("kms", scope, "alias/aws/s3").to_string()
}

/// What a project's cache is when it says nothing.
pub fn no_cache() -> ProjectCache {
    ProjectCache::new(CacheType::NoCache)
}

fn normalised(scope: &Scope, now: Time, mut project: Project) -> Project {
    let name = project.name.clone();
    project.source = project.source.map(source);
    project.artifacts = project.artifacts.map(|of| artifacts(of, name.as_deref()));
    project.environment = project.environment.map(environment);
    project.logs_config = project.logs_config.map(logs);
    secondaries(&mut project);
    clear_unset(&mut project);
    project.cache.get_or_insert_with(no_cache);
    project.timeout_in_minutes.get_or_insert(TIMEOUT);
    project
        .queued_timeout_in_minutes
        .get_or_insert(QUEUED_TIMEOUT);
    project
        .encryption_key
        .get_or_insert_with(|| encryption_key(scope));
    project.tags.get_or_insert_default();
    project.last_modified = Some(now.wire());
    project
}

fn secondaries(project: &mut Project) {
    let sources = project.secondary_sources.take().into_iter().flatten();
    project.secondary_sources = some_of(sources.map(source).collect());
    let outputs = project.secondary_artifacts.take().into_iter().flatten();
    project.secondary_artifacts = some_of(outputs.map(|of| artifacts(of, None)).collect());
    clear(&mut project.secondary_source_versions, Vec::is_empty);
}

/// Section 3.1.2, "Clearing": what Terraform sends to take a member away.
fn clear_unset(project: &mut Project) {
    clear(&mut project.description, String::is_empty);
    clear(&mut project.source_version, String::is_empty);
    clear(&mut project.encryption_key, String::is_empty);
    clear(&mut project.vpc_config, |vpc| *vpc == VpcConfig::default());
    clear(&mut project.build_batch_config, |batch| {
        *batch == ProjectBuildBatchConfig::default()
    });
    clear(&mut project.concurrent_build_limit, |limit| *limit == -1);
    clear(&mut project.file_system_locations, Vec::is_empty);
}

fn fill_artifacts(artifacts: &mut ProjectArtifacts, name: Option<&str>) {
    artifacts.encryption_disabled.get_or_insert(false);
    clear(&mut artifacts.name, String::is_empty);
    if artifacts.name.is_none() {
        artifacts.name = name.map(str::to_owned);
    }
}

fn badge(scope: &Scope, enabled: bool) -> ProjectBadge {
    let id = crate::aws::ids::alphanumeric(64);
    let url = format!(
        "https://codebuild.{}.amazonaws.com/badges?uuid={id}&branch=master",
        scope.region
    );
    ProjectBadge {
        badge_enabled: Some(enabled),
        badge_request_url: enabled.then_some(url),
    }
}

fn replace<T>(member: &mut Option<T>, value: Option<T>) {
    if value.is_some() {
        *member = value;
    }
}

fn clear<T>(member: &mut Option<T>, unset: impl Fn(&T) -> bool) {
    if member.as_ref().is_some_and(unset) {
        *member = None;
    }
}

fn some_of<T>(list: Vec<T>) -> Option<Vec<T>> {
    (!list.is_empty()).then_some(list)
}
