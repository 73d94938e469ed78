//! A description cut down to some operations and the shapes that they reach, for a service of which whole models are huge.
//!
//! Invariant: what is left is what it was; an operation that is not there stops the import.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, ensure};

use super::json::Json;
use super::service::Description;

/// Keeps these operations, the shapes that they reach, and their paginators.
pub fn trim(description: &mut Description, kept: &[String]) -> Result<()> {
    let operations = description.service.get("operations");
    for name in kept {
        let known = operations.is_some_and(|all| all.get(name).is_some());
        ensure!(
            known,
            "{}: there is no operation {name}",
            description.folder
        );
    }
    let kept: BTreeSet<&str> = kept.iter().map(String::as_str).collect();
    keep(&mut description.service, "operations", |name| {
        kept.contains(name)
    });
    let reached = reached(&description.service);
    keep(&mut description.service, "shapes", |name| {
        reached.contains(name)
    });
    if let Some(paginators) = &mut description.paginators {
        keep(paginators, "pagination", |name| kept.contains(name));
    }
    Ok(())
}

fn keep(value: &mut Json, key: &str, wanted: impl Fn(&str) -> bool) {
    if let Json::Object(members) = value
        && let Some((_, Json::Object(inner))) = members.iter_mut().find(|(name, _)| name == key)
    {
        inner.retain(|(name, _)| wanted(name));
    }
}

/// The shapes that the operations lead to.
fn reached(service: &Json) -> BTreeSet<String> {
    let shapes = service.get("shapes").map(Json::members).unwrap_or_default();
    let shapes: BTreeMap<&str, &Json> = shapes
        .iter()
        .map(|(name, shape)| (name.as_str(), shape))
        .collect();
    let mut open = Vec::new();
    if let Some(operations) = service.get("operations") {
        references(operations, &mut open);
    }
    let mut reached = BTreeSet::new();
    while let Some(name) = open.pop() {
        if let Some(shape) = shapes.get(name.as_str())
            && reached.insert(name)
        {
            references(shape, &mut open);
        }
    }
    reached
}

/// The shapes that a value names: every `shape` with a text, however deep.
fn references(value: &Json, found: &mut Vec<String>) {
    match value {
        Json::Object(members) => {
            for (key, inner) in members {
                match inner {
                    Json::String(name) if key == "shape" => found.push(name.clone()),
                    inner => references(inner, found),
                }
            }
        }
        Json::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}
