//! StartBuild: <https://docs.aws.amazon.com/codebuild/latest/APIReference/API_StartBuild.html>

use crate::aws::ids;
use crate::codebuild::launch::{Launch, Refused, StartToken, launch};
use crate::codebuild::settings::Settings;
use crate::codebuild::{errors, names, validate};
use crate::server::call::Call;
use codebuild_api::error::{InvalidInputException, StartBuildError};
use codebuild_api::input::StartBuildInput;
use codebuild_api::model::SourceType;
use codebuild_api::output::StartBuildOutput;
use sha2::{Digest, Sha256};

/// The build in QUEUED; overrides are for this build only.
pub async fn start_build(
    input: StartBuildInput,
    call: Call,
) -> Result<StartBuildOutput, StartBuildError> {
    let service = &call.app.codebuild;
    let name = names::project_name(&call.scope, &input.project_name).unwrap_or(&input.project_name);
    let name = name.to_owned();
    let Some(project) = service
        .tables
        .projects
        .get(&(call.scope.clone(), name.clone()))
    else {
        return Err(errors::project_not_found(&call.scope, &name).into());
    };
    validate::idempotency_token(input.idempotency_token.as_deref())?;
    let token = token(&input);
    let role = input.service_role_override.clone();
    let settings = Settings::of(&project).overridden(&name, input);
    check(&settings)?;
    if let Some(role) = role {
        service.check_role(&call, &role).await?;
    }
    let started = launch(
        service,
        Launch {
            scope: call.scope.clone(),
            project: name,
            uuid: ids::uuid(),
            settings,
            initiator: call.principal.initiator().to_owned(),
            pipeline: None,
            token,
        },
    );
    let build = started.await.map_err(refusal::<StartBuildError>)?;
    Ok(StartBuildOutput { build: Some(build) })
}

/// What a start may not be refused for at the project: overrides are judged as the project's settings are.
pub(super) fn check(settings: &Settings) -> Result<(), InvalidInputException> {
    validate::primary_source(&settings.source)?;
    validate::secondary_sources(&settings.secondary_sources)?;
    validate::secondary_source_versions(&settings.secondary_source_versions)?;
    validate::primary_artifacts(&settings.artifacts)?;
    validate::secondary_artifacts(&settings.secondary_artifacts)?;
    validate::environment(&settings.environment)?;
    validate::cache(&settings.cache)?;
    settings.logs.iter().try_for_each(validate::logs)?;
    let source = &settings.source;
    if source.r#type == SourceType::NoSource && source.buildspec.is_none() {
        return Err(errors::invalid(
            "Project source type NO_SOURCE requires a buildspec",
        ));
    }
    if source.r#type == SourceType::S3 && settings.source_version.is_some() {
        return folder_has_no_version(source.location.as_deref().unwrap_or_default());
    }
    Ok(())
}

fn folder_has_no_version(location: &str) -> Result<(), InvalidInputException> {
    if location.ends_with('/') {
        return Err(errors::invalid(
            "Source version should be empty for S3 folder source location",
        ));
    }
    Ok(())
}

/// The token, with a digest of everything that came beside it.
fn token(input: &StartBuildInput) -> Option<StartToken> {
    let token = input.idempotency_token.clone()?;
    let others = StartBuildInput {
        idempotency_token: None,
        ..input.clone()
    };
    Some(StartToken {
        token,
        digest: digested(&others),
    })
}

/// What a request asks for, in short.
pub(super) fn digested(input: &impl serde::Serialize) -> String {
    let bytes = serde_json::to_vec(input).unwrap_or_default();
    hex::encode(Sha256::digest(bytes))
}

pub(super) fn refusal<E>(refused: Refused) -> E
where
    E: From<InvalidInputException> + From<codebuild_api::error::AccountLimitExceededException>,
{
    match refused {
        Refused::TooManyRunning(limit) => errors::too_many_running(limit).into(),
        Refused::Mismatch(token) => errors::token_reused(&token).into(),
        Refused::Unwanted(_) => errors::invalid(refused.text()).into(),
        Refused::Repeated(id) => errors::invalid(format!(
            "The build {id} that this request started has been deleted"
        ))
        .into(),
    }
}
