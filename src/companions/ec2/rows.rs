//! What is stored: tags of instances that were created or deleted here, the others are labels; and instances that were terminated.

use crate::aws::{Scope, Time};
use crate::sandbox::machines::Machine;
use crate::store::{Builder, Direction, Table, Txn};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::sync::Arc;

/// Scope, instance's id, tag's key.
pub type TagKey = (Scope, String, String);
/// Scope, instance's id.
pub type InstanceKey = (Scope, String);

/// `None`: deleted, whatever the labels say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tag(pub Option<String>);

/// An instance that was terminated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gone {
    /// As it was.
    pub machine: Machine,
    pub at: Time,
}

/// Clones share their rows.
#[derive(Clone)]
pub struct Tables {
    pub tags: Table<TagKey, Tag>,
    terminated: Table<InstanceKey, Gone>,
}

impl Tables {
    pub fn declare(builder: &mut Builder) -> Self {
        Self {
            tags: builder.table("ec2.tags"),
            terminated: builder.table("ec2.terminated"),
        }
    }

    /// Puts what was created or deleted over the labels of an instance.
    pub fn over(&self, scope: &Scope, id: &str, tags: &mut BTreeMap<String, String>) {
        let rows = self
            .tags
            .range(tags_of(scope, id), Direction::Forward, usize::MAX);
        for (key, tag) in rows {
            match &tag.0 {
                Some(value) => drop(tags.insert(key.2, value.clone())),
                None => drop(tags.remove(&key.2)),
            }
        }
    }

    /// Instances that were terminated, also long ago.
    pub fn gone(&self, scope: &Scope) -> Vec<Arc<Gone>> {
        let rows = self
            .terminated
            .range(all(scope), Direction::Forward, usize::MAX);
        rows.into_iter().map(|(_, row)| row).collect()
    }

    /// Remembers an instance that was terminated, and no longer those that were before this time.
    pub fn bury(&self, tx: &mut Txn, scope: &Scope, row: Gone, long_ago: Time) {
        let rows = tx.range(&self.terminated, all(scope), Direction::Forward, usize::MAX);
        for (key, old) in rows {
            if old.at < long_ago {
                tx.remove(&self.terminated, &key);
            }
        }
        let key = (scope.clone(), row.machine.id.clone());
        tx.put(&self.terminated, key, row);
    }

    /// Forgets the tags of an instance.
    pub fn forget(&self, tx: &mut Txn, scope: &Scope, id: &str) {
        let rows = tx.range(
            &self.tags,
            tags_of(scope, id),
            Direction::Forward,
            usize::MAX,
        );
        for (key, _) in rows {
            tx.remove(&self.tags, &key);
        }
    }
}

fn last() -> String {
    char::MAX.to_string().repeat(64)
}

fn all(scope: &Scope) -> RangeInclusive<InstanceKey> {
    (scope.clone(), String::new())..=(scope.clone(), last())
}

fn tags_of(scope: &Scope, id: &str) -> RangeInclusive<TagKey> {
    let at = |key: String| (scope.clone(), id.to_owned(), key);
    at(String::new())..=at(last())
}
