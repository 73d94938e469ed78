//! `DeletePolicy`: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeletePolicy.html>

use crate::companions::iam::{companion, errors, names, rows};
use crate::server::Call;
use crate::store::{Direction, Txn, WriteError};
use iam_api::error::DeletePolicyError;
use iam_api::input::DeletePolicyInput;
use iam_api::output::DeletePolicyOutput;

/// Refused while the policy is attached, and while it has versions beside the default.
pub async fn delete_policy(
    input: DeletePolicyInput,
    call: Call,
) -> Result<DeletePolicyOutput, DeletePolicyError> {
    let (tables, account, arn) = (
        call.app.iam.tables.clone(),
        call.account().clone(),
        input.policy_arn,
    );
    let absent = errors::no_policy(&arn);
    let key = companion::key_of(&account, &arn).ok_or_else(|| errors::no_policy(&arn))?;
    let write = move |tx: &mut Txn| {
        let policy = tx.get(&tables.policies, &key);
        let policy =
            policy.filter(|policy| names::policy_arn(&account, &policy.path, &policy.name) == arn);
        let policy = policy.ok_or(absent)?;
        let roles = tx.range(
            &tables.roles,
            rows::all_of(&account),
            Direction::Forward,
            usize::MAX,
        );
        if roles.iter().any(|(_, role)| role.attached.contains(&arn)) {
            return Err(DeletePolicyError::from(errors::conflict(
                "Cannot delete a policy attached to entities.",
            )));
        }
        if policy.versions.len() > 1 {
            return Err(errors::conflict(MORE_VERSIONS).into());
        }
        tx.remove(&tables.policies, &key);
        Ok(())
    };
    call.app
        .iam
        .store
        .write(write)
        .await
        .map_err(WriteError::refused)?;
    Ok(DeletePolicyOutput {})
}

const MORE_VERSIONS: &str = "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. \
    The default version is deleted with the policy.";
