//! `PutRolePolicy`: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html>

use crate::companions::iam::document::{self, Kind};
use crate::companions::iam::errors;
use crate::server::Call;
use iam_api::error::LimitExceededException;
use iam_api::error::PutRolePolicyError;
use iam_api::input::PutRolePolicyInput;
use iam_api::output::PutRolePolicyOutput;

/// All inline policies of a role together, in characters that are no white space.
const LONGEST: usize = 10_240;

pub async fn put_role_policy(
    input: PutRolePolicyInput,
    call: Call,
) -> Result<PutRolePolicyOutput, PutRolePolicyError> {
    document::check(Kind::Permissions, &input.policy_document).map_err(errors::malformed)?;
    let name = input.role_name.clone();
    let changed = call
        .app
        .iam
        .change_role(call.account(), &input.role_name, move |role, _| {
            role.inline.insert(input.policy_name, input.policy_document);
            let length = |text: &String| {
                text.chars()
                    .filter(|character| !character.is_whitespace())
                    .count()
            };
            if role.inline.values().map(length).sum::<usize>() > LONGEST {
                let text =
                    format!("Maximum policy size of {LONGEST} bytes exceeded for role {name}");
                return Err(PutRolePolicyError::from(LimitExceededException::new(text)));
            }
            Ok(())
        });
    changed.await?;
    Ok(PutRolePolicyOutput {})
}
