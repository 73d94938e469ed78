//! `DeleteRole`: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRole.html>

use crate::companions::iam::{errors, rows};
use crate::server::Call;
use crate::store::{Txn, WriteError};
use iam_api::error::DeleteRoleError;
use iam_api::input::DeleteRoleInput;
use iam_api::output::DeleteRoleOutput;

/// Refused while the role has inline policies or attached ones.
pub async fn delete_role(
    input: DeleteRoleInput,
    call: Call,
) -> Result<DeleteRoleOutput, DeleteRoleError> {
    let table = call.app.iam.tables.roles.clone();
    let key = rows::key(call.account(), &input.role_name);
    let write = move |tx: &mut Txn| {
        let role = tx
            .get(&table, &key)
            .ok_or_else(|| errors::no_role(&input.role_name))?;
        if !role.inline.is_empty() {
            return Err(DeleteRoleError::from(errors::conflict(
                "Cannot delete entity, must delete policies first.",
            )));
        }
        if !role.attached.is_empty() {
            return Err(
                errors::conflict("Cannot delete entity, must detach all policies first.").into(),
            );
        }
        tx.remove(&table, &key);
        Ok(())
    };
    call.app
        .iam
        .store
        .write(write)
        .await
        .map_err(WriteError::refused)?;
    Ok(DeleteRoleOutput {})
}
