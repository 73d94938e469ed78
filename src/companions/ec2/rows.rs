//! What is stored: tags of instances that were created or deleted here; the others are labels.

use crate::aws::Scope;
use crate::store::{Builder, Direction, Table, Txn};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::ops::RangeInclusive;

/// Scope, instance's id, tag's key.
pub type TagKey = (Scope, String, String);

/// `None`: deleted, whatever the labels say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tag(pub Option<String>);

/// Clones share their rows.
#[derive(Clone)]
pub struct Tables {
    pub tags: Table<TagKey, Tag>,
}

impl Tables {
    pub fn declare(builder: &mut Builder) -> Self {
        Self {
            tags: builder.table("ec2.tags"),
        }
    }

    /// Puts what was created or deleted over the labels of an instance.
    pub fn over(&self, scope: &Scope, id: &str, tags: &mut BTreeMap<String, String>) {
        for (key, tag) in self.tags.range(tags_of(scope, id), Direction::Forward, usize::MAX) {
            match &tag.0 {
                Some(value) => drop(tags.insert(key.2, value.clone())),
                None => drop(tags.remove(&key.2)),
            }
        }
    }

    /// Forgets what was said of an instance.
    pub fn forget(&self, tx: &mut Txn, scope: &Scope, id: &str) {
        for (key, _) in tx.range(&self.tags, tags_of(scope, id), Direction::Forward, usize::MAX) {
            tx.remove(&self.tags, &key);
        }
    }
}

fn tags_of(scope: &Scope, id: &str) -> RangeInclusive<TagKey> {
    let at = |key: String| (scope.clone(), id.to_owned(), key);
    at(String::new())..=at(char::MAX.to_string().repeat(64))
}
