//! `UpdateRole`: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateRole.html>

use crate::server::Call;
use iam_api::error::UpdateRoleError;
use iam_api::input::UpdateRoleInput;
use iam_api::output::UpdateRoleOutput;

/// Changes what is given. A description that is absent stays.
pub async fn update_role(
    input: UpdateRoleInput,
    call: Call,
) -> Result<UpdateRoleOutput, UpdateRoleError> {
    let name = input.role_name.clone();
    let changed = call
        .app
        .iam
        .change_role(call.account(), &name, move |role, _| {
            role.description = input.description.or(role.description.take());
            role.longest_session_seconds = input
                .max_session_duration
                .unwrap_or(role.longest_session_seconds);
            Ok::<_, UpdateRoleError>(())
        });
    changed.await?;
    Ok(UpdateRoleOutput {})
}
