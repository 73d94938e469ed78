//! The door to durability: what the writer and `Records` ask of a disk.
//!
//! Only the writer thread calls `commit`, `reset` and `close`; anybody reads, at any time, and sees whole commits.

use super::StoreError;
use super::range::{Bounds, Direction};

/// Encoded key and row.
pub(super) type Entry = (Vec<u8>, Vec<u8>);

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
pub(super) struct TableChanges<'a> {
    pub table: &'a str,
    pub kind: Kind,
    pub rows: Vec<(Vec<u8>, Option<&'a [u8]>)>,
}

pub(super) trait Disk: Send + Sync {
    fn get(&self, table: &str, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError>;

    fn range(
        &self,
        table: &str,
        bounds: &Bounds<Vec<u8>>,
        direction: Direction,
        limit: usize,
    ) -> Result<Vec<Entry>, StoreError>;

    /// Shows every row of a table, in key order.
    fn load(&self, table: &str, visit: &mut Visit<'_>) -> Result<(), StoreError>;

    /// Durable when it returns `Ok`; nothing of it remains when it returns an error.
    fn commit(&self, changes: &[TableChanges<'_>]) -> Result<(), StoreError>;

    /// Empties all tables, durable when it returns `Ok`; nothing is lost when it returns an error.
    fn reset(&self) -> Result<(), StoreError>;

    /// Releases files and locks; every later call answers `Closed`.
    fn close(&self);
}
