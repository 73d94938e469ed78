//! DeleteResourcePolicy: <https://docs.aws.amazon.com/codebuild/latest/APIReference/API_DeleteResourcePolicy.html>

use crate::codebuild::policies;
use crate::server::call::Call;
use crate::store::WriteError;
use codebuild_api::error::DeleteResourcePolicyError;
use codebuild_api::input::DeleteResourcePolicyInput;
use codebuild_api::output::DeleteResourcePolicyOutput;

/// The resource has no policy, whether or not it had one.
pub async fn delete_resource_policy(
    input: DeleteResourcePolicyInput,
    call: Call,
) -> Result<DeleteResourcePolicyOutput, DeleteResourcePolicyError> {
    let service = &call.app.codebuild;
    policies::resource(&call.scope, &input.resource_arn)?;
    let key = (call.scope.clone(), input.resource_arn);
    let tables = service.tables.clone();
    let written = service.store.write(move |tx| {
        tx.remove(&tables.policies.rows, &key);
        Ok(())
    });
    written
        .await
        .map_err(WriteError::<DeleteResourcePolicyError>::refused)?;
    Ok(DeleteResourcePolicyOutput::default())
}
