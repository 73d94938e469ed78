//! `AttachRolePolicy`: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_AttachRolePolicy.html>

use crate::companions::iam::{companion, errors, names, rows};
use crate::server::Call;
use iam_api::error::AttachRolePolicyError;
use iam_api::input::AttachRolePolicyInput;
use iam_api::output::AttachRolePolicyOutput;

const MOST: usize = 10;

/// Attaching twice is harmless. Any policy of AWS's own can be attached.
pub async fn attach_role_policy(
    input: AttachRolePolicyInput,
    call: Call,
) -> Result<AttachRolePolicyOutput, AttachRolePolicyError> {
    let (account, policies) = (call.account().clone(), call.app.iam.tables.policies.clone());
    let (path, _) =
        names::policy_parts(&input.policy_arn).ok_or_else(|| errors::bad_arn(&input.policy_arn))?;
    let changed = call
        .app
        .iam
        .change_role(call.account(), &input.role_name, move |role, tx| {
            let own = companion::key_of(&account, &input.policy_arn)
                .and_then(|key| tx.get(&policies, &key));
            let own = own.filter(|policy| {
                policy.path == path
                    && input
                        .policy_arn
                        .starts_with(&format!("arn:aws:iam::{account}:"))
            });
            if own.is_none() && !rows::is_aws_managed(&input.policy_arn) {
                return Err(AttachRolePolicyError::from(errors::not_attachable(
                    &input.policy_arn,
                )));
            }
            role.attached.insert(input.policy_arn);
            if role.attached.len() > MOST {
                return Err(errors::quota("PoliciesPerRole", MOST).into());
            }
            Ok(())
        });
    changed.await?;
    Ok(AttachRolePolicyOutput {})
}
