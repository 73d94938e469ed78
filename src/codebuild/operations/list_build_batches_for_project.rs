//! ListBuildBatchesForProject: <https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ListBuildBatchesForProject.html>

use super::list_build_batches::{page, status};
use crate::codebuild::batches::rows::Which;
use crate::codebuild::pages::List;
use crate::codebuild::{errors, names};
use crate::server::call::Call;
use codebuild_api::error::ListBuildBatchesForProjectError;
use codebuild_api::input::ListBuildBatchesForProjectInput;
use codebuild_api::output::ListBuildBatchesForProjectOutput;

/// Ids of a project's batches, ordered as by ListBuildBatches; of all projects when none is named.
pub async fn list_build_batches_for_project(
    input: ListBuildBatchesForProjectInput,
    call: Call,
) -> Result<ListBuildBatchesForProjectOutput, ListBuildBatchesForProjectError> {
    let asked = input.project_name.as_deref();
    let project = asked.map(|asked| names::project_name(&call.scope, asked).unwrap_or(asked));
    if let Some(name) = project {
        let key = (call.scope.clone(), name.to_owned());
        if !call.app.codebuild.tables.projects.contains(&key) {
            return Err(errors::no_such_project(&call.scope, name).into());
        }
    }
    let status = status(input.filter);
    let which = Which {
        scope: &call.scope,
        project,
        status: status.map(|status| status.as_str()),
    };
    let name = format!("ListBuildBatchesForProject/{which:?}");
    let list = List::new(name, &input.next_token).sized(input.max_results);
    let (ids, next) = page(&call, which, list, input.sort_order)?;
    Ok(ListBuildBatchesForProjectOutput {
        ids: Some(ids),
        next_token: next,
    })
}
