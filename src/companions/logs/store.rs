//! What is stored: groups, streams, lines. Every row is keyed by its scope; lines by their stream's number.

use super::errors;
use crate::aws::{Scope, Time};
use crate::store::{Builder, Direction, Index, Records, Table, Txn};
use logs_api::error::ResourceNotFoundException;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

pub type GroupKey = (Scope, String);
/// Group, then stream.
pub type StreamKey = (Scope, String, String);
/// The stream's number, the line's time, and its place among all lines the stream has ever got.
pub type Place = (u64, Time, u64);

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Group {
    pub created: Time,
    pub retention_days: Option<i32>,
    /// As on the wire.
    pub class: String,
    pub kms_key: Option<String>,
    pub tags: BTreeMap<String, String>,
    pub protected: bool,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Stream {
    /// Never given twice, so that a stream created anew does not show the lines of its predecessor.
    pub number: u64,
    pub created: Time,
    pub first_event: Option<Time>,
    pub last_event: Option<Time>,
    pub last_ingestion: Option<Time>,
    /// How many lines it has ever got.
    pub lines: u64,
    /// As billed: UTF-8 bytes and 26 for each line.
    pub bytes: u64,
}

/// One line: when it was taken in, and its text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line(pub Time, pub String);

/// Clones share their rows.
#[derive(Clone)]
pub struct Tables {
    pub groups: Table<GroupKey, Group>,
    pub streams: Table<StreamKey, Stream>,
    /// Scope, group, time of the last event; streams without events come first.
    pub by_last_event: Index<(Scope, String, Time), StreamKey>,
    pub lines: Records<Place, Line>,
    /// Bytes per group: beside the group's row, so that appending does not write the group's tags each time.
    pub usage: Table<GroupKey, u64>,
    /// Numbers of streams whose lines are still to be removed.
    pub doomed: Table<u64, ()>,
    counters: Table<u64, u64>,
}

const LAST_STREAM: u64 = 0;

impl Tables {
    pub fn declare(b: &mut Builder) -> Self {
        let streams = b.table("logs.streams");
        let place = |key: &StreamKey, row: &Stream| {
            let last = row.last_event.unwrap_or(Time::from_millis(i64::MIN));
            vec![(key.0.clone(), key.1.clone(), last)]
        };
        Self {
            by_last_event: b.index(&streams, place),
            streams,
            groups: b.table("logs.groups"),
            lines: b.records("logs.lines"),
            usage: b.table("logs.usage"),
            doomed: b.table("logs.doomed"),
            counters: b.table("logs.counters"),
        }
    }

    pub fn group(&self, key: &GroupKey) -> Result<Arc<Group>, ResourceNotFoundException> {
        self.groups.get(key).ok_or_else(errors::no_group)
    }

    pub fn stream(&self, key: &StreamKey) -> Result<Arc<Stream>, ResourceNotFoundException> {
        let found = self.streams.get(key);
        found.ok_or_else(|| match self.groups.get(&group_key(key)) {
            Some(_) => errors::no_stream(),
            None => errors::no_group(),
        })
    }

    /// The group as a write sees it.
    pub fn group_in(
        &self,
        tx: &Txn,
        key: &GroupKey,
    ) -> Result<Arc<Group>, ResourceNotFoundException> {
        tx.get(&self.groups, key).ok_or_else(errors::no_group)
    }

    pub fn stream_in(
        &self,
        tx: &Txn,
        key: &StreamKey,
    ) -> Result<Arc<Stream>, ResourceNotFoundException> {
        self.group_in(tx, &group_key(key))?;
        tx.get(&self.streams, key).ok_or_else(errors::no_stream)
    }

    /// Puts a new, empty stream.
    pub fn add_stream(&self, tx: &mut Txn, key: StreamKey, now: Time) {
        let last = tx.get(&self.counters, &LAST_STREAM);
        let number = last.map_or(0, |last| *last) + 1;
        tx.put(&self.counters, LAST_STREAM, number);
        let stream = Stream {
            number,
            created: now,
            first_event: None,
            last_event: None,
            last_ingestion: None,
            lines: 0,
            bytes: 0,
        };
        tx.put(&self.streams, key, stream);
    }

    /// The streams of a group as a write sees them.
    pub fn streams_in(&self, tx: &Txn, group: &GroupKey) -> Vec<(StreamKey, Arc<Stream>)> {
        let range = stream_range(group, "");
        tx.range(&self.streams, range, Direction::Forward, usize::MAX)
    }
}

impl Group {
    /// Lines older than this are gone.
    pub fn expiry(&self, now: Time) -> Time {
        match self.retention_days {
            Some(days) => now - days_long(days),
            None => Time::from_millis(0),
        }
    }
}

pub fn days_long(days: i32) -> std::time::Duration {
    let days = u64::try_from(days).unwrap_or(0);
    std::time::Duration::from_secs(days * 24 * 60 * 60)
}

pub fn group_key(key: &StreamKey) -> GroupKey {
    (key.0.clone(), key.1.clone())
}

pub fn stream_key(group: &GroupKey, stream: &str) -> StreamKey {
    (group.0.clone(), group.1.clone(), stream.to_owned())
}

/// The keys of a group's streams whose names begin with `prefix`.
pub fn stream_range(group: &GroupKey, prefix: &str) -> std::ops::Range<StreamKey> {
    let start = stream_key(group, prefix);
    let end = match super::list::after_all_with(prefix) {
        Some(end) => stream_key(group, &end),
        // The next group's name is at least this.
        None => (group.0.clone(), format!("{}\0", group.1), String::new()),
    };
    start..end
}
