//! UpdateProjectVisibility: <https://docs.aws.amazon.com/codebuild/latest/APIReference/API_UpdateProjectVisibility.html>

use crate::aws::ids;
use crate::codebuild::errors;
use crate::codebuild::names::{self, PROJECT};
use crate::server::call::Call;
use crate::store::WriteError;
use codebuild_api::error::{ResourceNotFoundException, UpdateProjectVisibilityError};
use codebuild_api::input::UpdateProjectVisibilityInput;
use codebuild_api::model::{Project, ProjectVisibilityType};
use codebuild_api::output::UpdateProjectVisibilityOutput;

const ALIAS: usize = 64;

/// A public project gets an alias, which it keeps while it is public. A role that is not given is taken away.
///
/// Differs from AWS: a public project is only marked as such: its builds are not served to the anonymous at `publicProjectAlias`.
pub async fn update_project_visibility(
    input: UpdateProjectVisibilityInput,
    call: Call,
) -> Result<UpdateProjectVisibilityOutput, UpdateProjectVisibilityError> {
    let service = &call.app.codebuild;
    let absent = errors::project_not_found(&call.scope, &input.project_arn);
    let Some(name) = names::of_arn(&call.scope, &input.project_arn, PROJECT)? else {
        return Err(absent.into());
    };
    let key = (call.scope.clone(), name.to_owned());
    if !service.tables.projects.contains(&key) {
        return Err(absent.into());
    }
    if let Some(role) = &input.resource_access_role {
        service.check_role(&call, role).await?;
    }
    let (tables, now) = (service.tables.clone(), call.now);
    let written = service.store.write(move |tx| {
        let Some(present) = tx.get(&tables.projects, &key) else {
            return Err(absent);
        };
        let alias = present.public_project_alias.clone();
        let is_public = input.project_visibility == ProjectVisibilityType::PublicRead;
        let alias = is_public.then(|| alias.unwrap_or_else(|| ids::alphanumeric(ALIAS)));
        let project = Project {
            project_visibility: Some(input.project_visibility),
            public_project_alias: alias,
            resource_access_role: input.resource_access_role,
            last_modified: Some(now.wire()),
            ..(*present).clone()
        };
        tx.put(&tables.projects, key, project.clone());
        Ok(project)
    });
    let project = written
        .await
        .map_err(WriteError::<ResourceNotFoundException>::refused)?;
    Ok(UpdateProjectVisibilityOutput {
        project_arn: project.arn,
        public_project_alias: project.public_project_alias,
        project_visibility: project.project_visibility,
    })
}
