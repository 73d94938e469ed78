//! Tags of groups: fifty at most, read and changed by name or by ARN.

use super::companion::Logs;
use super::errors;
use super::names::identified;
use super::store::{GroupKey, Tables};
use crate::aws::Scope;
use crate::store::Txn;
use logs_api::error::ResourceNotFoundException;
use std::collections::BTreeMap;

const MOST: usize = 50;

/// Why tags cannot be added.
pub enum Refused {
    NoGroup(ResourceNotFoundException),
    TooMany,
}

/// The group that the ARN of a resource names.
pub fn resource(scope: &Scope, arn: &str) -> Result<GroupKey, ResourceNotFoundException> {
    let found = arn.starts_with("arn:").then(|| identified(scope, arn));
    found.flatten().ok_or_else(errors::no_resource)
}

pub fn add(
    tables: &Tables,
    tx: &mut Txn,
    key: GroupKey,
    tags: BTreeMap<String, String>,
) -> Result<(), Refused> {
    let group = tables.group_in(tx, &key).map_err(Refused::NoGroup)?;
    let mut group = (*group).clone();
    group.tags.extend(tags);
    if group.tags.len() > MOST {
        return Err(Refused::TooMany);
    }
    tx.put(&tables.groups, key, group);
    Ok(())
}

pub fn remove(
    tables: &Tables,
    tx: &mut Txn,
    key: GroupKey,
    names: &[String],
) -> Result<(), ResourceNotFoundException> {
    let mut group = (*tables.group_in(tx, &key)?).clone();
    group.tags.retain(|name, _| !names.contains(name));
    tx.put(&tables.groups, key, group);
    Ok(())
}

impl Logs {
    pub(super) fn tags(
        &self,
        key: &GroupKey,
    ) -> Result<BTreeMap<String, String>, ResourceNotFoundException> {
        self.tables.group(key).map(|group| group.tags.clone())
    }
}
