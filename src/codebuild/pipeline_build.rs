//! Builds that a pipeline's action asks for: sources and artifacts are the pipeline's, the rest is the project's.
//!
//! Source: contract, codepipeline section 6.4.

use super::CodeBuild;
use super::batches::start::launch_batch;
use super::commands;
use super::defaults;
use super::launch::{Launch, Refused, launch};
use super::plan::PipelineSide;
use super::settings::{Settings, merge};
use crate::aws::Scope;
use crate::engine::world::{
    BuildRequest, BuildVariable, LaunchRefused, LaunchedBuild, VariableKind,
};
use codebuild_api::model::{EnvironmentVariable, EnvironmentVariableType};
use sha2::{Digest, Sha256};

/// Starts the build, or the batch that is wanted instead, or finds the one that the same effect started before.
pub async fn launch_build(
    service: &CodeBuild,
    request: BuildRequest,
) -> Result<LaunchedBuild, LaunchRefused> {
    if let Some(wish) = request.batch {
        return launch_batch(service, request, wish).await;
    }
    let key = (request.scope.clone(), request.project.clone());
    let Some(project) = service.tables.projects.get(&key) else {
        return Err(LaunchRefused::NoSuchProject(request.project));
    };
    let launched = launch(
        service,
        Launch {
            uuid: uuid(service.store.instance(), request.effect.as_str()),
            settings: settings(Settings::of(&project), &request),
            initiator: request.initiator.clone(),
            scope: request.scope.clone(),
            project: request.project.clone(),
            pipeline: Some(side(request)),
            token: None,
        },
    );
    match launched.await {
        Ok(build) => Ok(found(service, &key.0, build.id.unwrap_or_default())),
        Err(Refused::Repeated(id)) => Ok(found(service, &key.0, id)),
        Err(refused) => Err(LaunchRefused::Refused(refused.text())),
    }
}

/// The build as the pipeline is told of it; where its log will be is known before it is there.
fn found(service: &CodeBuild, scope: &Scope, id: String) -> LaunchedBuild {
    match service.state(scope, &id) {
        Some(state) => commands::launched(&state.plan),
        None => LaunchedBuild {
            id,
            log_stream_arn: None,
        },
    }
}

/// The same effect of the same data folder always means the same build.
pub(super) fn uuid(instance: &str, effect: &str) -> String {
    let digest: [u8; 32] = Sha256::digest(format!("{instance}/{effect}")).into();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid::Builder::from_random_bytes(bytes)
        .into_uuid()
        .to_string()
}

/// A project's settings with what the pipeline wants instead.
pub(super) fn settings(mut settings: Settings, request: &BuildRequest) -> Settings {
    let variables = settings
        .environment
        .environment_variables
        .get_or_insert_default();
    for variable in &request.variables {
        merge(variables, environment_variable(variable));
    }
    if let Some(buildspec) = &request.buildspec {
        settings.source.buildspec = Some(buildspec.clone());
        settings.source = defaults::source(settings.source);
    }
    if let Some(role) = &request.service_role {
        settings.service_role.clone_from(role);
    }
    settings
}

fn environment_variable(of: &BuildVariable) -> EnvironmentVariable {
    let kind = match of.kind {
        VariableKind::Plaintext => EnvironmentVariableType::Plaintext,
        VariableKind::ParameterStore => EnvironmentVariableType::ParameterStore,
        VariableKind::SecretsManager => EnvironmentVariableType::SecretsManager,
    };
    EnvironmentVariable {
        r#type: Some(kind),
        ..EnvironmentVariable::new(of.name.clone(), of.value.clone())
    }
}

fn side(request: BuildRequest) -> PipelineSide {
    PipelineSide {
        sources: request.sources,
        primary: request.primary,
        outputs: request.outputs,
        listener: Some(request.listener),
    }
}
