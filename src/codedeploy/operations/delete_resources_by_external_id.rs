//! DeleteResourcesByExternalId: <https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_DeleteResourcesByExternalId.html>

use crate::server::call::Call;
use codedeploy_api::error::DeleteResourcesByExternalIdError;
use codedeploy_api::input::DeleteResourcesByExternalIdInput;
use codedeploy_api::output::DeleteResourcesByExternalIdOutput;

/// Always succeeds: nothing here is linked to a stack of CloudFormation.
pub async fn delete_resources_by_external_id(
    _input: DeleteResourcesByExternalIdInput,
    _call: Call,
) -> Result<DeleteResourcesByExternalIdOutput, DeleteResourcesByExternalIdError> {
    Ok(DeleteResourcesByExternalIdOutput::default())
}
