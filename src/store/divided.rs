//! Live rows of which many parts have a place of their own on disk: a change of one part writes no other.
//!
//! In memory a row is whole. On disk there is the row without its parts, and beside it each part by its number, all of one commit.
//! A row that was stored whole is read as it is, and divided when it is written next.

use super::StoreError;
use super::disk::Disk;
use super::key::Key;
use super::records::Records;
use super::row::Row;
use super::table::{AnyTable, Table};
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, OnceLock};

/// A row with parts.
pub trait Divided: Row {
    type Part: Row + PartialEq;

    fn parts(&self) -> &[Self::Part];

    /// The row without its parts.
    fn bare(&self) -> Self;

    /// Puts the parts back, in their order.
    fn join(&mut self, parts: Vec<Self::Part>);
}

/// Rows of one kind, whole in memory and divided on disk. A cheap clone.
pub struct DividedTable<K, R: Divided> {
    rows: Table<K, R>,
    /// By the row's key and their number.
    pub(super) parts: Records<(K, u64), R::Part>,
    /// Rows that were read whole.
    undivided: Arc<OnceLock<HashSet<K>>>,
}

impl<K, R: Divided> Clone for DividedTable<K, R> {
    fn clone(&self) -> Self {
        Self {
            rows: self.rows.clone(),
            parts: self.parts.clone(),
            undivided: self.undivided.clone(),
        }
    }
}

impl<K: Key, R: Divided> DividedTable<K, R> {
    pub(super) fn new(rows: Table<K, R>, parts: Records<(K, u64), R::Part>) -> Self {
        Self {
            rows,
            parts,
            undivided: Arc::default(),
        }
    }

    /// The rows, to read them and to declare indexes; they are written only by what divides them.
    pub fn rows(&self) -> &Table<K, R> {
        &self.rows
    }

    /// The parts of a row that have a place on disk, if this is that row.
    pub(super) fn stored<'a>(&self, key: &K, row: Option<&'a R>) -> &'a [R::Part] {
        let is_whole = || self.undivided.get().is_some_and(|rows| rows.contains(key));
        match row {
            Some(row) if !is_whole() => row.parts(),
            _ => &[],
        }
    }

    fn load_parts(&self, disk: &dyn Disk) -> Result<HashMap<K, Vec<R::Part>>, StoreError> {
        let mut parts: HashMap<K, Vec<R::Part>> = HashMap::new();
        disk.load(self.parts.name(), &mut |key, bytes| {
            let ((key, _), part) = self.parts.decode(key, bytes)?;
            parts.entry(key).or_default().push(part);
            Ok(())
        })?;
        Ok(parts)
    }
}

impl<K: Key, R: Divided> AnyTable for DividedTable<K, R> {
    fn load(&self, disk: &dyn Disk) -> Result<(), StoreError> {
        let mut parts = self.load_parts(disk)?;
        let mut undivided = HashSet::new();
        self.rows.load_with(disk, |key, row| {
            match parts.remove(key) {
                Some(parts) => row.join(parts),
                None if row.parts().is_empty() => {}
                None => drop(undivided.insert(key.clone())),
            };
        })?;
        // A table is loaded once.
        let _ = self.undivided.set(undivided);
        Ok(())
    }

    fn clear(&self) {
        self.rows.clear();
    }
}
