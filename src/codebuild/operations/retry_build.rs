//! RetryBuild: <https://docs.aws.amazon.com/codebuild/latest/APIReference/API_RetryBuild.html>

use super::start_build::refusal;
use crate::aws::ids;
use crate::codebuild::launch::{Launch, StartToken, launch};
use crate::codebuild::{errors, names, validate};
use crate::server::call::Call;
use codebuild_api::error::RetryBuildError;
use codebuild_api::input::RetryBuildInput;
use codebuild_api::output::RetryBuildOutput;

/// A new build with the settings of a finished one, overrides included.
pub async fn retry_build(
    input: RetryBuildInput,
    call: Call,
) -> Result<RetryBuildOutput, RetryBuildError> {
    let service = &call.app.codebuild;
    let asked = input.id.unwrap_or_default();
    let id = names::build_id(&call.scope, &asked).unwrap_or(&asked);
    if !names::is_build_id(id) {
        return Err(errors::invalid_build_id().into());
    }
    let key = (call.scope.clone(), id.to_owned());
    if service.engine.state(&key).is_some() {
        return Err(errors::retry_in_progress().into());
    }
    let settings = service
        .tables
        .settings
        .get(&key)
        .unwrap_or_else(|fault| fault.raise());
    let (Some(settings), Some(old)) = (settings, service.state(&call.scope, id)) else {
        return Err(errors::build_not_found(id).into());
    };
    let project = (call.scope.clone(), old.plan.project.clone());
    if !service.tables.projects.contains(&project) {
        return Err(errors::project_not_found(&call.scope, &project.1).into());
    }
    validate::idempotency_token(input.idempotency_token.as_deref())?;
    let token = input.idempotency_token.map(|token| StartToken {
        token,
        digest: asked.clone(),
    });
    let started = launch(
        service,
        Launch {
            scope: call.scope.clone(),
            project: project.1,
            uuid: ids::uuid(),
            settings,
            initiator: call.principal.initiator().to_owned(),
            pipeline: None,
            token,
        },
    );
    let build = started.await.map_err(refusal::<RetryBuildError>)?;
    Ok(RetryBuildOutput { build: Some(build) })
}
