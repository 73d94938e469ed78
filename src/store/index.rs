//! Ordered secondary indexes of live tables: kept in memory, rebuilt when the store is opened.
//!
//! An index changes together with its table's rows, one commit at a time, on the writer thread.

use super::key::Key;
use super::range::{Bounds, Direction, bounds, is_empty};
use super::row::Row;
use super::table::Published;
use std::collections::BTreeSet;
use std::ops::{Bound, RangeBounds};
use std::sync::{Arc, PoisonError, RwLock};

/// Finds keys of a table by something else, in order. A cheap clone.
pub struct Index<I, K> {
    entries: Arc<RwLock<BTreeSet<Place<I, K>>>>,
}

impl<I, K> Clone for Index<I, K> {
    fn clone(&self) -> Self {
        Self {
            entries: self.entries.clone(),
        }
    }
}

type Place<I, K> = (I, Edge<K>);

/// A key, or a place before or after all keys: bounds on the index value alone need such places.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Edge<K> {
    Before,
    Key(K),
    After,
}

impl<I: Key, K: Key> Index<I, K> {
    pub(super) fn new() -> Self {
        Self {
            entries: Arc::default(),
        }
    }

    /// The entries whose index value is in `range`, in order of value and then key, at most `limit`.
    pub fn range(
        &self,
        range: impl RangeBounds<I>,
        direction: Direction,
        limit: usize,
    ) -> Vec<(I, K)> {
        self.list(outer(bounds(&range)), direction, limit)
    }

    /// The same, beginning after the entry a page before it ended with.
    pub fn range_after(
        &self,
        range: impl RangeBounds<I>,
        last: &(I, K),
        direction: Direction,
        limit: usize,
    ) -> Vec<(I, K)> {
        let (mut start, mut end) = outer(bounds(&range));
        let last = (last.0.clone(), Edge::Key(last.1.clone()));
        match direction {
            Direction::Forward => start = later(start, last),
            Direction::Backward => end = earlier(end, last),
        }
        self.list((start, end), direction, limit)
    }

    fn list(&self, bounds: Bounds<Place<I, K>>, direction: Direction, limit: usize) -> Vec<(I, K)> {
        if is_empty(&bounds) {
            return Vec::new();
        }
        let entries = self.entries.read().unwrap_or_else(PoisonError::into_inner);
        let range = entries.range(bounds);
        match direction {
            Direction::Forward => range.filter_map(entry).take(limit).collect(),
            Direction::Backward => range.rev().filter_map(entry).take(limit).collect(),
        }
    }
}

fn entry<I: Clone, K: Clone>((value, edge): &Place<I, K>) -> Option<(I, K)> {
    match edge {
        Edge::Key(key) => Some((value.clone(), key.clone())),
        Edge::Before | Edge::After => None,
    }
}

fn outer<I, K>((start, end): Bounds<I>) -> Bounds<Place<I, K>> {
    let start = match start {
        Bound::Included(value) => Bound::Included((value, Edge::Before)),
        Bound::Excluded(value) => Bound::Excluded((value, Edge::After)),
        Bound::Unbounded => Bound::Unbounded,
    };
    let end = match end {
        Bound::Included(value) => Bound::Included((value, Edge::After)),
        Bound::Excluded(value) => Bound::Excluded((value, Edge::Before)),
        Bound::Unbounded => Bound::Unbounded,
    };
    (start, end)
}

/// The later of a start and "after `last`". No stored entry is an edge, so that included and excluded edges are the same.
fn later<P: Ord>(start: Bound<P>, last: P) -> Bound<P> {
    match start {
        Bound::Included(place) | Bound::Excluded(place) if place > last => Bound::Included(place),
        _ => Bound::Excluded(last),
    }
}

fn earlier<P: Ord>(end: Bound<P>, last: P) -> Bound<P> {
    match end {
        Bound::Included(place) | Bound::Excluded(place) if place < last => Bound::Included(place),
        _ => Bound::Excluded(last),
    }
}

/// An index as its table sees it.
pub(super) trait Indexes<K, R>: Send + Sync {
    /// Computes the entries and throws them away, so that an index function that panics does so inside the write.
    fn rehearse(&self, key: &K, row: &R);
    fn apply(&self, changes: &[Published<K, R>]);
    fn clear(&self);
}

pub(super) struct Attached<I, K, F> {
    pub index: Index<I, K>,
    pub values: F,
}

impl<I, K, R, F> Indexes<K, R> for Attached<I, K, F>
where
    I: Key,
    K: Key,
    R: Row,
    F: Fn(&K, &R) -> Vec<I> + Send + Sync,
{
    fn rehearse(&self, key: &K, row: &R) {
        drop((self.values)(key, row));
    }

    fn apply(&self, changes: &[Published<K, R>]) {
        let values = |row: &Option<Arc<R>>, key: &K| -> BTreeSet<I> {
            let values = row.iter().flat_map(|row| (self.values)(key, row));
            values.collect()
        };
        let entries = &self.index.entries;
        let mut entries = entries.write().unwrap_or_else(PoisonError::into_inner);
        for Published { key, old, new } in changes {
            let (old, new) = (values(old, key), values(new, key));
            // A row may have many places and leave one.
            for left in old.difference(&new) {
                entries.remove(&(left.clone(), Edge::Key(key.clone())));
            }
            let taken = new.difference(&old);
            entries.extend(taken.map(|value| (value.clone(), Edge::Key(key.clone()))));
        }
    }

    fn clear(&self) {
        let entries = &self.index.entries;
        let mut entries = entries.write().unwrap_or_else(PoisonError::into_inner);
        entries.clear();
    }
}
