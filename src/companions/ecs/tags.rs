//! Tags: fifty at most on a resource, each key once.

use super::errors;
use super::names::Tagged;
use super::rows::{Cluster, Definition, Service, Tables, Task};
use crate::store::Txn;
use ecs_api::error::InvalidParameterException;
use ecs_api::model::Tag;

const MOST: usize = 50;

/// Tags as they are kept when a resource is made with them.
pub fn fresh(tags: Option<Vec<Tag>>) -> Result<Vec<Tag>, InvalidParameterException> {
    let mut kept = Vec::new();
    merge(&mut kept, tags.unwrap_or_default())?;
    Ok(kept)
}

fn merge(kept: &mut Vec<Tag>, more: Vec<Tag>) -> Result<(), InvalidParameterException> {
    for tag in more {
        let key = tag.key.as_deref().unwrap_or_default();
        if key.is_empty() {
            return Err(errors::invalid("Tags must have a key."));
        }
        if key.to_ascii_lowercase().starts_with("aws:") {
            return Err(errors::invalid("Tag keys must not begin with aws:."));
        }
        match kept.iter_mut().find(|known| known.key == tag.key) {
            Some(known) => *known = tag,
            None => kept.push(tag),
        }
    }
    match kept.len() > MOST {
        true => Err(errors::invalid(format!(
            "A resource may have no more than {MOST} tags."
        ))),
        false => Ok(()),
    }
}

/// The tags of a resource; `None` when it is not there.
pub fn committed(tables: &Tables, tagged: &Tagged) -> Option<Vec<Tag>> {
    match tagged {
        Tagged::Cluster(key) => of_cluster(&*tables.clusters.get(key)?),
        Tagged::Definition(key) => Some(tables.definitions.get(key)?.tags.clone()),
        Tagged::Service(key) => Some(tables.services.get(key)?.tags.clone()),
        Tagged::Set(key, id) => Some(tables.services.get(key)?.set(id)?.tags.clone()),
        Tagged::Task(key) => Some(tables.tasks.get(key)?.tags.clone()),
    }
}

fn of_cluster(row: &Cluster) -> Option<Vec<Tag>> {
    row.active.then(|| row.tags.clone())
}

/// The same as a write sees it.
fn of(tables: &Tables, tx: &Txn, tagged: &Tagged) -> Option<Vec<Tag>> {
    match tagged {
        Tagged::Cluster(key) => of_cluster(&*tx.get(&tables.clusters, key)?),
        Tagged::Definition(key) => Some(tx.get(&tables.definitions, key)?.tags.clone()),
        Tagged::Service(key) => Some(tx.get(&tables.services, key)?.tags.clone()),
        Tagged::Set(key, id) => Some(tx.get(&tables.services, key)?.set(id)?.tags.clone()),
        Tagged::Task(key) => Some(tx.get(&tables.tasks, key)?.tags.clone()),
    }
}

/// Adds and takes away, for a resource that is there.
pub fn change(
    tables: &Tables,
    tx: &mut Txn,
    tagged: &Tagged,
    more: Vec<Tag>,
    less: &[String],
) -> Result<(), InvalidParameterException> {
    let mut tags = of(tables, tx, tagged).ok_or_else(errors::no_resource)?;
    tags.retain(|tag| !less.iter().any(|key| Some(key) == tag.key.as_ref()));
    merge(&mut tags, more)?;
    put(tables, tx, tagged, tags);
    Ok(())
}

fn put(tables: &Tables, tx: &mut Txn, tagged: &Tagged, tags: Vec<Tag>) {
    match tagged {
        Tagged::Cluster(key) => {
            if let Some(row) = tx.get(&tables.clusters, key) {
                let row = Cluster {
                    tags,
                    ..Cluster::clone(&row)
                };
                tx.put(&tables.clusters, key.clone(), row);
            }
        }
        Tagged::Definition(key) => {
            if let Some(row) = tx.get(&tables.definitions, key) {
                let row = Definition {
                    tags,
                    ..Definition::clone(&row)
                };
                tx.put(&tables.definitions, key.clone(), row);
            }
        }
        Tagged::Service(key) => {
            if let Some(row) = tx.get(&tables.services, key) {
                let row = Service {
                    tags,
                    ..Service::clone(&row)
                };
                tx.put(&tables.services, key.clone(), row);
            }
        }
        Tagged::Set(key, id) => {
            if let Some(row) = tx.get(&tables.services, key) {
                let mut row = Service::clone(&row);
                if let Some(set) = row.sets.iter_mut().find(|set| set.id == *id) {
                    set.tags = tags;
                }
                tx.put(&tables.services, key.clone(), row);
            }
        }
        Tagged::Task(key) => {
            if let Some(row) = tx.get(&tables.tasks, key) {
                let row = Task {
                    tags,
                    ..Task::clone(&row)
                };
                tx.put(&tables.tasks, key.clone(), row);
            }
        }
    }
}
