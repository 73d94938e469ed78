//! DeleteProject: <https://docs.aws.amazon.com/codebuild/latest/APIReference/API_DeleteProject.html>

use crate::codebuild::{errors, names};
use crate::server::call::Call;
use crate::store::{Direction, WriteError};
use codebuild_api::error::{DeleteProjectError, InvalidInputException};
use codebuild_api::input::DeleteProjectInput;
use codebuild_api::output::DeleteProjectOutput;

/// A project that is not there is deleted just as well. Webhook and policy go with it; builds, logs and reports stay, and for the
/// sake of those who see them a project that has builds must lose its policy first. A new project of the name counts from 1.
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
        let at = |number| (key.0.clone(), key.1.clone(), number);
        let builds = at(0)..=at(u64::MAX);
        let policy = (key.0.clone(), names::project_arn(&key.0, &key.1));
        if tx.contains(&tables.policies.rows, &policy) {
            let first = tx.range_records(&tables.numbers, builds.clone(), Direction::Forward, 1);
            if !first.is_empty() {
                return Err(errors::project_has_builds_and_policy(&key.0, &key.1));
            }
            tx.remove(&tables.policies.rows, &policy);
        }
        tx.remove(&tables.projects, &key);
        tx.remove(&tables.webhooks, &key);
        tx.remove(&tables.activity, &key);
        // A new project of the name gives these numbers to builds of its own.
        tx.remove_records(&tables.numbers, builds, usize::MAX);
        Ok(())
    });
    written
        .await
        .map_err(WriteError::<InvalidInputException>::refused)?;
    Ok(DeleteProjectOutput::default())
}
