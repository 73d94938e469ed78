//! InvalidateProjectCache: <https://docs.aws.amazon.com/codebuild/latest/APIReference/API_InvalidateProjectCache.html>

use crate::codebuild::{errors, names};
use crate::server::call::Call;
use codebuild_api::error::InvalidateProjectCacheError;
use codebuild_api::input::InvalidateProjectCacheInput;
use codebuild_api::output::InvalidateProjectCacheOutput;

/// The next build of the project finds no cache: no build leaves one, so that there is nothing to forget.
pub async fn invalidate_project_cache(
    input: InvalidateProjectCacheInput,
    call: Call,
) -> Result<InvalidateProjectCacheOutput, InvalidateProjectCacheError> {
    let projects = &call.app.codebuild.tables.projects;
    let name = names::project_name(&call.scope, &input.project_name);
    let key = name.map(|name| (call.scope.clone(), name.to_owned()));
    match key.filter(|key| projects.contains(key)) {
        Some(_) => Ok(InvalidateProjectCacheOutput::default()),
        None => Err(errors::project_not_found(&call.scope, &input.project_name).into()),
    }
}
