//! Waiting for new lines of a stream: woken by whoever appends, never by a clock.

use super::companion::Logs;
use super::read::Window;
use super::store::{Place, StreamKey};
use crate::aws::{Scope, Time};
use crate::companions::LogLine;
use crate::store::StoreError;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;

/// Lines per answer.
const PAGE: usize = 1000;

/// Streams that somebody follows.
#[derive(Default)]
pub(super) struct Watchers {
    streams: Mutex<HashMap<StreamKey, watch::Sender<()>>>,
}

impl Watchers {
    pub fn tell(&self, key: &StreamKey) {
        let mut streams = self.streams();
        let Some(sender) = streams.get(key) else {
            return;
        };
        if sender.send(()).is_err() {
            streams.remove(key);
        }
    }

    fn watch(&self, key: StreamKey) -> watch::Receiver<()> {
        let mut streams = self.streams();
        // Those who have gone without another line being written.
        streams.retain(|_, sender| sender.receiver_count() > 0);
        let sender = streams.entry(key).or_insert_with(|| watch::channel(()).0);
        sender.subscribe()
    }

    fn streams(&self) -> MutexGuard<'_, HashMap<StreamKey, watch::Sender<()>>> {
        self.streams.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Tells when a stream has new lines, and reads nothing itself.
pub struct StreamWatch {
    logs: Logs,
    key: StreamKey,
    changes: watch::Receiver<()>,
}

/// Reads a stream from its head and waits at its end. The stream need not exist yet.
pub struct Follower {
    logs: Logs,
    key: StreamKey,
    last: Option<Place>,
    changes: watch::Receiver<()>,
}

impl Logs {
    /// The stream need not exist yet.
    pub fn watch(&self, scope: &Scope, group: &str, stream: &str) -> StreamWatch {
        let key = (scope.clone(), group.to_owned(), stream.to_owned());
        StreamWatch {
            changes: self.watchers.watch(key.clone()),
            logs: self.clone(),
            key,
        }
    }

    pub fn follow(&self, scope: &Scope, group: &str, stream: &str) -> Follower {
        let key = (scope.clone(), group.to_owned(), stream.to_owned());
        Follower {
            changes: self.watchers.watch(key.clone()),
            logs: self.clone(),
            key,
            last: None,
        }
    }
}

impl StreamWatch {
    /// Waits until lines have come since this was called last, or since the watch began.
    pub async fn changed(&mut self) {
        if self.changes.changed().await.is_err() {
            self.changes = self.logs.watchers.watch(self.key.clone());
        }
    }
}

impl Follower {
    /// The next lines, at least one: at once when there are some, otherwise as soon as there are. Lines whose time is before that
    /// of a line already given are not shown. Dropping the future loses nothing.
    pub async fn next(&mut self) -> Result<Vec<LogLine>, StoreError> {
        loop {
            // Before reading, so that a line written in between wakes us again.
            self.changes.borrow_and_update();
            let lines = self.read()?;
            if !lines.is_empty() {
                return Ok(lines);
            }
            if self.changes.changed().await.is_err() {
                self.changes = self.logs.watchers.watch(self.key.clone());
            }
        }
    }

    /// What is there now and has not been given; empty at the end.
    pub fn read(&mut self) -> Result<Vec<LogLine>, StoreError> {
        let Some(stream) = self.logs.tables.streams.get(&self.key) else {
            return Ok(Vec::new());
        };
        let last = self.last.filter(|last| last.0 == stream.number);
        let window = Window::all(stream.number);
        let lines = self.logs.after(&window, last, PAGE)?;
        self.last = lines.last().map(|(place, _)| *place).or(self.last);
        Ok(lines
            .into_iter()
            .map(|(place, line)| shown(place.1, line.1))
            .collect())
    }
}

fn shown(time: Time, message: String) -> LogLine {
    LogLine { time, message }
}
