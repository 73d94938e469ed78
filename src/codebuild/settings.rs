//! What one build is made of: the project's settings with the overrides of StartBuild, kept with the build for good.
//!
//! Source: contract, codebuild section 3.2.1.

use super::defaults;
use codebuild_api::input::StartBuildInput;
use codebuild_api::model::*;
use serde::{Deserialize, Serialize};

/// The effective settings of a build, in the customer's words.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    pub source: ProjectSource,
    pub source_version: Option<String>,
    pub secondary_sources: Vec<ProjectSource>,
    pub secondary_source_versions: Vec<ProjectSourceVersion>,
    pub artifacts: ProjectArtifacts,
    pub secondary_artifacts: Vec<ProjectArtifacts>,
    pub cache: ProjectCache,
    pub environment: ProjectEnvironment,
    pub service_role: String,
    pub logs: Option<LogsConfig>,
    pub timeout_in_minutes: i32,
    pub queued_timeout_in_minutes: i32,
    pub encryption_key: String,
    pub vpc_config: Option<VpcConfig>,
    pub file_system_locations: Option<Vec<ProjectFileSystemLocation>>,
    pub debug_session: bool,
    pub auto_retry_limit: Option<i32>,
    pub concurrent_build_limit: Option<i32>,
}

impl Settings {
    /// A project's own settings.
    pub fn of(project: &Project) -> Self {
        let always = "every stored project has it";
        Self {
            source: project.source.clone().expect(always),
            source_version: project.source_version.clone(),
            secondary_sources: project.secondary_sources.clone().unwrap_or_default(),
            secondary_source_versions: project
                .secondary_source_versions
                .clone()
                .unwrap_or_default(),
            artifacts: project.artifacts.clone().expect(always),
            secondary_artifacts: project.secondary_artifacts.clone().unwrap_or_default(),
            cache: project.cache.clone().unwrap_or_else(defaults::no_cache),
            environment: project.environment.clone().expect(always),
            service_role: project.service_role.clone().expect(always),
            logs: project.logs_config.clone(),
            timeout_in_minutes: project.timeout_in_minutes.expect(always),
            queued_timeout_in_minutes: project.queued_timeout_in_minutes.expect(always),
            encryption_key: project.encryption_key.clone().expect(always),
            vpc_config: project.vpc_config.clone(),
            file_system_locations: project.file_system_locations.clone(),
            debug_session: false,
            auto_retry_limit: project.auto_retry_limit,
            concurrent_build_limit: project.concurrent_build_limit,
        }
    }

    /// The settings with the overrides of one start.
    pub fn overridden(mut self, project: &str, input: StartBuildInput) -> Self {
        self.override_source(&input);
        self.override_environment(&input);
        set(&mut self.source_version, input.source_version.map(Some));
        let secondary = input.secondary_sources_override;
        let secondary = secondary.map(|list| list.into_iter().map(defaults::source).collect());
        set(&mut self.secondary_sources, secondary);
        set(
            &mut self.secondary_source_versions,
            input.secondary_sources_version_override,
        );
        let artifacts = input
            .artifacts_override
            .map(|of| defaults::artifacts(of, Some(project)));
        set(&mut self.artifacts, artifacts);
        let secondary = input.secondary_artifacts_override;
        let secondary = secondary.map(|list| {
            list.into_iter()
                .map(|of| defaults::artifacts(of, None))
                .collect()
        });
        set(&mut self.secondary_artifacts, secondary);
        set(&mut self.cache, input.cache_override);
        set(&mut self.service_role, input.service_role_override);
        set(
            &mut self.logs,
            input
                .logs_config_override
                .map(|logs| Some(defaults::logs(logs))),
        );
        set(
            &mut self.timeout_in_minutes,
            input.timeout_in_minutes_override,
        );
        set(
            &mut self.queued_timeout_in_minutes,
            input.queued_timeout_in_minutes_override,
        );
        set(&mut self.encryption_key, input.encryption_key_override);
        set(&mut self.debug_session, input.debug_session_enabled);
        set(
            &mut self.auto_retry_limit,
            input.auto_retry_limit_override.map(Some),
        );
        self
    }

    /// The primary source is patched member by member. Members that the new type cannot have go with the old type.
    fn override_source(&mut self, input: &StartBuildInput) {
        let source = &mut self.source;
        if let Some(kind) = input
            .source_type_override
            .filter(|kind| *kind != source.r#type)
        {
            *source = ProjectSource {
                buildspec: source.buildspec.take(),
                ..ProjectSource::new(kind)
            };
        }
        set_some(&mut source.location, &input.source_location_override);
        set_some(&mut source.auth, &input.source_auth_override);
        set_some(&mut source.git_clone_depth, &input.git_clone_depth_override);
        set_some(
            &mut source.git_submodules_config,
            &input.git_submodules_config_override,
        );
        set_some(&mut source.buildspec, &input.buildspec_override);
        set_some(&mut source.insecure_ssl, &input.insecure_ssl_override);
        set_some(
            &mut source.report_build_status,
            &input.report_build_status_override,
        );
        set_some(
            &mut source.build_status_config,
            &input.build_status_config_override,
        );
        *source = defaults::source(source.clone());
    }

    fn override_environment(&mut self, input: &StartBuildInput) {
        let environment = &mut self.environment;
        if let Some(kind) = input.environment_type_override {
            environment.r#type = kind;
        }
        set(&mut environment.image, input.image_override.clone());
        set(&mut environment.compute_type, input.compute_type_override);
        set_some(&mut environment.certificate, &input.certificate_override);
        set_some(
            &mut environment.privileged_mode,
            &input.privileged_mode_override,
        );
        set_some(
            &mut environment.registry_credential,
            &input.registry_credential_override,
        );
        set_some(
            &mut environment.image_pull_credentials_type,
            &input.image_pull_credentials_type_override,
        );
        set_some(&mut environment.fleet, &input.fleet_override);
        set_some(&mut environment.host_kernel, &input.host_kernel_override);
        let variables = environment.environment_variables.get_or_insert_default();
        for variable in input.environment_variables_override.iter().flatten() {
            merge(variables, variable.clone());
        }
        *environment = defaults::environment(environment.clone());
    }
}

/// The override wins over the variable of the same name; others stay.
pub fn merge(variables: &mut Vec<EnvironmentVariable>, variable: EnvironmentVariable) {
    match variables
        .iter_mut()
        .find(|present| present.name == variable.name)
    {
        Some(present) => *present = variable,
        None => variables.push(variable),
    }
}

fn set<T>(member: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *member = value;
    }
}

fn set_some<T: Clone>(member: &mut Option<T>, value: &Option<T>) {
    if value.is_some() {
        member.clone_from(value);
    }
}
