//! A live row, read in the same words outside of writes and inside of one.
//!
//! What is decided for a write must be read inside it; this lets one function serve both.

use super::key::Key;
use super::row::Row;
use super::table::Table;
use super::txn::Txn;
use std::sync::Arc;

/// Somebody's view of the live tables.
pub trait Read {
    fn row<K: Key, R: Row>(&self, table: &Table<K, R>, key: &K) -> Option<Arc<R>>;
}

/// What everybody sees.
#[derive(Clone, Copy, Debug)]
pub struct Committed;

impl Read for Committed {
    fn row<K: Key, R: Row>(&self, table: &Table<K, R>, key: &K) -> Option<Arc<R>> {
        table.get(key)
    }
}

/// What one write sees.
impl Read for Txn {
    fn row<K: Key, R: Row>(&self, table: &Table<K, R>, key: &K) -> Option<Arc<R>> {
        self.get(table, key)
    }
}
