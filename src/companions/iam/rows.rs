//! What is stored: one row per role, with everything attached to it, and one per managed policy, with its versions.
//!
//! Invariant: keys are account and lower-case name, since names are unique whatever their case.

use super::names::POLICIES_OF_AWS;
use crate::aws::{Account, Time};
use crate::store::{Builder, Index, Table};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

pub type Key = (Account, String);

/// The key of the role or policy of this name.
pub fn key(account: &Account, name: &str) -> Key {
    (account.clone(), name.to_lowercase())
}

/// Keys of everything an account has.
pub fn all_of(account: &Account) -> RangeInclusive<Key> {
    (account.clone(), String::new())..=(account.clone(), char::MAX.to_string())
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Role {
    pub name: String,
    /// Begins and ends with `/`.
    pub path: String,
    /// `AROA…`
    pub id: String,
    pub created: Time,
    /// The trust policy as it was sent.
    pub trust: String,
    pub description: Option<String>,
    pub longest_session_seconds: i32,
    pub boundary: Option<String>,
    pub tags: Tags,
    /// Inline policies by name, as they were sent.
    pub inline: BTreeMap<String, String>,
    /// ARNs of attached managed policies.
    pub attached: BTreeSet<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Policy {
    pub name: String,
    pub path: String,
    /// `ANPA…`
    pub id: String,
    pub description: Option<String>,
    pub created: Time,
    pub updated: Time,
    pub tags: Tags,
    pub versions: BTreeMap<u32, Version>,
    pub default: u32,
    /// Numbers are never used twice.
    pub next: u32,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Version {
    pub document: String,
    pub created: Time,
}

/// Keys keep the case they were sent in; they are compared without it.
pub type Tags = BTreeMap<String, String>;

/// The companion's tables.
#[derive(Clone)]
pub struct Tables {
    pub roles: Table<Key, Role>,
    pub policies: Table<Key, Policy>,
    /// Roles by account and ARN of each policy attached to them.
    pub attachments: Index<(Account, String), Key>,
}

impl Tables {
    pub fn declare(builder: &mut Builder) -> Self {
        let roles = builder.table("iam.roles");
        Self {
            attachments: builder.index(&roles, attachments),
            policies: builder.table("iam.policies"),
            roles,
        }
    }
}

fn attachments(key: &Key, role: &Role) -> Vec<(Account, String)> {
    let of = |arn: &String| (key.0.clone(), arn.clone());
    role.attached.iter().map(of).collect()
}

/// Whether a policy is one that AWS offers to every account.
pub fn is_aws_managed(arn: &str) -> bool {
    arn.starts_with(POLICIES_OF_AWS)
}
