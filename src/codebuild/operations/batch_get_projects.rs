//! BatchGetProjects: <https://docs.aws.amazon.com/codebuild/latest/APIReference/API_BatchGetProjects.html>

use crate::codebuild::names;
use crate::server::call::Call;
use codebuild_api::error::BatchGetProjectsError;
use codebuild_api::input::BatchGetProjectsInput;
use codebuild_api::output::BatchGetProjectsOutput;
use std::collections::BTreeSet;

/// Projects in the order asked for, each once; what is not found is listed as it was written.
pub async fn batch_get_projects(
    input: BatchGetProjectsInput,
    call: Call,
) -> Result<BatchGetProjectsOutput, BatchGetProjectsError> {
    let table = &call.app.codebuild.tables.projects;
    let (mut projects, mut missing, mut seen) = (Vec::new(), Vec::new(), BTreeSet::new());
    for asked in input.names {
        let name = names::project_name(&call.scope, &asked);
        if !seen.insert(name.unwrap_or(&asked).to_owned()) {
            continue;
        }
        let found = name.and_then(|name| table.get(&(call.scope.clone(), name.to_owned())));
        match found {
            Some(project) => projects.push((*project).clone()),
            None => missing.push(asked),
        }
    }
    Ok(BatchGetProjectsOutput {
        projects: Some(projects),
        projects_not_found: Some(missing),
    })
}
