//! Rows that live on disk only: finished runs, log events, versions. Ordered keys, read in pages.
//!
//! Reads are synchronous and short (pages of a cached B-tree): callers name a limit and keep it moderate.

use super::StoreError;
use super::disk::{Disk, Entry, Limit};
use super::key::Key;
use super::range::{Bounds, Direction, bounds};
use super::row::{self, Row};
use super::table::{decode_key, encode_key};
use std::marker::PhantomData;
use std::ops::{Bound, RangeBounds};
use std::sync::{Arc, OnceLock};

/// Where the disk will be once the store is open.
pub(super) type LaterDisk = Arc<OnceLock<Arc<dyn Disk>>>;

/// Rows of one kind, on disk. A cheap clone.
pub struct Records<K, R> {
    inner: Arc<Inner>,
    types: PhantomData<fn() -> (K, R)>,
}

impl<K, R> Clone for Records<K, R> {
    fn clone(&self) -> Self {
        Self {
            inner: self.inner.clone(),
            types: PhantomData,
        }
    }
}

struct Inner {
    name: Arc<str>,
    id: usize,
    disk: LaterDisk,
}

impl<K: Key, R: Row> Records<K, R> {
    pub(super) fn new(name: String, id: usize, disk: LaterDisk) -> Self {
        Self {
            inner: Arc::new(Inner {
                name: name.into(),
                id,
                disk,
            }),
            types: PhantomData,
        }
    }

    /// The committed row. Errors: the disk cannot be read, or the row cannot be decoded.
    pub fn get(&self, key: &K) -> Result<Option<R>, StoreError> {
        let key = encode_key(key);
        let bytes = self.disk()?.get(&self.inner.name, &key)?;
        bytes.map(|bytes| self.decode_row(&key, &bytes)).transpose()
    }

    /// The committed rows whose keys are in `range`, in key order, at most `limit`; all of them of one commit.
    pub fn range(
        &self,
        range: impl RangeBounds<K>,
        direction: Direction,
        limit: usize,
    ) -> Result<Vec<(K, R)>, StoreError> {
        self.read(&range, direction, Limit::rows(limit))
    }

    /// The same, but it also ends before the rows' encodings are more than `bytes` together; the first row comes in any case.
    pub fn page(
        &self,
        range: impl RangeBounds<K>,
        direction: Direction,
        limit: usize,
        bytes: usize,
    ) -> Result<Vec<(K, R)>, StoreError> {
        let limit = Limit { rows: limit, bytes };
        self.read(&range, direction, limit)
    }

    fn read(
        &self,
        range: &impl RangeBounds<K>,
        direction: Direction,
        limit: Limit,
    ) -> Result<Vec<(K, R)>, StoreError> {
        let bounds = encode_bounds(&bounds(range));
        let name = &self.inner.name;
        let entries = self.disk()?.range(name, &bounds, direction, limit)?;
        let decode = |(key, bytes): Entry| self.decode(&key, &bytes);
        entries.into_iter().map(decode).collect()
    }

    pub(super) fn name(&self) -> &str {
        &self.inner.name
    }

    pub(super) fn id(&self) -> usize {
        self.inner.id
    }

    /// Its number and its name.
    pub(super) fn place(&self) -> (usize, &Arc<str>) {
        (self.inner.id, &self.inner.name)
    }

    pub(super) fn decode(&self, key: &[u8], bytes: &[u8]) -> Result<(K, R), StoreError> {
        Ok((
            decode_key(&self.inner.name, key)?,
            self.decode_row(key, bytes)?,
        ))
    }

    pub(super) fn decode_row(&self, key: &[u8], bytes: &[u8]) -> Result<R, StoreError> {
        row::decode(&self.inner.name, key, bytes)
    }

    fn disk(&self) -> Result<&Arc<dyn Disk>, StoreError> {
        self.inner.disk.get().ok_or(StoreError::Closed)
    }
}

pub(super) fn encode_bounds<K: Key>(bounds: &Bounds<K>) -> Bounds<Vec<u8>> {
    let encode = |bound: &Bound<K>| bound.as_ref().map(encode_key);
    (encode(&bounds.0), encode(&bounds.1))
}
