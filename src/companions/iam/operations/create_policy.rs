//! `CreatePolicy`: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicy.html>

use crate::aws::Time;
use crate::companions::iam::document::{self, Kind};
use crate::companions::iam::rows::{self, Policy, Version};
use crate::companions::iam::{errors, names, tags, view};
use crate::server::Call;
use crate::store::{Txn, WriteError};
use iam_api::error::CreatePolicyError;
use iam_api::input::CreatePolicyInput;
use iam_api::output::CreatePolicyOutput;
use std::collections::BTreeMap;

/// The new policy, whose document is its version `v1`.
pub async fn create_policy(
    input: CreatePolicyInput,
    call: Call,
) -> Result<CreatePolicyOutput, CreatePolicyError> {
    document::check(Kind::Permissions, &input.policy_document).map_err(errors::malformed)?;
    let policy = policy(input, call.now)?;
    let account = call.account().clone();
    let shown = view::policy(&account, &policy, 0);
    let table = call.app.iam.tables.policies.clone();
    let write = move |tx: &mut Txn| {
        let key = rows::key(&account, &policy.name);
        if tx.contains(&table, &key) {
            return Err(CreatePolicyError::from(errors::policy_exists(&policy.name)));
        }
        tx.put(&table, key, policy);
        Ok(())
    };
    call.app
        .iam
        .store
        .write(write)
        .await
        .map_err(WriteError::refused)?;
    Ok(CreatePolicyOutput {
        policy: Some(shown),
    })
}

fn policy(input: CreatePolicyInput, now: Time) -> Result<Policy, CreatePolicyError> {
    let mut given = BTreeMap::new();
    tags::put::<CreatePolicyError>(&mut given, input.tags.unwrap_or_default())?;
    Ok(Policy {
        name: input.policy_name,
        path: input.path.unwrap_or_else(|| "/".to_owned()),
        id: names::id("ANPA"),
        description: input.description,
        created: now,
        updated: now,
        tags: given,
        versions: BTreeMap::from([(
            1,
            Version {
                document: input.policy_document,
                created: now,
            },
        )]),
        default: 1,
        next: 2,
    })
}
