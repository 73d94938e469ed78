//! Tables of things that have a name, and the three orders in which they are listed.
//!
//! Invariant: a row's key is its scope and its name; all of a scope lie together in every order.

// Differs from AWS: the numbers of projects, report groups and fleets that an account may have are not limited.

use super::pages::{List, Page, Range};
use crate::aws::{Scope, Time};
use crate::store::{Builder, Direction, Index, Row, Table};
use aws_smithy_types::DateTime;
use std::ops::Deref;

/// Scope and name.
pub type NameKey = (Scope, String);

/// A table of named things; it is used as the table it holds. Cheap to clone.
#[derive(Clone)]
pub struct Named<R> {
    rows: Table<NameKey, R>,
    by_creation: Index<TimeKey, NameKey>,
    by_change: Index<TimeKey, NameKey>,
}

type TimeKey = (Scope, Time, String);

/// When a thing was made, and when it was last changed.
pub type Times = (Option<DateTime>, Option<DateTime>);

/// What a list is sorted by.
#[derive(Clone, Copy, Debug)]
pub enum By {
    Name,
    Created,
    Changed,
}

impl<R: Row> Named<R> {
    pub fn declare(b: &mut Builder, name: &str, times: fn(&R) -> Times) -> Self {
        let rows = b.table(name);
        Self {
            by_creation: b.index(&rows, move |key: &NameKey, row: &R| {
                vec![at(key, times(row).0)]
            }),
            by_change: b.index(&rows, move |key: &NameKey, row: &R| {
                vec![at(key, times(row).1)]
            }),
            rows,
        }
    }

    /// A page of the scope's names in the order of `by`.
    pub fn names(&self, scope: &Scope, list: &List<'_>, by: By) -> Page<String> {
        let index = match by {
            By::Name => return self.by_name(scope, list),
            By::Created => &self.by_creation,
            By::Changed => &self.by_change,
        };
        let end = |millis, name: &str| (scope.clone(), Time::from_millis(millis), name.to_owned());
        let (first, last) = (end(i64::MIN, ""), end(i64::MAX, LAST));
        list.page(first, last, |range, direction, limit| {
            let rows = index.range(range, direction, limit);
            rows.into_iter().map(|(at, (_, name))| (at, name)).collect()
        })
    }

    fn by_name(&self, scope: &Scope, list: &List<'_>) -> Page<String> {
        let (first, last) = ((scope.clone(), String::new()), (scope.clone(), LAST.into()));
        let rows = |range: Range<NameKey>, direction: Direction, limit: usize| {
            let rows = self.rows.range(range, direction, limit);
            let named = |(key, _): (NameKey, _)| (key.clone(), key.1);
            rows.into_iter().map(named).collect()
        };
        list.page(first, last, rows)
    }
}

impl<R> Deref for Named<R> {
    type Target = Table<NameKey, R>;

    fn deref(&self) -> &Self::Target {
        &self.rows
    }
}

/// After every name.
pub const LAST: &str = "\u{10FFFF}";

fn at(key: &NameKey, time: Option<DateTime>) -> TimeKey {
    let time = time.and_then(|time| time.to_millis().ok()).unwrap_or(0);
    (key.0.clone(), Time::from_millis(time), key.1.clone())
}
