//! Live rows in memory: point reads from a concurrent map, listings from an ordered one. The only file that names dashmap.
//!
//! No guard escapes: rows leave as `Arc`. Only the writer thread publishes, and a listing sees a table between two commits.

use super::StoreError;
use super::disk::Disk;
use super::index::Indexes;
use super::key::Key;
use super::range::{Direction, bounds, walk};
use super::row::{self, Row, undecodable};
use dashmap::DashMap;
use std::collections::BTreeMap;
use std::ops::RangeBounds;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};
use tokio::sync::watch;

/// Few, so that a hundred small tables stay small.
const SHARDS: usize = 16;

/// Rows of one kind, all of them in memory, all of them durable. A cheap clone.
pub struct Table<K, R> {
    inner: Arc<Inner<K, R>>,
}

impl<K, R> Clone for Table<K, R> {
    fn clone(&self) -> Self {
        Self {
            inner: self.inner.clone(),
        }
    }
}

struct Inner<K, R> {
    name: Arc<str>,
    /// Its number among the tables of its store.
    id: usize,
    rows: DashMap<K, Arc<R>>,
    /// Locked for the whole of a publication.
    ordered: RwLock<BTreeMap<K, Arc<R>>>,
    indexes: RwLock<Vec<Arc<dyn Indexes<K, R>>>>,
    changes: watch::Sender<()>,
}

/// One row of a commit, as its indexes see it.
pub(super) struct Published<K, R> {
    pub key: K,
    pub old: Option<Arc<R>>,
    pub new: Option<Arc<R>>,
}

impl<K: Key, R: Row> Table<K, R> {
    pub(super) fn new(name: String, id: usize) -> Self {
        let inner = Inner {
            name: name.into(),
            id,
            rows: DashMap::with_shard_amount(SHARDS),
            ordered: RwLock::default(),
            indexes: RwLock::default(),
            changes: watch::Sender::new(()),
        };
        Self {
            inner: Arc::new(inner),
        }
    }

    /// The committed row.
    pub fn get(&self, key: &K) -> Option<Arc<R>> {
        self.inner.rows.get(key).map(|row| row.value().clone())
    }

    pub fn contains(&self, key: &K) -> bool {
        self.inner.rows.contains_key(key)
    }

    /// The number of committed rows.
    pub fn len(&self) -> usize {
        self.ordered().len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The committed rows whose keys are in `range`, in key order, at most `limit`.
    pub fn range(
        &self,
        range: impl RangeBounds<K>,
        direction: Direction,
        limit: usize,
    ) -> Vec<(K, Arc<R>)> {
        let ordered = self.ordered();
        let rows = walk(&ordered, bounds(&range), direction).take(limit);
        rows.map(|(key, row)| (key.clone(), row.clone())).collect()
    }

    /// Tells when rows of this table change, from now on and after they are published: subscribe, look, wait, look again.
    pub fn changes(&self) -> watch::Receiver<()> {
        self.inner.changes.subscribe()
    }

    pub(super) fn name(&self) -> &Arc<str> {
        &self.inner.name
    }

    pub(super) fn id(&self) -> usize {
        self.inner.id
    }

    pub(super) fn ordered(&self) -> RwLockReadGuard<'_, BTreeMap<K, Arc<R>>> {
        let ordered = &self.inner.ordered;
        ordered.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn attach(&self, index: Arc<dyn Indexes<K, R>>) {
        let indexes = &self.inner.indexes;
        let mut indexes = indexes.write().unwrap_or_else(PoisonError::into_inner);
        indexes.push(index);
    }

    /// Takes the rows from disk, each completed before anybody sees it.
    pub(super) fn load_with(
        &self,
        disk: &dyn Disk,
        mut complete: impl FnMut(&K, &mut R),
    ) -> Result<(), StoreError> {
        let name = &self.inner.name;
        let mut loaded = Vec::new();
        disk.load(name, &mut |key, bytes| {
            let mut row = row::decode::<R>(name, key, bytes)?;
            let key = decode_key(name, key)?;
            complete(&key, &mut row);
            loaded.push((key, Some(Arc::new(row))));
            Ok(())
        })?;
        self.publish(loaded);
        Ok(())
    }

    /// Panics where an index function would.
    pub(super) fn rehearse(&self, key: &K, row: &R) {
        for index in self.indexes().iter() {
            index.rehearse(key, row);
        }
    }

    /// Makes changes visible that are already durable.
    pub(super) fn publish(&self, changes: impl IntoIterator<Item = (K, Option<Arc<R>>)>) {
        let changes = self.replace(changes);
        for index in self.indexes().iter() {
            index.apply(&changes);
        }
    }

    /// Wakes those who wait for changes.
    pub(super) fn tell(&self) {
        self.inner.changes.send_replace(());
    }

    fn replace(
        &self,
        changes: impl IntoIterator<Item = (K, Option<Arc<R>>)>,
    ) -> Vec<Published<K, R>> {
        let ordered = &self.inner.ordered;
        let mut ordered = ordered.write().unwrap_or_else(PoisonError::into_inner);
        let mut publish = |(key, new): (K, Option<Arc<R>>)| {
            let old = match &new {
                Some(row) => {
                    self.inner.rows.insert(key.clone(), row.clone());
                    ordered.insert(key.clone(), row.clone())
                }
                None => {
                    self.inner.rows.remove(&key);
                    ordered.remove(&key)
                }
            };
            Published { key, old, new }
        };
        changes.into_iter().map(&mut publish).collect()
    }

    fn indexes(&self) -> RwLockReadGuard<'_, Vec<Arc<dyn Indexes<K, R>>>> {
        let indexes = &self.inner.indexes;
        indexes.read().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A table whose types are forgotten: what opening and resetting need.
pub(super) trait AnyTable: Send + Sync {
    fn load(&self, disk: &dyn Disk) -> Result<(), StoreError>;
    fn clear(&self);
}

impl<K: Key, R: Row> AnyTable for Table<K, R> {
    fn load(&self, disk: &dyn Disk) -> Result<(), StoreError> {
        self.load_with(disk, |_, _| ())
    }

    fn clear(&self) {
        let ordered = &self.inner.ordered;
        let mut ordered = ordered.write().unwrap_or_else(PoisonError::into_inner);
        ordered.clear();
        self.inner.rows.clear();
        drop(ordered);
        for index in self.indexes().iter() {
            index.clear();
        }
        self.inner.changes.send_replace(());
    }
}

/// Most encoded keys fit in so many bytes.
const KEY: usize = 96;

pub(super) fn encode_key<K: Key>(key: &K) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(KEY);
    key.encode(&mut bytes);
    bytes
}

pub(super) fn decode_key<K: Key>(table: &str, bytes: &[u8]) -> Result<K, StoreError> {
    let mut rest = bytes;
    match K::decode(&mut rest) {
        Some(key) if rest.is_empty() => Ok(key),
        _ => Err(undecodable(table, bytes, "the key has another form".into())),
    }
}
