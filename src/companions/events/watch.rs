//! A subscription: reads on from a number, and waits at the end for whoever records the next event.

use super::companion::Events;
use super::event::Kept;
use crate::store::StoreError;
use tokio::sync::watch;

/// The most that is read at once: events, and bytes of them.
const PAGE: (usize, usize) = (500, 1 << 20);

/// Made by [`Events::watch`].
pub struct Watch {
    events: Events,
    after: u64,
    /// The newest number when it last looked.
    newest: u64,
    changes: watch::Receiver<()>,
}

impl Watch {
    pub(super) fn new(events: Events, after: u64) -> Self {
        Self {
            changes: events.tables.numbers.changes(),
            newest: events.newest(),
            events,
            after,
        }
    }

    /// The next events, at least one: at once when there are some, otherwise as soon as there are. Dropping the future loses
    /// nothing. A number below the one before it means that the store was emptied in between.
    pub async fn next(&mut self) -> Result<Vec<(u64, Kept)>, StoreError> {
        loop {
            // Before reading, so that an event recorded in between wakes us again.
            self.changes.borrow_and_update();
            let page = self.read()?;
            if !page.is_empty() {
                return Ok(page);
            }
            if self.changes.changed().await.is_err() {
                return Err(StoreError::Closed);
            }
        }
    }

    /// What is there now and has not been given; empty at the end.
    pub fn read(&mut self) -> Result<Vec<(u64, Kept)>, StoreError> {
        let newest = self.events.newest();
        if newest < self.newest {
            // The store was emptied and counts from the beginning.
            self.after = 0;
        }
        self.newest = newest;
        let page = self.events.read(self.after, PAGE.0, PAGE.1)?;
        if let Some((last, _)) = page.last() {
            self.after = *last;
        }
        Ok(page)
    }
}
