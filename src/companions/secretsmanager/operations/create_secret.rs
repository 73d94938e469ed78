//! `CreateSecret`: <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html>

use crate::aws::ids;
use crate::companions::secretsmanager::rows::{Secret, SecretKey, Tables};
use crate::companions::secretsmanager::versions::{self, New};
use crate::companions::secretsmanager::{errors, tags};
use crate::server::Call;
use crate::store::Txn;
use secretsmanager_api::error::{CreateSecretError, InvalidParameterException};
use secretsmanager_api::input::CreateSecretInput;
use secretsmanager_api::output::CreateSecretOutput;
use std::collections::BTreeMap;

/// A new secret, with its first version if the request brings a value.
pub async fn create_secret(
    mut input: CreateSecretInput,
    call: Call,
) -> Result<CreateSecretOutput, CreateSecretError> {
    check(&input)?;
    let value = versions::value(input.secret_string.take(), input.secret_binary.take())?;
    let key = (call.scope.clone(), input.name.clone());
    let token = input.client_request_token.take();
    let token = token.unwrap_or_else(ids::uuid);
    let mut secret = Secret {
        suffix: ids::alphanumeric(6),
        description: input.description.take(),
        kms_key: input.kms_key_id.take(),
        created: call.now,
        changed: call.now,
        deleted: None,
        tags: BTreeMap::new(),
        versions: BTreeMap::new(),
    };
    tags::add(&mut secret.tags, input.tags.take().unwrap_or_default())?;
    let write = call.app.secretsmanager.write(move |tables, tx| {
        let new = value.map(|value| New::current(Some(token), value, call.now));
        create(tables, tx, key, secret, new)
    });
    write.await
}

// Differs from AWS: secrets are not replicated to other regions, and have no rotation; requests for replicas are refused.
fn check(input: &CreateSecretInput) -> Result<(), InvalidParameterException> {
    let letters = |letter: char| letter.is_ascii_alphanumeric() || "/_+=.@!-".contains(letter);
    if !input.name.chars().all(letters) {
        return Err(errors::invalid(
            "Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!",
        ));
    }
    let replicas = input.add_replica_regions.as_deref().unwrap_or_default();
    match replicas.is_empty() && input.cross_account_primary_arn.is_none() {
        true => Ok(()),
        false => Err(errors::invalid(
            "slipway does not replicate secrets: leave AddReplicaRegions out",
        )),
    }
}

/// The same request again, by its token, is answered as the first time.
fn create(
    tables: &Tables,
    tx: &mut Txn,
    key: SecretKey,
    secret: Secret,
    new: Option<New>,
) -> Result<CreateSecretOutput, CreateSecretError> {
    let now = secret.created;
    if let Some(old) = tx
        .get(&tables.secrets, &key)
        .filter(|old| !old.is_gone(now))
    {
        if old.deleted.is_some() {
            return Err(errors::name_deleted().into());
        }
        let mut old = Secret::clone(&old);
        let again = new.filter(|new| old.versions.contains_key(&new.id));
        let new = again.ok_or_else(|| errors::exists(&key.1))?;
        let id = new.id.clone();
        versions::add(tables, tx, &key, &mut old, new)?;
        return Ok(shown(&key, &old, Some(id)));
    }
    tables.remove(tx, &key);
    let mut secret = secret;
    let id = new.as_ref().map(|new| new.id.clone());
    if let Some(new) = new {
        versions::add(tables, tx, &key, &mut secret, new)?;
    }
    let shown = shown(&key, &secret, id);
    tx.put(&tables.secrets, key, secret);
    Ok(shown)
}

fn shown(key: &SecretKey, secret: &Secret, version: Option<String>) -> CreateSecretOutput {
    CreateSecretOutput {
        arn: Some(secret.arn(key)),
        name: Some(key.1.clone()),
        version_id: version,
        replication_status: None,
    }
}
