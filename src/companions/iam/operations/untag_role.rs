//! `UntagRole`: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_UntagRole.html>

use crate::companions::iam::tags;
use crate::server::Call;
use iam_api::error::UntagRoleError;
use iam_api::input::UntagRoleInput;
use iam_api::output::UntagRoleOutput;

/// Keys that the role does not have are ignored.
pub async fn untag_role(
    input: UntagRoleInput,
    call: Call,
) -> Result<UntagRoleOutput, UntagRoleError> {
    let changed = call
        .app
        .iam
        .change_role(call.account(), &input.role_name, move |role, _| {
            input
                .tag_keys
                .iter()
                .for_each(|key| tags::remove(&mut role.tags, key));
            Ok::<_, UntagRoleError>(())
        });
    changed.await?;
    Ok(UntagRoleOutput {})
}
