//! InvalidateProjectCache: <https://docs.aws.amazon.com/codebuild/latest/APIReference/API_InvalidateProjectCache.html>

use crate::codebuild::store::Activity;
use crate::codebuild::{errors, names};
use crate::server::call::Call;
use crate::store::WriteError;
use codebuild_api::error::InvalidateProjectCacheError;
use codebuild_api::input::InvalidateProjectCacheInput;
use codebuild_api::output::InvalidateProjectCacheOutput;

/// Later builds of the project do not see what earlier ones have cached.
pub async fn invalidate_project_cache(
    input: InvalidateProjectCacheInput,
    call: Call,
) -> Result<InvalidateProjectCacheOutput, InvalidateProjectCacheError> {
    let service = &call.app.codebuild;
    let tables = service.tables.clone();
    let name = names::project_name(&call.scope, &input.project_name);
    let key = name.map(|name| (call.scope.clone(), name.to_owned()));
    let absent = errors::project_not_found(&call.scope, &input.project_name);
    let written = service.store.write(move |tx| {
        let key = key.filter(|key| tx.contains(&tables.projects, key));
        let key = key.ok_or_else(|| InvalidateProjectCacheError::from(absent))?;
        let activity = tx.get(&tables.activity, &key);
        let mut activity = activity.map_or_else(Activity::default, |row| (*row).clone());
        activity.cache_generation += 1;
        tx.put(&tables.activity, key, activity);
        Ok(InvalidateProjectCacheOutput::default())
    });
    written.await.map_err(WriteError::refused)
}
