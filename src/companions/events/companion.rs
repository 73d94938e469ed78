//! `Events`: the tables and how many events they keep. A cheap clone.

use super::event::{Event, Kept};
use super::store::{MOST, Tables};
use super::watch::Watch;
use crate::store::{Direction, StoreError, Txn};

#[derive(Clone)]
pub struct Events {
    pub(super) tables: Tables,
    most: u64,
}

impl Events {
    pub fn new(tables: Tables) -> Self {
        Self::keeping(tables, MOST)
    }

    /// The same with another number of events that are kept.
    pub fn keeping(tables: Tables, most: u64) -> Self {
        Self { tables, most }
    }

    /// Records an event inside the write it tells of, and yields its number. Whoever watches hears of it when the write is
    /// durable.
    pub fn record(&self, tx: &mut Txn, event: Event) -> u64 {
        self.tables.add(tx, event, self.most)
    }

    /// Events with numbers greater than `after`, in order, at most `limit` and about `bytes` of them. What is no longer kept
    /// is missing at the beginning; its number tells.
    pub fn read(
        &self,
        after: u64,
        limit: usize,
        bytes: usize,
    ) -> Result<Vec<(u64, Kept)>, StoreError> {
        // Not beyond what is published: a number is seen everywhere or nowhere.
        let newest = self.newest();
        if newest <= after {
            return Ok(Vec::new());
        }
        let events = &self.tables.events;
        events.page(after + 1..=newest, Direction::Forward, limit, bytes)
    }

    /// The number of the newest event; 0 when there never was one.
    pub fn newest(&self) -> u64 {
        self.tables.numbers().last
    }

    /// A subscription to everything with a number greater than `after`; `newest` there means only what is still to come. It
    /// holds no events: a slow reader costs no memory, and misses what is no longer kept when it comes to it.
    pub fn watch(&self, after: u64) -> Watch {
        Watch::new(self.clone(), after)
    }
}
