//! Instances of EC2 and what is in front of them, as engines see them.

use std::collections::BTreeMap;

/// What a tag of an instance has to be like.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum TagFilter {
    Key(String),
    Value(String),
    Both(String, String),
}

impl TagFilter {
    pub fn matches(&self, tags: &BTreeMap<String, String>) -> bool {
        match self {
            Self::Key(key) => tags.contains_key(key),
            Self::Value(value) => tags.values().any(|of| of == value),
            Self::Both(key, value) => tags.get(key).is_some_and(|of| of == value),
        }
    }
}

/// An instance of EC2 as engines see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstanceInfo {
    /// `i-…`
    pub id: String,
    pub arn: String,
    /// `running`, `stopped`, …
    pub state: String,
    /// Availability zone.
    pub zone: Option<String>,
    pub tags: BTreeMap<String, String>,
}

/// Load balancers that an instance is behind.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct LoadBalancers {
    /// Names of target groups.
    pub target_groups: Vec<String>,
    /// Names of classic load balancers.
    pub classic: Vec<String>,
}
