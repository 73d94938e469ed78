//! Ordered listings: direction, bounds, and the merge of what is committed with what is pending.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::ops::{Bound, RangeBounds};

/// Which end of a range a listing begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    Forward,
    Backward,
}

impl Direction {
    fn order(self, order: Ordering) -> Ordering {
        match self {
            Self::Forward => order,
            Self::Backward => order.reverse(),
        }
    }
}

pub(super) type Bounds<K> = (Bound<K>, Bound<K>);

pub(super) fn bounds<K: Clone>(range: &impl RangeBounds<K>) -> Bounds<K> {
    (range.start_bound().cloned(), range.end_bound().cloned())
}

/// Whether no key can be inside; `BTreeMap::range` and redb panic on some of these.
pub(super) fn is_empty<K: Ord>(bounds: &Bounds<K>) -> bool {
    match (&bounds.0, &bounds.1) {
        (Bound::Included(start), Bound::Included(end)) => start > end,
        (
            Bound::Included(start) | Bound::Excluded(start),
            Bound::Included(end) | Bound::Excluded(end),
        ) => start >= end,
        _ => false,
    }
}

/// The entries inside the bounds, from the end that `direction` names.
pub(super) fn walk<'a, K: Ord, V>(
    map: &'a BTreeMap<K, V>,
    bounds: Bounds<K>,
    direction: Direction,
) -> Box<dyn Iterator<Item = (&'a K, &'a V)> + 'a> {
    if is_empty(&bounds) {
        return Box::new(std::iter::empty());
    }
    match direction {
        Direction::Forward => Box::new(map.range(bounds)),
        Direction::Backward => Box::new(map.range(bounds).rev()),
    }
}

/// Lays `upper` over `lower`, both ordered by `direction`: `None` in `upper` hides the entry below.
pub(super) fn overlaid<K: Ord, V>(
    lower: impl Iterator<Item = (K, V)>,
    upper: impl Iterator<Item = (K, Option<V>)>,
    direction: Direction,
) -> impl Iterator<Item = (K, V)> {
    let mut lower = lower.peekable();
    let mut upper = upper.peekable();
    std::iter::from_fn(move || {
        loop {
            let order = match (lower.peek(), upper.peek()) {
                (_, None) => return lower.next(),
                (None, Some(_)) => Ordering::Greater,
                (Some((below, _)), Some((above, _))) => direction.order(below.cmp(above)),
            };
            match order {
                Ordering::Less => return lower.next(),
                Ordering::Equal => drop(lower.next()),
                Ordering::Greater => {}
            }
            if let Some((key, Some(value))) = upper.next() {
                return Some((key, value));
            }
        }
    })
}
