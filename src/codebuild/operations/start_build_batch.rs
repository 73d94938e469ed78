//! StartBuildBatch: <https://docs.aws.amazon.com/codebuild/latest/APIReference/API_StartBuildBatch.html>

use super::start_build::{check, digested};
use crate::aws::ids;
use crate::codebuild::batches::settings::{BatchSettings, overrides};
use crate::codebuild::batches::start::{Start, start};
use crate::codebuild::launch::{Refused, StartToken};
use crate::codebuild::settings::Settings;
use crate::codebuild::{errors, names, validate};
use crate::engine::build::buildspec::{Location, batchspec, locate};
use crate::server::call::Call;
use codebuild_api::error::{InvalidInputException, StartBuildBatchError};
use codebuild_api::input::StartBuildBatchInput;
use codebuild_api::output::StartBuildBatchOutput;

/// The batch in SUBMITTED; overrides are for this batch only.
pub async fn start_build_batch(
    input: StartBuildBatchInput,
    call: Call,
) -> Result<StartBuildBatchOutput, StartBuildBatchError> {
    let service = &call.app.codebuild;
    let name = names::project_name(&call.scope, &input.project_name).unwrap_or(&input.project_name);
    let name = name.to_owned();
    let key = (call.scope.clone(), name.clone());
    let Some(project) = service.tables.projects.get(&key) else {
        return Err(errors::project_not_found(&call.scope, &name).into());
    };
    validate::idempotency_token(input.idempotency_token.as_deref())?;
    let config = input.build_batch_config_override.clone();
    let config = config.or_else(|| project.build_batch_config.clone());
    let Some(config) = config else {
        return Err(errors::no_batch_config(&name).into());
    };
    let Some(role) = config.service_role.clone() else {
        return Err(errors::no_batch_role(&name).into());
    };
    let settings = Settings::of(&project).overridden(&name, overrides(&input));
    check(&settings)?;
    check_buildspec(settings.source.buildspec.as_deref())?;
    if input.build_batch_config_override.is_some() {
        service.check_role(&call, &role).await?;
    }
    if let Some(role) = &input.service_role_override {
        service.check_role(&call, role).await?;
    }
    let token = token(&input);
    let started = start(
        service,
        Start {
            scope: call.scope.clone(),
            project: name,
            uuid: ids::uuid(),
            settings: BatchSettings {
                settings,
                config,
                pipeline: None,
            },
            initiator: call.principal.initiator().to_owned(),
            listener: None,
            token,
        },
    );
    let batch = started.await.map_err(refusal)?;
    Ok(StartBuildBatchOutput {
        build_batch: Some(batch),
    })
}

/// An inline buildspec is known now, so what is wrong with its batch is said now; files are read when the batch runs.
fn check_buildspec(buildspec: Option<&str>) -> Result<(), InvalidInputException> {
    match locate(buildspec) {
        Location::Inline(text) => batchspec(text.as_bytes())
            .map(drop)
            .map_err(|error| errors::invalid_batchspec(&error.to_string())),
        _ => Ok(()),
    }
}

/// Batches remember tokens of their own: builds may have the same.
fn token(input: &StartBuildBatchInput) -> Option<StartToken> {
    let token = input.idempotency_token.clone()?;
    let others = StartBuildBatchInput {
        idempotency_token: None,
        ..input.clone()
    };
    Some(StartToken {
        digest: digested(&others),
        ..StartToken::of_batch(token)
    })
}

pub(super) fn refusal(refused: Refused) -> InvalidInputException {
    match refused {
        Refused::Repeated(id) => errors::invalid(format!(
            "The batch {id} that this request started has been deleted"
        )),
        other => errors::invalid(other.text()),
    }
}
