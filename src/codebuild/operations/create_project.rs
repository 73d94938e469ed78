//! CreateProject: <https://docs.aws.amazon.com/codebuild/latest/APIReference/API_CreateProject.html>

use crate::codebuild::{credentials, defaults, errors, validate};
use crate::server::call::Call;
use crate::store::WriteError;
use codebuild_api::error::{CreateProjectError, ResourceAlreadyExistsException};
use codebuild_api::input::CreateProjectInput;
use codebuild_api::output::CreateProjectOutput;

/// The project in full; a name that is taken is refused. The image is not looked at.
pub async fn create_project(
    input: CreateProjectInput,
    call: Call,
) -> Result<CreateProjectOutput, CreateProjectError> {
    let service = &call.app.codebuild;
    let key = (call.scope.clone(), input.name.clone());
    if service.tables.projects.contains(&key) {
        return Err(errors::project_exists(&call.scope, &input.name).into());
    }
    let project = defaults::created(&call.scope, call.now, input);
    validate::project(&project)?;
    if let Some(source) = &project.source {
        credentials::check_connected(service, &call.scope, source)?;
    }
    let role = project.service_role.as_deref().unwrap_or_default();
    service.check_role(&call, role).await?;
    let (tables, stored) = (service.tables.clone(), project.clone());
    let written = service.store.write(move |tx| {
        if tx.contains(&tables.projects, &key) {
            return Err(errors::project_exists(&key.0, &key.1));
        }
        tx.put(&tables.projects, key, stored);
        Ok(())
    });
    written
        .await
        .map_err(WriteError::<ResourceAlreadyExistsException>::refused)?;
    Ok(CreateProjectOutput {
        project: Some(project),
    })
}
