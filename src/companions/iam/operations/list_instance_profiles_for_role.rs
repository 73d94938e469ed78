//! `ListInstanceProfilesForRole`: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListInstanceProfilesForRole.html>

use crate::server::Call;
use iam_api::error::ListInstanceProfilesForRoleError;
use iam_api::input::ListInstanceProfilesForRoleInput;
use iam_api::output::ListInstanceProfilesForRoleOutput;

/// There are no instance profiles here: the list is empty for every role that exists.
pub async fn list_instance_profiles_for_role(
    input: ListInstanceProfilesForRoleInput,
    call: Call,
) -> Result<ListInstanceProfilesForRoleOutput, ListInstanceProfilesForRoleError> {
    call.app.iam.role(call.account(), &input.role_name)?;
    Ok(ListInstanceProfilesForRoleOutput {
        instance_profiles: Vec::new(),
        is_truncated: Some(false),
        marker: None,
    })
}
