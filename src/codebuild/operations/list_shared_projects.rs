//! ListSharedProjects: <https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ListSharedProjects.html>

use crate::codebuild::names::PROJECT;
use crate::codebuild::pages::List;
use crate::server::call::Call;
use crate::store::Direction;
use codebuild_api::error::ListSharedProjectsError;
use codebuild_api::input::ListSharedProjectsInput;
use codebuild_api::model::SharedResourceSortByType;
use codebuild_api::output::ListSharedProjectsOutput;

/// ARNs of other accounts' projects whose policy names the caller's account, by ARN unless the time of sharing is asked for.
pub async fn list_shared_projects(
    input: ListSharedProjectsInput,
    call: Call,
) -> Result<ListSharedProjectsOutput, ListSharedProjectsError> {
    let by = input.sort_by.unwrap_or(SharedResourceSortByType::Arn);
    let list = List::new(
        format!("ListSharedProjects/{:?}/{by:?}", call.scope),
        &input.next_token,
    )
    .ordered(input.sort_order, Direction::Forward)
    .sized(input.max_results);
    let policies = &call.app.codebuild.tables.policies;
    let (arns, next) = policies.shared(&call.scope, PROJECT, by, &list)?;
    Ok(ListSharedProjectsOutput {
        projects: Some(arns),
        next_token: next,
    })
}
