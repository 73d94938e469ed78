//! Where workers find jobs: each action type has a queue, or one per value of its queryable property.
//!
//! Invariant: the queue of a job never changes, because no type ever changes its definition.

use super::super::action_types::{self, ActionTypeView};
use super::super::errors;
use super::super::store::Tables;
use crate::aws::Scope;
use crate::engine::pipeline::JobRecord;
use crate::store::{Committed, Read};
use codepipeline_api::error::{ActionTypeNotFoundException, ValidationException};
use codepipeline_api::model::{ActionOwner, ActionTypeId};
use std::collections::BTreeMap;

/// The queue of a job; `queryable` is its type's queryable property.
pub fn of_job(record: &JobRecord, queryable: Option<&str>) -> String {
    let kind = &record.action.kind;
    let category = kind.category.to_string();
    let resolved = &record.action.run.resolved;
    let query = queryable.and_then(|key| Some((key, resolved.get(key)?.as_str())));
    name(&category, &kind.owner, &kind.provider, &kind.version, query)
}

/// The queue that a worker means, when the type is there, `owner` has it, and the query fits it.
pub fn polled<E>(
    tables: &Tables,
    scope: &Scope,
    owner: ActionOwner,
    id: &ActionTypeId,
    query: Option<&BTreeMap<String, String>>,
) -> Result<String, E>
where
    E: From<ActionTypeNotFoundException> + From<ValidationException>,
{
    let kind = polled_type(&Committed, tables, scope, id).filter(|_| id.owner == owner);
    let kind = kind.ok_or_else(|| not_found(id))?;
    let query = fitting(id, &kind, query)?;
    let (category, owner) = (id.category.as_str(), id.owner.as_str());
    Ok(name(category, owner, &id.provider, &id.version, query))
}

/// The type, unless it is deleted.
fn polled_type(
    rows: &impl Read,
    tables: &Tables,
    scope: &Scope,
    id: &ActionTypeId,
) -> Option<ActionTypeView> {
    action_types::find_type(rows, tables, scope, id).filter(|kind| !kind.is_deleted())
}

fn not_found(id: &ActionTypeId) -> ActionTypeNotFoundException {
    let (category, owner) = (id.category.as_str(), id.owner.as_str());
    errors::action_type_not_found(category, owner, &id.provider, &id.version)
}

/// A type with a queryable property is polled with a value of it, all others without.
fn fitting<'a>(
    id: &ActionTypeId,
    kind: &ActionTypeView,
    query: Option<&'a BTreeMap<String, String>>,
) -> Result<Option<(&'a str, &'a str)>, ValidationException> {
    let given = query.and_then(|query| query.first_key_value());
    match (kind.queryable(), given) {
        (None, None) => Ok(None),
        (Some(key), Some((name, value))) if key == name => Ok(Some((name, value))),
        (Some(key), _) => Err(errors::query_required(id, key)),
        (None, Some((name, _))) => Err(errors::not_queryable(id, name)),
    }
}

fn name(
    category: &str,
    owner: &str,
    provider: &str,
    version: &str,
    query: Option<(&str, &str)>,
) -> String {
    let kind = format!("{owner}/{category}/{provider}/{version}");
    match query {
        Some((key, value)) => format!("{kind}?{key}={value}"),
        None => kind,
    }
}
