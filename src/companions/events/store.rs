//! What is stored: events by number, and which numbers there are.
//!
//! Invariant: exactly the numbers from `first` to `last` are there.

use super::event::{Event, Kept};
use crate::aws::ids;
use crate::store::{Builder, Records, Table, Txn};
use serde::{Deserialize, Serialize};

/// How many events are kept.
pub const MOST: u64 = 100_000;
/// How many of the oldest go in one write at most: when fewer are to be kept than there are, they go bit by bit.
const AT_ONCE: u64 = 4;

/// Clones share their rows.
#[derive(Clone)]
pub struct Tables {
    pub(super) events: Records<u64, Kept>,
    pub(super) numbers: Table<u64, Numbers>,
}

/// The numbers of the events that are there; none when `first` is greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Numbers {
    pub first: u64,
    pub last: u64,
}

/// The one row of its table.
const ROW: u64 = 0;

impl Tables {
    pub fn declare(b: &mut Builder) -> Self {
        Self {
            events: b.records("events.recorded"),
            numbers: b.table("events.numbers"),
        }
    }

    /// Adds an event as the newest, and lets go what is more than `most`. Yields its number.
    pub(super) fn add(&self, tx: &mut Txn, event: Event, most: u64) -> u64 {
        let mut numbers = tx
            .get(&self.numbers, &ROW)
            .map_or(Numbers::NONE, |row| *row);
        numbers.last += 1;
        let id = ids::uuid();
        tx.put_record(&self.events, numbers.last, Kept { id, event });
        for _ in 0..AT_ONCE {
            if numbers.count() <= most {
                break;
            }
            tx.remove_record(&self.events, &numbers.first);
            numbers.first += 1;
        }
        tx.put(&self.numbers, ROW, numbers);
        numbers.last
    }

    /// As committed.
    pub(super) fn numbers(&self) -> Numbers {
        self.numbers.get(&ROW).map_or(Numbers::NONE, |row| *row)
    }
}

impl Numbers {
    pub const NONE: Self = Self { first: 1, last: 0 };

    pub fn count(self) -> u64 {
        (self.last + 1).saturating_sub(self.first)
    }
}
