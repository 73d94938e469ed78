//! DeleteProject: <https://docs.aws.amazon.com/codebuild/latest/APIReference/API_DeleteProject.html>

use crate::codebuild::names;
use crate::server::call::Call;
use crate::store::WriteError;
use codebuild_api::error::DeleteProjectError;
use codebuild_api::input::DeleteProjectInput;
use codebuild_api::output::DeleteProjectOutput;

/// A project that is not there is deleted just as well. Builds and logs stay; a new project of the name counts from 1.
pub async fn delete_project(
    input: DeleteProjectInput,
    call: Call,
) -> Result<DeleteProjectOutput, DeleteProjectError> {
    let service = &call.app.codebuild;
    let Some(name) = names::project_name(&call.scope, &input.name) else {
        return Ok(DeleteProjectOutput::default());
    };
    let key = (call.scope.clone(), name.to_owned());
    let tables = service.tables.clone();
    let written = service.store.write(move |tx| {
        tx.remove(&tables.projects, &key);
        tx.remove(&tables.activity, &key);
        // A new project of the name gives these numbers to builds of its own.
        let at = |number| (key.0.clone(), key.1.clone(), number);
        tx.remove_records(&tables.numbers, at(0)..=at(u64::MAX), usize::MAX);
        Ok(())
    });
    written
        .await
        .map_err(WriteError::<DeleteProjectError>::refused)?;
    Ok(DeleteProjectOutput::default())
}
