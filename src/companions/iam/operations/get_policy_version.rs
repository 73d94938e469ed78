//! `GetPolicyVersion`: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetPolicyVersion.html>

use crate::companions::iam::{errors, view};
use crate::server::Call;
use iam_api::error::GetPolicyVersionError;
use iam_api::input::GetPolicyVersionInput;
use iam_api::model::PolicyVersion;
use iam_api::output::GetPolicyVersionOutput;

/// Differs from AWS: documents of AWS's own policies are not here; `GetPolicyVersion` of one answers `NoSuchEntity`.
pub async fn get_policy_version(
    input: GetPolicyVersionInput,
    call: Call,
) -> Result<GetPolicyVersionOutput, GetPolicyVersionError> {
    let policy = call.app.iam.policy(call.account(), &input.policy_arn)?;
    let number = view::version_number(&input.version_id);
    let found = number.and_then(|number| Some((number, policy.versions.get(&number)?)));
    let (number, version) =
        found.ok_or_else(|| errors::no_version(&input.policy_arn, &input.version_id))?;
    let shown = PolicyVersion {
        document: Some(view::document(&version.document)),
        ..view::version(&policy, number, version)
    };
    Ok(GetPolicyVersionOutput {
        policy_version: Some(shown),
    })
}
