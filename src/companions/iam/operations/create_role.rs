//! `CreateRole`: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html>

use crate::aws::Time;
use crate::companions::iam::document::{self, Kind};
use crate::companions::iam::rows::{self, Role};
use crate::companions::iam::{errors, names, tags, view};
use crate::server::Call;
use crate::store::{Txn, WriteError};
use iam_api::error::CreateRoleError;
use iam_api::input::CreateRoleInput;
use iam_api::output::CreateRoleOutput;
use std::collections::{BTreeMap, BTreeSet};

/// The new role. Names are unique in the account, whatever their case and path.
pub async fn create_role(
    input: CreateRoleInput,
    call: Call,
) -> Result<CreateRoleOutput, CreateRoleError> {
    document::check(Kind::Trust, &input.assume_role_policy_document).map_err(errors::malformed)?;
    let role = role(input, call.now)?;
    let account = call.account().clone();
    let shown = view::role(&account, &role);
    let table = call.app.iam.tables.roles.clone();
    let write = move |tx: &mut Txn| {
        let key = rows::key(&account, &role.name);
        if tx.contains(&table, &key) {
            return Err(CreateRoleError::from(errors::role_exists(&role.name)));
        }
        tx.put(&table, key, role);
        Ok(())
    };
    call.app
        .iam
        .store
        .write(write)
        .await
        .map_err(WriteError::refused)?;
    Ok(CreateRoleOutput { role: shown })
}

const HOUR: i32 = 3600;

fn role(input: CreateRoleInput, now: Time) -> Result<Role, CreateRoleError> {
    let mut given = BTreeMap::new();
    tags::put::<CreateRoleError>(&mut given, input.tags.unwrap_or_default())?;
    Ok(Role {
        name: input.role_name,
        path: input.path.unwrap_or_else(|| "/".to_owned()),
        id: names::id("AROA"),
        created: now,
        trust: input.assume_role_policy_document,
        description: input.description,
        longest_session_seconds: input.max_session_duration.unwrap_or(HOUR),
        boundary: input.permissions_boundary,
        tags: given,
        inline: BTreeMap::new(),
        attached: BTreeSet::new(),
    })
}
