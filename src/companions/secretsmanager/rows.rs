//! What is stored: secrets by scope and name, and the values of their versions.

use crate::aws::{Scope, Time, arn::Arn};
use crate::store::{Builder, Records, Table, Txn};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

pub type SecretKey = (Scope, String);
/// A secret's key and a version's id.
pub type ValueKey = (Scope, String, String);

pub const CURRENT: &str = "AWSCURRENT";
pub const PREVIOUS: &str = "AWSPREVIOUS";

/// Versions that are kept of a secret; those without a stage make room.
pub const MOST_VERSIONS: usize = 100;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Secret {
    /// The six characters that end its ARN.
    pub suffix: String,
    pub description: Option<String>,
    pub kms_key: Option<String>,
    pub created: Time,
    pub changed: Time,
    /// When it was deleted, and when it will be gone.
    pub deleted: Option<Deletion>,
    pub tags: BTreeMap<String, String>,
    /// By id.
    pub versions: BTreeMap<String, Version>,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Deletion {
    pub asked: Time,
    pub gone: Time,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Version {
    pub created: Time,
    /// 1, 2, 3, … in the order they came.
    pub number: u64,
    /// Staging labels; none: the version is deprecated.
    pub stages: BTreeSet<String>,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Value {
    Text(String),
    Bytes(Vec<u8>),
}

impl fmt::Debug for Value {
    /// The value stays out.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Value(…)")
    }
}

/// Clones share their rows.
#[derive(Clone)]
pub struct Tables {
    pub secrets: Table<SecretKey, Secret>,
    pub values: Records<ValueKey, Value>,
}

impl Tables {
    pub fn declare(b: &mut Builder) -> Self {
        Self {
            secrets: b.table("secretsmanager.secrets"),
            values: b.records("secretsmanager.values"),
        }
    }

    /// Removes a secret and the values of all its versions.
    pub fn remove(&self, tx: &mut Txn, key: &SecretKey) {
        let Some(secret) = tx.remove(&self.secrets, key) else {
            return;
        };
        for id in secret.versions.keys() {
            tx.remove_record(&self.values, &value_key(key, id));
        }
    }
}

impl Secret {
    pub fn arn(&self, key: &SecretKey) -> String {
        let resource = format!("secret:{}-{}", key.1, self.suffix);
        Arn::regional("secretsmanager", &key.0, resource).to_string()
    }

    /// Nobody can have it back any more.
    pub fn is_gone(&self, now: Time) -> bool {
        self.deleted.is_some_and(|deleted| deleted.gone <= now)
    }

    /// The version with a staging label.
    pub fn staged(&self, stage: &str) -> Option<&String> {
        let mut versions = self.versions.iter();
        versions
            .find(|(_, version)| version.stages.contains(stage))
            .map(|(id, _)| id)
    }

    /// Stages by version, of those versions that have any.
    pub fn stages(&self) -> BTreeMap<String, Vec<String>> {
        let staged = self
            .versions
            .iter()
            .filter(|(_, version)| !version.stages.is_empty());
        staged
            .map(|(id, version)| (id.clone(), version.stages.iter().cloned().collect()))
            .collect()
    }
}

pub fn value_key(key: &SecretKey, version: &str) -> ValueKey {
    (key.0.clone(), key.1.clone(), version.to_owned())
}
