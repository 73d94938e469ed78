//! New versions, and where staging labels go. Pure: rows and values in, rows out.

use super::errors;
use super::rows::{
    CURRENT, MOST_VERSIONS, PREVIOUS, Secret, SecretKey, Tables, Value, Version, value_key,
};
use crate::aws::Time;
use crate::store::Txn;
use secretsmanager_api::error::{InvalidParameterException, ResourceExistsException};
use slipway_runtime::smithy::Blob;
use std::collections::BTreeSet;

/// The value a request brings, if it brings one.
pub fn value(
    text: Option<String>,
    bytes: Option<Blob>,
) -> Result<Option<Value>, InvalidParameterException> {
    match (text, bytes) {
        (Some(_), Some(_)) => Err(errors::invalid(
            "You can't specify both a binary secret value and a string secret value in the same secret.",
        )),
        (Some(text), None) => Ok(Some(Value::Text(text))),
        (None, Some(bytes)) => Ok(Some(Value::Bytes(bytes.into_inner()))),
        (None, None) => Ok(None),
    }
}

/// What a new version is made of.
pub struct New {
    pub id: String,
    pub value: Value,
    pub stages: BTreeSet<String>,
    pub now: Time,
}

impl New {
    /// The request's token is the version's id.
    pub fn current(token: Option<String>, value: Value, now: Time) -> Self {
        Self {
            id: token.unwrap_or_else(crate::aws::ids::uuid),
            value,
            stages: BTreeSet::from([CURRENT.to_owned()]),
            now,
        }
    }
}

/// Adds a version with its value. The same again changes nothing; another value under a known id is refused.
pub fn add(
    tables: &Tables,
    tx: &mut Txn,
    key: &SecretKey,
    secret: &mut Secret,
    new: New,
) -> Result<(), ResourceExistsException> {
    let place = value_key(key, &new.id);
    if secret.versions.contains_key(&new.id) {
        let same = tx.get_record(&tables.values, &place).as_ref() == Some(&new.value);
        return same.then_some(()).ok_or_else(errors::version_exists);
    }
    let last = secret.versions.values().map(|version| version.number).max();
    let version = Version {
        created: new.now,
        number: last.unwrap_or(0) + 1,
        stages: BTreeSet::new(),
    };
    secret.versions.insert(new.id.clone(), version);
    let mut stages = new.stages;
    if secret.staged(CURRENT).is_none() {
        stages.insert(CURRENT.to_owned());
    }
    for stage in stages {
        move_stage(secret, &stage, &new.id);
    }
    secret.changed = new.now;
    tx.put_record(&tables.values, place, new.value);
    forget_oldest(tables, tx, key, secret);
    Ok(())
}

/// Puts a stage on a version; what was AWSCURRENT becomes AWSPREVIOUS.
pub fn move_stage(secret: &mut Secret, stage: &str, to: &str) {
    let from = secret.staged(stage).cloned();
    if from.as_deref() == Some(to) {
        return;
    }
    for version in secret.versions.values_mut() {
        version.stages.remove(stage);
    }
    if let Some(version) = secret.versions.get_mut(to) {
        version.stages.insert(stage.to_owned());
    }
    if stage == CURRENT
        && let Some(from) = from
    {
        move_stage(secret, PREVIOUS, &from);
    }
}

fn forget_oldest(tables: &Tables, tx: &mut Txn, key: &SecretKey, secret: &mut Secret) {
    while secret.versions.len() > MOST_VERSIONS {
        let deprecated = secret.versions.iter();
        let deprecated = deprecated.filter(|(_, version)| version.stages.is_empty());
        let oldest = deprecated.min_by_key(|(_, version)| version.number);
        let Some(id) = oldest.map(|(id, _)| id.clone()) else {
            return;
        };
        secret.versions.remove(&id);
        tx.remove_record(&tables.values, &value_key(key, &id));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn secret(ids: &[&str]) -> Secret {
        let time = Time::from_millis(0);
        let version = |(at, id): (usize, &&str)| {
            let number = at as u64 + 1;
            let stages = BTreeSet::new();
            let version = Version {
                created: time,
                number,
                stages,
            };
            ((*id).to_owned(), version)
        };
        Secret {
            suffix: "abcdef".into(),
            description: None,
            kms_key: None,
            created: time,
            changed: time,
            deleted: None,
            tags: BTreeMap::new(),
            versions: ids.iter().enumerate().map(version).collect(),
        }
    }

    // Documented: "the previous version of the secret gets the staging label AWSPREVIOUS".
    #[test]
    fn what_was_current_becomes_previous() {
        let mut secret = secret(&["a", "b", "c"]);
        for id in ["a", "b", "c"] {
            move_stage(&mut secret, CURRENT, id);
        }
        assert_eq!(secret.staged(CURRENT).unwrap(), "c");
        assert_eq!(secret.staged(PREVIOUS).unwrap(), "b");
        assert!(secret.versions["a"].stages.is_empty());
        move_stage(&mut secret, CURRENT, "b");
        assert_eq!(secret.staged(CURRENT).unwrap(), "b");
        assert_eq!(secret.staged(PREVIOUS).unwrap(), "c");
    }
}
