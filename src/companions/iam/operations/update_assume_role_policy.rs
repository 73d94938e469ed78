//! `UpdateAssumeRolePolicy`: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAssumeRolePolicy.html>

use crate::companions::iam::document::{self, Kind};
use crate::companions::iam::errors;
use crate::server::Call;
use iam_api::error::UpdateAssumeRolePolicyError;
use iam_api::input::UpdateAssumeRolePolicyInput;
use iam_api::output::UpdateAssumeRolePolicyOutput;

pub async fn update_assume_role_policy(
    input: UpdateAssumeRolePolicyInput,
    call: Call,
) -> Result<UpdateAssumeRolePolicyOutput, UpdateAssumeRolePolicyError> {
    document::check(Kind::Trust, &input.policy_document).map_err(errors::malformed)?;
    let changed = call
        .app
        .iam
        .change_role(call.account(), &input.role_name, move |role, _| {
            role.trust = input.policy_document;
            Ok::<_, UpdateAssumeRolePolicyError>(())
        });
    changed.await?;
    Ok(UpdateAssumeRolePolicyOutput {})
}
