//! The door to durability: what the writer and `Records` ask of a disk.
//!
//! Only the writer thread calls `commit`, `reset` and `close`; anybody reads, at any time, and sees whole commits.

use super::StoreError;
use super::range::{Bounds, Direction};
use std::sync::Arc;

/// Encoded key and row.
pub(super) type Entry = (Vec<u8>, Vec<u8>);
/// An encoded row that several hold at the same time.
pub(super) type Bytes = Arc<[u8]>;

/// How much one reading may bring: rows, and bytes of rows (the first row comes whatever its size).
#[derive(Clone, Copy, Debug)]
pub(super) struct Limit {
    pub rows: usize,
    pub bytes: usize,
}

impl Limit {
    pub fn rows(rows: usize) -> Self {
        let bytes = usize::MAX;
        Self { rows, bytes }
    }

    /// Collects what is inside.
    pub fn collect(self, rows: impl Iterator<Item = Entry>) -> Vec<Entry> {
        let mut entries: Vec<Entry> = Vec::new();
        let mut bytes = 0_usize;
        for entry in rows.take(self.rows) {
            bytes = bytes.saturating_add(entry.1.len());
            if bytes > self.bytes && !entries.is_empty() {
                break;
            }
            entries.push(entry);
        }
        entries
    }
}

/// Receives encoded keys and rows; its error ends the reading.
pub(super) type Visit<'a> = dyn FnMut(&[u8], &[u8]) -> Result<(), StoreError> + 'a;

/// Whether rows are in memory too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A `Table`: memory answers reads.
    Live,
    /// `Records`: the disk answers reads.
    Record,
}

/// The changed rows of one table, each key once; `None` removes.
pub(super) struct TableChanges {
    pub table: Arc<str>,
    pub kind: Kind,
    pub rows: Vec<(Vec<u8>, Option<Bytes>)>,
}

pub(super) trait Disk: Send + Sync {
    fn get(&self, table: &str, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError>;

    fn range(
        &self,
        table: &str,
        bounds: &Bounds<Vec<u8>>,
        direction: Direction,
        limit: Limit,
    ) -> Result<Vec<Entry>, StoreError>;

    /// The first keys inside the bounds, without their rows.
    fn keys(
        &self,
        table: &str,
        bounds: &Bounds<Vec<u8>>,
        limit: usize,
    ) -> Result<Vec<Vec<u8>>, StoreError>;

    /// Shows every row of a table, in key order.
    fn load(&self, table: &str, visit: &mut Visit<'_>) -> Result<(), StoreError>;

    /// Durable when it returns `Ok`; nothing of it remains when it returns an error.
    fn commit(&self, changes: Vec<TableChanges>) -> Result<(), StoreError>;

    /// Empties all tables, durable when it returns `Ok`; nothing is lost when it returns an error.
    fn reset(&self) -> Result<(), StoreError>;

    /// Releases files and locks; every later call answers `Closed`.
    fn close(&self);
}
