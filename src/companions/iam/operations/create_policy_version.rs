//! `CreatePolicyVersion`: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicyVersion.html>

use crate::companions::iam::document::{self, Kind};
use crate::companions::iam::rows::Version;
use crate::companions::iam::{errors, view};
use crate::server::Call;
use iam_api::error::CreatePolicyVersionError;
use iam_api::error::LimitExceededException;
use iam_api::input::CreatePolicyVersionInput;
use iam_api::output::CreatePolicyVersionOutput;

const MOST: usize = 5;
const TOO_MANY: &str = "A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing version.";

/// Numbers of deleted versions are not used again.
pub async fn create_policy_version(
    input: CreatePolicyVersionInput,
    call: Call,
) -> Result<CreatePolicyVersionOutput, CreatePolicyVersionError> {
    document::check(Kind::Permissions, &input.policy_document).map_err(errors::malformed)?;
    let now = call.now;
    let changed = call
        .app
        .iam
        .change_policy(call.account(), &input.policy_arn, move |policy| {
            if policy.versions.len() >= MOST {
                return Err(CreatePolicyVersionError::from(LimitExceededException::new(
                    TOO_MANY,
                )));
            }
            let (number, version) = (
                policy.next,
                Version {
                    document: input.policy_document,
                    created: now,
                },
            );
            policy.next += 1;
            policy.versions.insert(number, version.clone());
            policy.updated = now;
            if input.set_as_default == Some(true) {
                policy.default = number;
            }
            Ok(view::version(policy, number, &version))
        });
    Ok(CreatePolicyVersionOutput {
        policy_version: Some(changed.await?),
    })
}
