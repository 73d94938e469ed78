//! ListProjects: <https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ListProjects.html>

use crate::codebuild::named::By;
use crate::codebuild::pages::List;
use crate::server::call::Call;
use crate::store::Direction;
use codebuild_api::error::ListProjectsError;
use codebuild_api::input::ListProjectsInput;
use codebuild_api::model::ProjectSortByType;
use codebuild_api::output::ListProjectsOutput;

/// Names, by name unless another order is asked for; a hundred on a page.
pub async fn list_projects(
    input: ListProjectsInput,
    call: Call,
) -> Result<ListProjectsOutput, ListProjectsError> {
    let by = match input.sort_by {
        None | Some(ProjectSortByType::Name) => By::Name,
        Some(ProjectSortByType::CreatedTime) => By::Created,
        Some(ProjectSortByType::LastModifiedTime) => By::Changed,
    };
    let list = List::new(
        format!("ListProjects/{:?}/{by:?}", call.scope),
        &input.next_token,
    )
    .ordered(input.sort_order, Direction::Forward);
    let projects = &call.app.codebuild.tables.projects;
    let (names, next) = projects.names(&call.scope, &list, by)?;
    Ok(ListProjectsOutput {
        next_token: next,
        projects: Some(names),
    })
}
