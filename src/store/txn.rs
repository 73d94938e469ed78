//! What a write sees and changes: committed rows, what was accepted before it in the same batch, and its own changes.
//!
//! Nothing a `Txn` was told reaches disk or readers unless its write is accepted and the batch commits.

use super::StoreError;
use super::disk::{Disk, Entry, Limit};
use super::divided::{Divided, DividedTable};
use super::key::Key;
use super::pending::{Layer, Pending};
use super::range::{Direction, bounds, overlaid, walk};
use super::records::{Records, encode_bounds};
use super::row::{self, Row};
use super::table::{Table, encode_key};
use std::ops::RangeBounds;
use std::sync::Arc;

/// The argument of a write's function.
pub struct Txn {
    disk: Arc<dyn Disk>,
    accepted: Layer,
    own: Layer,
    /// The first failure of the store inside the current write; it refuses the write whatever its function returns.
    failure: Option<StoreError>,
}

impl Txn {
    /// The row as this write sees it.
    pub fn get<K: Key, R: Row>(&self, table: &Table<K, R>, key: &K) -> Option<Arc<R>> {
        for layer in [&self.own, &self.accepted] {
            if let Some(change) = layer.rows(table).and_then(|rows| rows.get(key)) {
                return change.as_ref().map(|(row, _)| row.clone());
            }
        }
        table.get(key)
    }

    pub fn contains<K: Key, R: Row>(&self, table: &Table<K, R>, key: &K) -> bool {
        self.get(table, key).is_some()
    }

    /// The rows whose keys are in `range` as this write sees them, in key order, at most `limit`.
    pub fn range<K: Key, R: Row>(
        &self,
        table: &Table<K, R>,
        range: impl RangeBounds<K>,
        direction: Direction,
        limit: usize,
    ) -> Vec<(K, Arc<R>)> {
        let bounds = bounds(&range);
        let pending = |layer| {
            let rows = Layer::rows(layer, table).into_iter();
            let rows = rows.flat_map(|rows| walk(rows, bounds.clone(), direction));
            rows.map(|(key, change)| (key, change.as_ref().map(|(row, _)| row)))
        };
        let committed = table.ordered();
        let rows = walk(&committed, bounds.clone(), direction);
        let rows = overlaid(rows, pending(&self.accepted), direction);
        let rows = overlaid(rows, pending(&self.own), direction);
        let rows = rows.take(limit);
        rows.map(|(key, row)| (key.clone(), row.clone())).collect()
    }

    /// Adds or replaces a row. A row that cannot be encoded refuses the write.
    pub fn put<K: Key, R: Row>(&mut self, table: &Table<K, R>, key: K, row: R) {
        self.put_as(table, key, row, None);
    }

    /// The row of a divided table as this write sees it, whole.
    pub fn get_divided<K: Key, R: Divided>(
        &self,
        table: &DividedTable<K, R>,
        key: &K,
    ) -> Option<Arc<R>> {
        self.get(table.rows(), key)
    }

    /// Adds or replaces a row; of its parts only those are written that differ from the ones before.
    pub fn put_divided<K: Key, R: Divided>(&mut self, table: &DividedTable<K, R>, key: K, row: R) {
        let before = self.get(table.rows(), &key);
        let (old, new) = (table.stored(&key, before.as_deref()), row.parts());
        for (number, part) in (0..).zip(new) {
            if old.get(number) != Some(part) {
                let place = (key.clone(), number as u64);
                self.put_record(&table.parts, place, part.clone());
            }
        }
        let before = before.as_deref().map_or(0, |row| row.parts().len());
        for number in new.len()..before {
            self.remove_record(&table.parts, &(key.clone(), number as u64));
        }
        let bare = (!new.is_empty()).then(|| row.bare());
        self.put_as(table.rows(), key, row, bare.as_ref());
    }

    /// Removes a row with its parts.
    pub fn remove_divided<K: Key, R: Divided>(&mut self, table: &DividedTable<K, R>, key: &K) {
        let Some(row) = self.remove(table.rows(), key) else {
            return;
        };
        for number in 0..row.parts().len() {
            self.remove_record(&table.parts, &(key.clone(), number as u64));
        }
    }

    /// Removes a row and returns it, if it was there.
    pub fn remove<K: Key, R: Row>(&mut self, table: &Table<K, R>, key: &K) -> Option<Arc<R>> {
        let old = self.get(table, key)?;
        self.own.put(table, key.clone(), None);
        Some(old)
    }

    /// The record as this write sees it. When the disk cannot be read, the write is refused.
    pub fn get_record<K: Key, R: Row>(&mut self, records: &Records<K, R>, key: &K) -> Option<R> {
        let key = encode_key(key);
        let found = self.encoded_record(records.name(), records.id(), &key);
        let row = found.and_then(|bytes| {
            let bytes = bytes.map(|bytes| records.decode_row(&key, &bytes));
            bytes.transpose()
        });
        self.or_fail(row).flatten()
    }

    /// The records whose keys are in `range` as this write sees them, in key order, at most `limit`. When the disk cannot be
    /// read, the write is refused.
    pub fn range_records<K: Key, R: Row>(
        &mut self,
        records: &Records<K, R>,
        range: impl RangeBounds<K>,
        direction: Direction,
        limit: usize,
    ) -> Vec<(K, R)> {
        let entries = self.encoded_range(records, &range, direction, limit);
        let decode = |(key, bytes): Entry| records.decode(&key, &bytes);
        let rows = entries.and_then(|entries| entries.into_iter().map(decode).collect());
        self.or_fail(rows).unwrap_or_default()
    }

    /// Adds or replaces a record. A row that cannot be encoded refuses the write.
    pub fn put_record<K: Key, R: Row>(&mut self, records: &Records<K, R>, key: K, row: R) {
        let key = encode_key(&key);
        match row::encode(records.name(), || key.clone(), &row) {
            Ok(bytes) => self.own.put_record(records.place(), key, Some(bytes)),
            Err(error) => self.fail(error),
        }
    }

    /// Removes a record; nothing happens when it is not there.
    pub fn remove_record<K: Key, R: Row>(&mut self, records: &Records<K, R>, key: &K) {
        self.own.put_record(records.place(), encode_key(key), None);
    }

    /// Removes the first `limit` records in `range` without decoding them and says how many it found: a long range is removed
    /// by several writes, so that none of them holds up the others.
    pub fn remove_records<K: Key, R: Row>(
        &mut self,
        records: &Records<K, R>,
        range: impl RangeBounds<K>,
        limit: usize,
    ) -> usize {
        let keys = self.encoded_keys(records, &range, limit);
        let keys = self.or_fail(keys).unwrap_or_default();
        let found = keys.len();
        for key in keys {
            self.own.put_record(records.place(), key, None);
        }
        found
    }

    pub(super) fn new(disk: Arc<dyn Disk>) -> Self {
        Self {
            disk,
            accepted: Layer::default(),
            own: Layer::default(),
            failure: None,
        }
    }

    pub(super) fn take_failure(&mut self) -> Option<StoreError> {
        self.failure.take()
    }

    /// Ends the current write: its changes join the batch, or are dropped.
    pub(super) fn settle(&mut self, accepted: bool) {
        let own = std::mem::take(&mut self.own);
        self.failure = None;
        if accepted {
            self.accepted.absorb(own);
        }
    }

    /// Everything accepted in this batch.
    pub(super) fn into_accepted(self) -> Layer {
        self.accepted
    }

    pub(super) fn size(&self) -> usize {
        self.accepted.size
    }

    fn encoded_record(
        &self,
        name: &str,
        id: usize,
        key: &[u8],
    ) -> Result<Option<Vec<u8>>, StoreError> {
        for layer in [&self.own, &self.accepted] {
            if let Some(change) = layer.records(id).and_then(|rows| rows.get(key)) {
                return Ok(change.as_ref().map(|bytes| bytes.to_vec()));
            }
        }
        self.disk.get(name, key)
    }

    fn encoded_range<K: Key, R: Row>(
        &self,
        records: &Records<K, R>,
        range: &impl RangeBounds<K>,
        direction: Direction,
        limit: usize,
    ) -> Result<Vec<Entry>, StoreError> {
        let bounds = encode_bounds(&bounds(range));
        let accepted = self
            .accepted
            .records_between(records.id(), &bounds, direction);
        let own = self.own.records_between(records.id(), &bounds, direction);
        // Every pending entry hides at most one committed entry.
        let wanted = Limit::rows(limit.saturating_add(accepted.len() + own.len()));
        let rows = self
            .disk
            .range(records.name(), &bounds, direction, wanted)?;
        let copied = |(key, row): Pending<'_>| (key.clone(), row.map(|row| row.to_vec()));
        let rows = overlaid(
            rows.into_iter(),
            accepted.into_iter().map(copied),
            direction,
        );
        let rows = overlaid(rows, own.into_iter().map(copied), direction);
        Ok(rows.take(limit).collect())
    }

    /// The same in forward direction, without reading rows that may be large.
    fn encoded_keys<K: Key, R: Row>(
        &self,
        records: &Records<K, R>,
        range: &impl RangeBounds<K>,
        limit: usize,
    ) -> Result<Vec<Vec<u8>>, StoreError> {
        let bounds = encode_bounds(&bounds(range));
        let direction = Direction::Forward;
        let accepted = self
            .accepted
            .records_between(records.id(), &bounds, direction);
        let own = self.own.records_between(records.id(), &bounds, direction);
        let wanted = limit.saturating_add(accepted.len() + own.len());
        let keys = self.disk.keys(records.name(), &bounds, wanted)?;
        let keys = keys.into_iter().map(|key| (key, ()));
        let named = |(key, row): Pending<'_>| (key.clone(), row.map(|_| ()));
        let keys = overlaid(keys, accepted.into_iter().map(named), direction);
        let keys = overlaid(keys, own.into_iter().map(named), direction);
        Ok(keys.take(limit).map(|(key, ())| key).collect())
    }

    /// Puts a row, of which `written` goes to disk if it is not the row itself.
    fn put_as<K: Key, R: Row>(&mut self, table: &Table<K, R>, key: K, row: R, written: Option<&R>) {
        table.rehearse(&key, &row);
        let written = written.unwrap_or(&row);
        match row::encode(table.name(), || encode_key(&key), written) {
            Ok(bytes) => self.own.put(table, key, Some((Arc::new(row), bytes))),
            Err(error) => self.fail(error),
        }
    }

    fn or_fail<T>(&mut self, result: Result<T, StoreError>) -> Option<T> {
        result.map_err(|error| self.fail(error)).ok()
    }

    fn fail(&mut self, error: StoreError) {
        self.failure.get_or_insert(error);
    }
}
