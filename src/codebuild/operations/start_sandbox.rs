//! StartSandbox: <https://docs.aws.amazon.com/codebuild/latest/APIReference/API_StartSandbox.html>

use super::start_build_batch::refusal;
use crate::aws::ids;
use crate::codebuild::launch::StartToken;
use crate::codebuild::sandboxes::start::{Start, start};
use crate::codebuild::settings::Settings;
use crate::codebuild::{errors, names, validate};
use crate::server::call::Call;
use codebuild_api::error::StartSandboxError;
use codebuild_api::input::StartSandboxInput;
use codebuild_api::output::StartSandboxOutput;

/// The sandbox in QUEUED, with the project's settings.
pub async fn start_sandbox(
    input: StartSandboxInput,
    call: Call,
) -> Result<StartSandboxOutput, StartSandboxError> {
    let service = &call.app.codebuild;
    let Some(asked) = input.project_name else {
        return Err(errors::invalid("Project name is required").into());
    };
    let name = names::project_name(&call.scope, &asked).unwrap_or(&asked);
    let key = (call.scope.clone(), name.to_owned());
    let Some(project) = service.tables.projects.get(&key) else {
        return Err(errors::project_not_found(&call.scope, name).into());
    };
    validate::idempotency_token(input.idempotency_token.as_deref())?;
    let token = input.idempotency_token.map(|token| StartToken {
        token: format!("sandbox/{token}"),
        digest: name.to_owned(),
    });
    let started = start(
        service,
        Start {
            scope: call.scope.clone(),
            project: key.1,
            uuid: ids::uuid(),
            settings: Settings::of(&project),
            initiator: call.principal.initiator().to_owned(),
            token,
        },
    );
    let sandbox = started.await.map_err(refusal)?;
    Ok(StartSandboxOutput {
        sandbox: Some(sandbox),
    })
}
