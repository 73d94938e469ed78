//! Tags of parameters: fifty at most.

use super::companion::Ssm;
use super::errors;
use super::rows::{Parameter, ParameterKey, Tables};
use crate::aws::Scope;
use crate::store::Txn;
use ssm_api::error::{InvalidResourceId, InvalidResourceType};
use ssm_api::model::{ResourceTypeForTagging, Tag};
use std::collections::BTreeMap;
use std::sync::Arc;

pub const MOST: usize = 50;

/// The parameter that a tags' operation names.
pub fn resource<E>(
    ssm: &Ssm,
    scope: &Scope,
    kind: ResourceTypeForTagging,
    id: &str,
) -> Result<ParameterKey, E>
where
    E: From<InvalidResourceType> + From<InvalidResourceId>,
{
    if kind != ResourceTypeForTagging::Parameter {
        return Err(errors::not_a_parameter(kind.as_str()).into());
    }
    let key = ssm.key(scope, id);
    key.ok_or_else(|| errors::no_resource(id).into())
}

/// The row as a write sees it.
pub fn row_in(
    tables: &Tables,
    tx: &Txn,
    key: &ParameterKey,
) -> Result<Arc<Parameter>, InvalidResourceId> {
    let row = tx.get(&tables.parameters, key);
    row.ok_or_else(|| errors::no_resource(&key.1))
}

pub fn map(tags: Vec<Tag>) -> BTreeMap<String, String> {
    tags.into_iter().map(|tag| (tag.key, tag.value)).collect()
}

pub fn shown(tags: &BTreeMap<String, String>) -> Vec<Tag> {
    let pairs = tags.iter();
    pairs
        .map(|(key, value)| Tag::new(key.clone(), value.clone()))
        .collect()
}
