//! DeleteApplication: <https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_DeleteApplication.html>

use crate::codedeploy::CodeDeploy;
use crate::codedeploy::deployments::DeploymentKey;
use crate::codedeploy::store::{NameKey, names_below};
use crate::engine::deployment::event::Owner;
use crate::server::call::Call;
use crate::store::{Direction, WriteError};
use codedeploy_api::error::DeleteApplicationError;
use codedeploy_api::input::DeleteApplicationInput;
use codedeploy_api::output::DeleteApplicationOutput;

/// An application with its groups, revisions and tags; one that is not there is deleted just as well. Active deployments fail;
/// finished ones stay readable.
pub async fn delete_application(
    input: DeleteApplicationInput,
    call: Call,
) -> Result<DeleteApplicationOutput, DeleteApplicationError> {
    let key = (call.scope, input.application_name);
    let service = &call.app.codedeploy;
    let active = loop {
        if let Some(active) = delete_some(service, &key).await? {
            break active;
        }
    };
    service.orphan(active, Owner::Application).await;
    Ok(DeleteApplicationOutput::default())
}

/// Revisions removed by one write, so that no other write waits for all of them.
const AT_ONCE: usize = 500;

/// One write of the deletion; the last one gives the active deployments.
async fn delete_some(
    service: &CodeDeploy,
    key: &NameKey,
) -> Result<Option<Vec<DeploymentKey>>, DeleteApplicationError> {
    let (tables, key) = (service.tables.clone(), key.clone());
    let written = service.store.write(move |tx| {
        let Some(application) = tx.get(&tables.applications, &key) else {
            return Ok(Some(Vec::new()));
        };
        let below = || names_below(&key.0, &application.id);
        let revisions = tx.range(&tables.revisions, below(), Direction::Forward, AT_ONCE);
        for (revision, _) in &revisions {
            tx.remove(&tables.revisions, revision);
        }
        if revisions.len() == AT_ONCE {
            return Ok(None);
        }
        let mut active = Vec::new();
        for (group, _) in tx.range(&tables.groups, below(), Direction::Forward, usize::MAX) {
            active.extend(tables.active_of(tx, &group));
            tables.remove_group(tx, &group);
        }
        tx.remove(&tables.tags, &(key.0.clone(), application.id.clone()));
        tx.remove(&tables.applications, &key);
        Ok(Some(active))
    });
    written.await.map_err(WriteError::refused)
}
