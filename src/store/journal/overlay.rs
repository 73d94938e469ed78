//! What stands in the journal and not yet in the database, in memory, for readers and for the move.

use crate::store::disk::{Bytes, TableChanges};
use crate::store::range::{Bounds, Direction, overlaid, walk};
use std::collections::BTreeMap;
use std::sync::Arc;

type Rows = BTreeMap<Vec<u8>, Option<Bytes>>;

/// The last form of each row that some entries have changed.
pub(in crate::store) struct Generation {
    pub tables: BTreeMap<Arc<str>, Rows>,
    /// The number of the last entry.
    pub last: u64,
    /// Bytes of keys and rows.
    pub size: usize,
}

/// Two generations: one that is being moved, and the one that grows.
pub(in crate::store) struct Overlay {
    pub frozen: Option<Arc<Generation>>,
    pub active: Generation,
}

/// An encoded key, and the row or its removal.
pub(in crate::store) type Row = (Vec<u8>, Option<Bytes>);

impl Generation {
    /// Empty, after the entry of this number.
    pub fn new(last: u64) -> Self {
        Self {
            tables: BTreeMap::new(),
            last,
            size: 0,
        }
    }

    pub fn is_empty(&self) -> bool {
        self.tables.is_empty()
    }

    pub fn add(&mut self, changes: Vec<TableChanges>, number: u64) {
        self.last = number;
        for change in changes {
            let rows = self.tables.entry(change.table).or_default();
            for (key, row) in change.rows {
                let (key_size, row_size) = (key.len(), size(row.as_ref()));
                self.size += row_size;
                match rows.insert(key, row) {
                    Some(old) => self.size -= size(old.as_ref()),
                    None => self.size += key_size,
                }
            }
        }
    }

    fn get(&self, table: &str, key: &[u8]) -> Option<&Option<Bytes>> {
        self.tables.get(table)?.get(key)
    }

    fn rows<'a>(
        &'a self,
        table: &str,
        bounds: &Bounds<Vec<u8>>,
        direction: Direction,
    ) -> impl Iterator<Item = (&'a Vec<u8>, &'a Option<Bytes>)> {
        let rows = self.tables.get(table).into_iter();
        rows.flat_map(move |rows| walk(rows, bounds.clone(), direction))
    }
}

impl Overlay {
    /// Empty, after the entry of this number.
    pub fn new(last: u64) -> Self {
        Self {
            frozen: None,
            active: Generation::new(last),
        }
    }

    /// What it says of this row: `None` is nothing, `Some(None)` that it is removed.
    pub fn get(&self, table: &str, key: &[u8]) -> Option<Option<Bytes>> {
        let frozen = || self.frozen.as_ref()?.get(table, key);
        self.active.get(table, key).or_else(frozen).cloned()
    }

    /// What it says of the rows inside the bounds, in the order of `direction`, as far as `limit` rows can reach.
    pub fn range(
        &self,
        table: &str,
        bounds: &Bounds<Vec<u8>>,
        direction: Direction,
        limit: usize,
    ) -> Vec<Row> {
        let frozen = self.frozen.iter();
        let frozen = frozen.flat_map(|frozen| frozen.rows(table, bounds, direction));
        let active = self.active.rows(table, bounds, direction);
        let merged = overlaid(frozen, active.map(|(key, row)| (key, Some(row))), direction);
        let mut there = 0;
        let mut rows = Vec::new();
        for (key, row) in merged {
            if there == limit {
                break;
            }
            there += usize::from(row.is_some());
            rows.push((key.clone(), row.clone()));
        }
        rows
    }

    /// The generation that grows is to be moved; nothing is being moved.
    pub fn freeze(&mut self) {
        let next = Generation::new(self.active.last);
        self.frozen = Some(Arc::new(std::mem::replace(&mut self.active, next)));
    }
}

fn size(row: Option<&Bytes>) -> usize {
    row.map_or(1, |row| row.len())
}
