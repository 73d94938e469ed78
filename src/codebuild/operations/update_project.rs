//! UpdateProject: <https://docs.aws.amazon.com/codebuild/latest/APIReference/API_UpdateProject.html>

use crate::codebuild::{credentials, defaults, errors, names, validate};
use crate::server::call::Call;
use crate::store::WriteError;
use codebuild_api::error::UpdateProjectError;
use codebuild_api::input::UpdateProjectInput;
use codebuild_api::output::UpdateProjectOutput;

/// Members that are given replace the project's whole member; running builds keep what they started with.
pub async fn update_project(
    input: UpdateProjectInput,
    call: Call,
) -> Result<UpdateProjectOutput, UpdateProjectError> {
    let service = &call.app.codebuild;
    let absent = errors::project_not_found(&call.scope, &input.name);
    let Some(name) = names::project_name(&call.scope, &input.name) else {
        return Err(absent.into());
    };
    let key = (call.scope.clone(), name.to_owned());
    let Some(present) = service.tables.projects.get(&key) else {
        return Err(absent.into());
    };
    if let Some(role) = &input.service_role {
        service.check_role(&call, role).await?;
    }
    let would_be = defaults::updated(&call.scope, call.now, (*present).clone(), input.clone());
    validate::project(&would_be)?;
    if let Some(source) = &input.source {
        credentials::check_connected(service, &call.scope, source)?;
    }
    let (tables, scope, now) = (service.tables.clone(), call.scope.clone(), call.now);
    let shown = key.clone();
    let written = service.store.write(move |tx| {
        let Some(present) = tx.get(&tables.projects, &key) else {
            return Err(UpdateProjectError::from(absent));
        };
        let project = defaults::updated(&scope, now, (*present).clone(), input);
        validate::project(&project)?;
        tx.put(&tables.projects, key, project.clone());
        Ok(project)
    });
    let project = written.await.map_err(WriteError::refused)?;
    Ok(UpdateProjectOutput {
        project: Some(service.shown(&call, &shown, project)),
    })
}
