//! What goes: streams that were deleted, lines past their group's retention. In pieces, so that no write waits for long.
//!
//! A deletion is one write that makes everything unreachable and notes the streams; their lines are then removed, now or after the
//! next start.

use super::companion::Logs;
use super::store::{GroupKey, Place, Stream, StreamKey, Tables, group_key, stream_range};
use crate::aws::Time;
use crate::store::{Direction, StoreError, Txn, WriteError};
use std::convert::Infallible;
use std::ops::Range;

/// Lines removed by one write.
const PIECE: usize = 1000;

/// Makes a stream unreachable, as part of a write.
pub fn remove_stream(tables: &Tables, tx: &mut Txn, key: &StreamKey, stream: &Stream) {
    let group = group_key(key);
    let used = tx.get(&tables.usage, &group).map_or(0, |used| *used);
    tx.put(&tables.usage, group, used.saturating_sub(stream.bytes));
    tx.remove(&tables.streams, key);
    tx.put(&tables.doomed, stream.number, ());
}

/// Makes a group and all its streams unreachable, as part of a write.
pub fn remove_group(tables: &Tables, tx: &mut Txn, key: &GroupKey) {
    for (stream, row) in tables.streams_in(tx, key) {
        remove_stream(tables, tx, &stream, &row);
    }
    tx.remove(&tables.usage, key);
    tx.remove(&tables.groups, key);
}

impl Logs {
    /// After a start: finishes deletions and removes what has expired meanwhile.
    pub async fn resume(&self, now: Time) -> Result<(), StoreError> {
        self.sweep().await?;
        let groups = self.tables.groups.range(.., Direction::Forward, usize::MAX);
        for (key, _) in groups {
            self.expire(&key, now).await?;
        }
        Ok(())
    }

    /// Removes the lines of deleted streams. When it is interrupted, the next one goes on.
    pub(super) async fn sweep(&self) -> Result<(), StoreError> {
        loop {
            let doomed = self.tables.doomed.range(.., Direction::Forward, 1);
            let Some((number, _)) = doomed.first().cloned() else {
                return Ok(());
            };
            let lines = first_place(number)..first_place(number + 1);
            while self.remove(lines.clone()).await? {}
            self.forget(number).await?;
        }
    }

    /// Removes the lines of a group that are older than its retention allows.
    pub(super) async fn expire(&self, key: &GroupKey, now: Time) -> Result<(), StoreError> {
        let Some(group) = self
            .tables
            .groups
            .get(key)
            .filter(|g| g.retention_days.is_some())
        else {
            return Ok(());
        };
        let expiry = group.expiry(now);
        let range = stream_range(key, "");
        let streams = self
            .tables
            .streams
            .range(range, Direction::Forward, usize::MAX);
        let old = streams
            .iter()
            .filter(|(_, s)| s.first_event.is_some_and(|first| first < expiry));
        for (_, stream) in old {
            let lines = first_place(stream.number)..(stream.number, expiry, 0);
            while self.remove(lines.clone()).await? {}
        }
        Ok(())
    }

    /// Removes a piece; whether there may be more.
    async fn remove(&self, lines: Range<Place>) -> Result<bool, StoreError> {
        let removed = self.try_write(move |tables, tx| {
            Ok::<_, Infallible>(tx.remove_records(&tables.lines, lines, PIECE))
        });
        removed
            .await
            .map(|removed| removed == PIECE)
            .map_err(never_refused)
    }

    async fn forget(&self, number: u64) -> Result<(), StoreError> {
        let forgotten = self.try_write(move |tables, tx| {
            tx.remove(&tables.doomed, &number);
            Ok::<_, Infallible>(())
        });
        forgotten.await.map_err(never_refused)
    }
}

fn first_place(stream: u64) -> Place {
    (stream, Time::from_millis(i64::MIN), 0)
}

fn never_refused(error: WriteError<Infallible>) -> StoreError {
    error.fold(|never| match never {}, |error| error)
}
