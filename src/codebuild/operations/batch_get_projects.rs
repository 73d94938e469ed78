//! BatchGetProjects: <https://docs.aws.amazon.com/codebuild/latest/APIReference/API_BatchGetProjects.html>

use crate::codebuild::{batch, names};
use crate::server::call::Call;
use codebuild_api::error::BatchGetProjectsError;
use codebuild_api::input::BatchGetProjectsInput;
use codebuild_api::output::BatchGetProjectsOutput;

/// Projects with their webhooks in the order asked for, each once; what is not found is listed as it was written.
pub async fn batch_get_projects(
    input: BatchGetProjectsInput,
    call: Call,
) -> Result<BatchGetProjectsOutput, BatchGetProjectsError> {
    let service = &call.app.codebuild;
    let (projects, missing) = batch::get(
        input.names,
        |text| names::project_name(&call.scope, text),
        |name| {
            let key = (call.scope.clone(), name.to_owned());
            let project = service.tables.projects.get(&key)?;
            Some(service.shown(&call, &key, (*project).clone()))
        },
    );
    Ok(BatchGetProjectsOutput {
        projects: Some(projects),
        projects_not_found: Some(missing),
    })
}
