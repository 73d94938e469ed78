//! DeleteApplication: <https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_DeleteApplication.html>

use crate::codedeploy::CodeDeploy;
use crate::codedeploy::store::{NameKey, names_below};
use crate::server::call::Call;
use crate::store::{Direction, WriteError};
use codedeploy_api::error::DeleteApplicationError;
use codedeploy_api::input::DeleteApplicationInput;
use codedeploy_api::output::DeleteApplicationOutput;

/// An application with its groups, revisions and tags; one that is not there is deleted just as well.
pub async fn delete_application(
    input: DeleteApplicationInput,
    call: Call,
) -> Result<DeleteApplicationOutput, DeleteApplicationError> {
    let key = (call.scope, input.application_name);
    while !delete_some(&call.app.codedeploy, &key).await? {}
    Ok(DeleteApplicationOutput::default())
}

/// Revisions removed by one write, so that no other write waits for all of them.
const AT_ONCE: usize = 500;

/// One write of the deletion; whether it was the last.
async fn delete_some(service: &CodeDeploy, key: &NameKey) -> Result<bool, DeleteApplicationError> {
    let (tables, key) = (service.tables.clone(), key.clone());
    let written = service.store.write(move |tx| {
        let Some(application) = tx.get(&tables.applications, &key) else {
            return Ok(true);
        };
        let below = || names_below(&key.0, &application.id);
        let revisions = tx.range(&tables.revisions, below(), Direction::Forward, AT_ONCE);
        for (revision, _) in &revisions {
            tx.remove(&tables.revisions, revision);
        }
        if revisions.len() == AT_ONCE {
            return Ok(false);
        }
        for (group, _) in tx.range(&tables.groups, below(), Direction::Forward, usize::MAX) {
            tables.remove_group(tx, &group);
        }
        tx.remove(&tables.tags, &(key.0.clone(), application.id.clone()));
        tx.remove(&tables.applications, &key);
        Ok(true)
    });
    written.await.map_err(WriteError::refused)
}
