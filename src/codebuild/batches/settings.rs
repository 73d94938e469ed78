//! What a batch is made of: settings as of a build, and how the batch goes about it; kept with the batch for good.
//!
//! Source: contract, codebuild sections 3.3 and 11.1.

use crate::codebuild::settings::Settings;
use crate::engine::batch::plan::{Combined, Restrictions};
use crate::engine::build::plan::Artifacts;
use crate::engine::world::{BuildSource, BuildTarget};
use codebuild_api::input::{StartBuildBatchInput, StartBuildInput};
use codebuild_api::model::ProjectBuildBatchConfig;
use serde::{Deserialize, Serialize};

/// Builds in a batch and minutes that it may take, unless the project says otherwise.
pub const MOST_BUILDS: i32 = 100;
pub const MINUTES: i32 = 480;

/// The effective settings of a batch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BatchSettings {
    /// What all builds have, unless their task says otherwise.
    pub settings: Settings,
    pub config: ProjectBuildBatchConfig,
    /// Where a pipeline hands in artifacts and wants them.
    pub pipeline: Option<PipelineBatch>,
}

/// The pipeline's side of a batch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PipelineBatch {
    pub sources: Vec<BuildSource>,
    /// The artifact among `sources` that is the primary source.
    pub primary: String,
    pub outputs: Vec<BuildTarget>,
    /// All builds' artifacts go into the same outputs.
    pub combine: bool,
}

impl BatchSettings {
    pub fn restrictions(&self) -> Restrictions {
        let given = self.config.restrictions.clone().unwrap_or_default();
        let builds = given.maximum_builds_allowed.unwrap_or(MOST_BUILDS);
        Restrictions {
            builds: u32::try_from(builds).unwrap_or(0),
            computes: given.compute_types_allowed.unwrap_or_default(),
            fleets: given.fleets_allowed.unwrap_or_default(),
            compute: self.settings.environment.compute_type.as_str().to_owned(),
        }
    }

    pub fn timeout_minutes(&self) -> u32 {
        let minutes = self.config.timeout_in_mins.unwrap_or(MINUTES);
        minutes.unsigned_abs()
    }

    /// Where the builds' artifacts are put together; nowhere, unless that is wanted.
    pub fn combined(&self) -> Vec<Combined> {
        let places = match &self.pipeline {
            Some(pipeline) if pipeline.combine => outputs(&pipeline.outputs),
            Some(_) => Vec::new(),
            None if self.config.combine_artifacts == Some(true) => self.of_project(),
            None => Vec::new(),
        };
        let key = &self.settings.encryption_key;
        let combined = |(identifier, at)| Combined {
            identifier,
            at,
            encryption_key: key.clone(),
        };
        places.into_iter().map(combined).collect()
    }

    fn of_project(&self) -> Vec<(Option<String>, Artifacts)> {
        let primary = crate::codebuild::plan::artifacts(&self.settings.artifacts, None);
        let mut places: Vec<_> = primary.into_iter().map(|at| (None, at)).collect();
        for of in &self.settings.secondary_artifacts {
            let identifier = of.artifact_identifier.clone();
            let at = crate::codebuild::plan::artifacts(of, identifier.as_deref());
            places.extend(at.map(|at| (identifier, at)));
        }
        places
    }
}

/// A single output takes the primary artifacts, several take secondary artifacts of their names.
fn outputs(outputs: &[BuildTarget]) -> Vec<(Option<String>, Artifacts)> {
    let only = outputs.len() == 1;
    let place = |output: &BuildTarget| {
        let identifier = (!only).then(|| output.artifact.clone());
        (identifier, Artifacts::Pipeline(output.clone()))
    };
    outputs.iter().map(place).collect()
}

/// The overrides that StartBuild has too, in its words.
pub fn overrides(input: &StartBuildBatchInput) -> StartBuildInput {
    let of = input.clone();
    StartBuildInput {
        secondary_sources_override: of.secondary_sources_override,
        secondary_sources_version_override: of.secondary_sources_version_override,
        source_version: of.source_version,
        artifacts_override: of.artifacts_override,
        secondary_artifacts_override: of.secondary_artifacts_override,
        environment_variables_override: of.environment_variables_override,
        source_type_override: of.source_type_override,
        source_location_override: of.source_location_override,
        source_auth_override: of.source_auth_override,
        git_clone_depth_override: of.git_clone_depth_override,
        git_submodules_config_override: of.git_submodules_config_override,
        buildspec_override: of.buildspec_override,
        insecure_ssl_override: of.insecure_ssl_override,
        report_build_status_override: of.report_build_batch_status_override,
        environment_type_override: of.environment_type_override,
        image_override: of.image_override,
        compute_type_override: of.compute_type_override,
        certificate_override: of.certificate_override,
        cache_override: of.cache_override,
        service_role_override: of.service_role_override,
        privileged_mode_override: of.privileged_mode_override,
        timeout_in_minutes_override: of.build_timeout_in_minutes_override,
        queued_timeout_in_minutes_override: of.queued_timeout_in_minutes_override,
        encryption_key_override: of.encryption_key_override,
        logs_config_override: of.logs_config_override,
        registry_credential_override: of.registry_credential_override,
        image_pull_credentials_type_override: of.image_pull_credentials_type_override,
        debug_session_enabled: of.debug_session_enabled,
        ..StartBuildInput::new(of.project_name)
    }
}
