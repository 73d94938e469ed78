//! `UpdateRoleDescription`: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateRoleDescription.html>

use crate::companions::iam::view;
use crate::server::Call;
use iam_api::error::UpdateRoleDescriptionError;
use iam_api::input::UpdateRoleDescriptionInput;
use iam_api::output::UpdateRoleDescriptionOutput;

pub async fn update_role_description(
    input: UpdateRoleDescriptionInput,
    call: Call,
) -> Result<UpdateRoleDescriptionOutput, UpdateRoleDescriptionError> {
    let changed = call
        .app
        .iam
        .change_role(call.account(), &input.role_name, move |role, _| {
            role.description = Some(input.description);
            Ok::<_, UpdateRoleDescriptionError>(role.clone())
        });
    let role = changed.await?;
    Ok(UpdateRoleDescriptionOutput {
        role: Some(view::role(call.account(), &role)),
    })
}
