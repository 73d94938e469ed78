//! Effective settings to the engine's plan: parsed once, nothing is looked up later.

use super::settings::Settings;
use crate::aws::{Scope, Time};
use crate::engine::build::plan::{
    Artifacts, BucketOwnerAccess, BuildPlan, Cache, CachePlace, CacheStore, CloudWatchLogs,
    Environment, FileSystemLocation, GitAuth, GitHow, KeptLayers, LogDestinations, Packaging,
    Purpose, S3Artifacts, S3Logs, SecondaryArtifacts, SecondarySource, Source, Variable,
    VariableKind,
};
use crate::engine::build::retry::AutoRetry;
use crate::engine::world::{BuildListener, BuildSource, BuildTarget};
use codebuild_api::model as api;
use std::collections::BTreeMap;

/// Builds on Lambda take no longer.
const LAMBDA_MINUTES: u32 = 15;

/// What a start adds to the settings.
#[derive(Clone, Debug)]
pub struct Start {
    pub scope: Scope,
    pub project: String,
    pub uuid: String,
    pub number: u64,
    pub initiator: String,
    pub now: Time,
    /// Which of the project's caches it sees.
    pub cache: String,
    /// Under which the project shows itself, if it is public.
    pub public_alias: Option<String>,
    /// Where a pipeline hands in artifacts and wants them; `None` for everybody else.
    pub pipeline: Option<PipelineSide>,
}

/// Sources and artifacts of a build that a pipeline runs.
#[derive(Clone, Debug)]
pub struct PipelineSide {
    pub sources: Vec<BuildSource>,
    /// The artifact among `sources` that is the primary source.
    pub primary: String,
    /// A single one is the primary artifact.
    pub outputs: Vec<BuildTarget>,
    /// Whom to tell of the end; nobody of a batch's builds, which tell their batch.
    pub listener: Option<BuildListener>,
}

/// The plan of one build.
pub fn plan(start: Start, settings: &Settings) -> BuildPlan {
    let versions: BTreeMap<&str, &str> = versions(settings);
    let mut plan = BuildPlan {
        scope: start.scope,
        purpose: Purpose::Project,
        project: start.project,
        uuid: start.uuid,
        number: start.number,
        initiator: start.initiator,
        service_role: settings.service_role.clone(),
        assumed_by: None,
        source: source(&settings.source),
        source_version: settings.source_version.clone(),
        secondary_sources: settings
            .secondary_sources
            .iter()
            .map(|of| secondary_source(of, &versions))
            .collect(),
        buildspec: settings.source.buildspec.clone(),
        environment: environment(&settings.environment),
        artifacts: artifacts(&settings.artifacts, None),
        secondary_artifacts: settings
            .secondary_artifacts
            .iter()
            .filter_map(secondary_artifacts)
            .collect(),
        cache: Cache::Off,
        logs: logs(settings.logs.as_ref()),
        timeout_minutes: settings.timeout_in_minutes.unsigned_abs(),
        queued_timeout_minutes: settings.queued_timeout_in_minutes.unsigned_abs(),
        encryption_key: settings.encryption_key.clone(),
        listener: None,
        retry: AutoRetry {
            limit: settings
                .auto_retry_limit
                .and_then(|limit| u32::try_from(limit).ok()),
            ..AutoRetry::default()
        },
        batch: None,
        until: None,
        debug: settings.debug_session,
        shard: None,
        source_cache: None,
        public_alias: start.public_alias,
        start: start.now,
    };
    plan.environment.file_systems = file_systems(settings);
    let is_lambda = plan.environment.kind.contains("LAMBDA");
    if is_lambda {
        plan.timeout_minutes = plan.timeout_minutes.min(LAMBDA_MINUTES);
        plan.environment.privileged = false;
    }
    if has_caches(settings) {
        plan.cache = cache(&settings.cache, &plan, &start.cache);
        plan.source_cache = has_mode(&settings.cache, api::CacheMode::LocalSourceCache)
            .then(|| own_cache(&plan, &start.cache));
        plan.environment.layers = has_mode(&settings.cache, api::CacheMode::LocalDockerLayerCache)
            .then(|| KeptLayers {
                owner: own_cache(&plan, ""),
                generation: start.cache.clone(),
            });
    }
    if let Some(side) = start.pipeline {
        from_pipeline(&mut plan, side);
    }
    plan
}

fn versions(settings: &Settings) -> BTreeMap<&str, &str> {
    let pairs = settings.secondary_source_versions.iter();
    pairs
        .map(|of| (of.source_identifier.as_str(), of.source_version.as_str()))
        .collect()
}

fn source(source: &api::ProjectSource) -> Source {
    let location = source.location.clone().unwrap_or_default();
    match source.r#type {
        // Started by hand: there is no artifact to take.
        api::SourceType::NoSource | api::SourceType::Codepipeline => Source::Nothing,
        api::SourceType::S3 => Source::S3 { location },
        other => Source::Git {
            provider: other.as_str().to_owned(),
            location,
            how: git(source),
        },
    }
}

fn git(source: &api::ProjectSource) -> GitHow {
    let depth = source.git_clone_depth.unwrap_or_default();
    let submodules = source.git_submodules_config.as_ref();
    let auth = source.auth.as_ref();
    let auth = auth.map(|auth| (auth.r#type, auth.resource.clone()));
    GitHow {
        depth: u32::try_from(depth).unwrap_or_default(),
        submodules: submodules.is_some_and(|config| config.fetch_submodules),
        insecure: source.insecure_ssl.unwrap_or(false),
        auth: match auth {
            Some((api::SourceAuthType::Codeconnections, Some(arn))) => GitAuth::Connection(arn),
            Some((api::SourceAuthType::SecretsManager, Some(arn))) => GitAuth::Secret(arn),
            _ => GitAuth::Account,
        },
    }
}

fn secondary_source(of: &api::ProjectSource, versions: &BTreeMap<&str, &str>) -> SecondarySource {
    let identifier = of.source_identifier.clone().unwrap_or_default();
    SecondarySource {
        version: versions
            .get(identifier.as_str())
            .map(|version| (*version).to_owned()),
        source: source(of),
        identifier,
    }
}

// Differs from AWS: a project's `dockerServer` is kept and shown; builds have no Docker server apart.
fn environment(environment: &api::ProjectEnvironment) -> Environment {
    let variables = environment.environment_variables.iter().flatten();
    Environment {
        kind: environment.r#type.as_str().to_owned(),
        compute: environment.compute_type.as_str().to_owned(),
        image: environment.image.clone(),
        privileged: environment.privileged_mode == Some(true),
        variables: variables.map(variable).collect(),
        registry: environment
            .registry_credential
            .as_ref()
            .map(|of| of.credential.clone()),
        file_systems: Vec::new(),
        reserved: environment
            .fleet
            .as_ref()
            .is_some_and(|fleet| fleet.fleet_arn.is_some()),
        certificate: environment.certificate.clone(),
        layers: None,
    }
}

// Differs from AWS: a file system of a project is a Docker volume of its server, or a folder beside its builds; its `mountOptions` have no effect, and neither a VPC nor privileged mode is needed.
fn file_systems(settings: &Settings) -> Vec<FileSystemLocation> {
    let all = settings.file_system_locations.iter().flatten();
    all.map(|of| FileSystemLocation {
        identifier: of.identifier.clone(),
        location: of.location.clone().unwrap_or_default(),
        mount_point: of.mount_point.clone().unwrap_or_default(),
    })
    .collect()
}

// Differs from AWS: local caches of builds stay in the data folder, however long nobody builds, and hold files as well as directories.
/// Where the service has caches of this kind at all (contract, codebuild sections 9.1 and 9.4).
fn has_caches(settings: &Settings) -> bool {
    let kind = settings.environment.r#type.as_str();
    if kind.contains("LAMBDA") {
        return false;
    }
    let is_local = settings.cache.r#type == api::CacheType::Local;
    let has_local = settings.vpc_config.is_none()
        && !matches!(kind, "ARM_CONTAINER" | "LINUX_GPU_CONTAINER")
        && settings.environment.compute_type != api::ComputeType::BuildGeneral12xlarge;
    !is_local || has_local
}

fn variable(of: &api::EnvironmentVariable) -> Variable {
    Variable {
        name: of.name.clone(),
        value: of.value.clone(),
        kind: match of.r#type {
            Some(api::EnvironmentVariableType::ParameterStore) => VariableKind::ParameterStore,
            Some(api::EnvironmentVariableType::SecretsManager) => VariableKind::SecretsManager,
            _ => VariableKind::Plaintext,
        },
    }
}

/// Artifacts for a pipeline have no place unless the pipeline gives one.
pub(super) fn artifacts(of: &api::ProjectArtifacts, identifier: Option<&str>) -> Option<Artifacts> {
    if of.r#type != api::ArtifactsType::S3 {
        return None;
    }
    let location = of.location.clone().unwrap_or_default();
    let bucket = location.rsplit(":::").next().unwrap_or(&location);
    Some(Artifacts::S3(S3Artifacts {
        bucket: bucket.to_owned(),
        path: of.path.clone().unwrap_or_default(),
        build_id_folder: of.namespace_type == Some(api::ArtifactNamespace::BuildId),
        name: of
            .name
            .clone()
            .or(identifier.map(str::to_owned))
            .unwrap_or_default(),
        packaging: match of.packaging {
            Some(api::ArtifactPackaging::Zip) => Packaging::Zip,
            _ => Packaging::Folder,
        },
        override_name: of.override_artifact_name == Some(true),
        encryption_disabled: of.encryption_disabled == Some(true),
        bucket_owner_access: owner_access(of.bucket_owner_access),
    }))
}

fn secondary_artifacts(of: &api::ProjectArtifacts) -> Option<SecondaryArtifacts> {
    let identifier = of.artifact_identifier.clone().unwrap_or_default();
    Some(SecondaryArtifacts {
        artifacts: artifacts(of, Some(&identifier))?,
        identifier,
    })
}

fn owner_access(of: Option<api::BucketOwnerAccess>) -> BucketOwnerAccess {
    match of {
        Some(api::BucketOwnerAccess::ReadOnly) => BucketOwnerAccess::ReadOnly,
        Some(api::BucketOwnerAccess::Full) => BucketOwnerAccess::Full,
        _ => BucketOwnerAccess::Unset,
    }
}

/// A namespace is shared by the projects that name it; without one, a cache is the project's until it is invalidated.
fn cache(cache: &api::ProjectCache, plan: &BuildPlan, seen: &str) -> Cache {
    let store = match cache.r#type {
        api::CacheType::NoCache => return Cache::Off,
        api::CacheType::S3 => CacheStore::S3 {
            location: cache.location.clone().unwrap_or_default(),
        },
        api::CacheType::Local => {
            if !has_mode(cache, api::CacheMode::LocalCustomCache) {
                return Cache::Off;
            }
            CacheStore::Local
        }
    };
    let own = || own_cache(plan, seen);
    let shared = cache.cache_namespace.as_ref();
    let shared = shared.filter(|name| !name.is_empty() && cache.r#type == api::CacheType::S3);
    Cache::At(CachePlace {
        store,
        owner: shared.map_or_else(own, |name| format!("namespace {name}")),
    })
}

/// Whose a cache is that no other project shares.
fn own_cache(plan: &BuildPlan, seen: &str) -> String {
    let (account, region) = (&plan.scope.account, &plan.scope.region);
    format!("project {account} {region} {} {seen}", plan.project)
}

fn has_mode(cache: &api::ProjectCache, wanted: api::CacheMode) -> bool {
    let mut modes = cache.modes.iter().flatten();
    cache.r#type == api::CacheType::Local && modes.any(|mode| *mode == wanted)
}

fn logs(logs: Option<&api::LogsConfig>) -> LogDestinations {
    let cloudwatch = logs.and_then(|logs| logs.cloud_watch_logs.as_ref());
    let s3 = logs.and_then(|logs| logs.s3_logs.as_ref());
    let on = |status: api::LogsConfigStatusType| status == api::LogsConfigStatusType::Enabled;
    LogDestinations {
        cloudwatch: match cloudwatch {
            None => Some(CloudWatchLogs::default()),
            Some(of) => on(of.status).then(|| CloudWatchLogs {
                group: of.group_name.clone(),
                stream_prefix: of.stream_name.clone(),
            }),
        },
        s3: s3.filter(|of| on(of.status)).map(|of| S3Logs {
            location: of.location.clone().unwrap_or_default(),
            encryption_disabled: of.encryption_disabled == Some(true),
            bucket_owner_access: owner_access(of.bucket_owner_access),
        }),
    }
}

/// Source and artifacts are the pipeline's, whatever the project says.
pub(super) fn from_pipeline(plan: &mut BuildPlan, side: PipelineSide) {
    let (primary, others): (Vec<_>, Vec<_>) = side
        .sources
        .into_iter()
        .partition(|source| source.artifact == side.primary);
    let primary = primary.into_iter().next();
    let location = primary
        .as_ref()
        .map(|source| format!("{}/{}", source.at.bucket, source.at.key));
    plan.source_version = location.map(|location| plan.s3_arn(&location));
    plan.source = primary.map_or(Source::Nothing, Source::Pipeline);
    plan.secondary_sources = others.into_iter().map(pipeline_source).collect();
    let mut outputs = side.outputs;
    plan.artifacts = None;
    plan.secondary_artifacts.clear();
    if outputs.len() == 1 {
        plan.artifacts = outputs.pop().map(Artifacts::Pipeline);
    }
    plan.secondary_artifacts = outputs.into_iter().map(pipeline_artifacts).collect();
    plan.listener = side.listener;
}

fn pipeline_source(source: BuildSource) -> SecondarySource {
    SecondarySource {
        identifier: source.artifact.clone(),
        version: None,
        source: Source::Pipeline(source),
    }
}

fn pipeline_artifacts(target: BuildTarget) -> SecondaryArtifacts {
    SecondaryArtifacts {
        identifier: target.artifact.clone(),
        artifacts: Artifacts::Pipeline(target),
    }
}

#[cfg(test)]
mod tests;
