//! `GetRole`: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRole.html>

use crate::companions::iam::view;
use crate::server::Call;
use iam_api::error::GetRoleError;
use iam_api::input::GetRoleInput;
use iam_api::output::GetRoleOutput;

pub async fn get_role(input: GetRoleInput, call: Call) -> Result<GetRoleOutput, GetRoleError> {
    let role = call.app.iam.role(call.account(), &input.role_name)?;
    Ok(GetRoleOutput {
        role: view::role(call.account(), &role),
    })
}
