//! What is stored: parameters by scope and name, and their older versions.

use crate::aws::{Scope, Time};
use crate::store::{Builder, Records, Table, Txn};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

pub type ParameterKey = (Scope, String);
/// A parameter's key and the version's number.
pub type VersionKey = (Scope, String, u64);

/// Versions that are kept of a parameter (AWS's quota).
pub const MOST_VERSIONS: u64 = 100;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Parameter {
    /// The newest version.
    pub current: Version,
    /// The number of the oldest version that is kept.
    pub oldest: u64,
    /// Labels and the versions they are on.
    pub labels: BTreeMap<String, u64>,
    pub tags: BTreeMap<String, String>,
}

/// Names of enumerations as on the wire.
#[derive(Clone, Serialize, Deserialize)]
pub struct Version {
    /// 1, 2, 3, …
    pub number: u64,
    pub value: String,
    /// `String`, `StringList` or `SecureString`.
    pub kind: String,
    pub description: Option<String>,
    /// Of a `SecureString`.
    pub key_id: Option<String>,
    pub allowed_pattern: Option<String>,
    /// `Standard` or `Advanced`.
    pub tier: String,
    pub data_type: String,
    pub modified: Time,
    /// ARN of who wrote it.
    pub user: String,
}

impl fmt::Debug for Version {
    /// The value stays out.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Version")
            .field("number", &self.number)
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

/// Clones share their rows.
// Differs from AWS: values of parameters and secrets are kept unencrypted in the data folder; KMS keys are recorded and shown.
#[derive(Clone)]
pub struct Tables {
    pub parameters: Table<ParameterKey, Parameter>,
    /// All versions but the newest.
    pub older: Records<VersionKey, Version>,
}

impl Tables {
    pub fn declare(b: &mut Builder) -> Self {
        Self {
            parameters: b.table("ssm.parameters"),
            older: b.records("ssm.versions"),
        }
    }

    /// Removes the parameter with all of its versions; says whether there was one.
    pub fn remove(&self, tx: &mut Txn, key: &ParameterKey) -> bool {
        let all = version_key(key, 0)..=version_key(key, u64::MAX);
        let most = usize::try_from(MOST_VERSIONS).unwrap_or(usize::MAX);
        tx.remove_records(&self.older, all, most);
        tx.remove(&self.parameters, key).is_some()
    }
}

pub fn version_key(key: &ParameterKey, number: u64) -> VersionKey {
    (key.0.clone(), key.1.clone(), number)
}
