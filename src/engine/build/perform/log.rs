//! A build's log while it grows: lines in order, masked, to CloudWatch Logs as they come and to a compressed file for S3.
//!
//! One task writes. Lines that come while it writes are written together next, at most every few milliseconds. A log that
//! cannot be written loses lines, never the build.

use crate::aws::{Scope, Time};
use crate::companions::{Companions, LogLine};
use crate::engine::build::logs::{self, LineBuffer, Mask, Note};
use crate::engine::build::state::LogStream;
use crate::engine::clock::Clock;
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::fs::File;
use std::io::{Seek, Write};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, mpsc, oneshot};

/// Between two writes, so that a chatty build does not keep the disk busy line by line.
const PACE: Duration = Duration::from_millis(20);

/// Entries that may wait; then commands wait too.
const WAITING: usize = 256;

/// Where a log goes.
pub struct Destination {
    pub companions: Arc<dyn Companions>,
    pub scope: Scope,
    pub stream: Option<LogStream>,
    /// Keep a compressed copy.
    pub object: bool,
}

/// Handle of a growing log. Clones are the same log.
#[derive(Clone)]
pub struct Log {
    entries: mpsc::Sender<Entry>,
    clock: Clock,
    hurry: Arc<Notify>,
    object: Arc<Mutex<Option<File>>>,
}

enum Entry {
    Note(Time, Note),
    Output(Time, Bytes),
    /// A command has ended: what it wrote last is a line.
    OutputEnded(Time),
    Mask(Mask),
    /// Everything before is to be visible when this is answered.
    Flush(oneshot::Sender<()>),
    /// The same; nothing comes after it.
    Close(oneshot::Sender<()>),
}

impl Log {
    pub fn start(to: Destination, clock: Clock) -> Self {
        let (sender, receiver) = mpsc::channel(WAITING);
        let log = Self {
            entries: sender,
            clock,
            hurry: Arc::default(),
            object: Arc::default(),
        };
        tokio::spawn(Writer::new(to, &log).run(receiver));
        log
    }

    pub async fn note(&self, note: Note) {
        self.enter(Entry::Note(self.clock.now(), note)).await;
    }

    pub async fn output(&self, bytes: Bytes) {
        self.enter(Entry::Output(self.clock.now(), bytes)).await;
    }

    pub async fn output_ended(&self) {
        self.enter(Entry::OutputEnded(self.clock.now())).await;
    }

    /// From now on these values do not appear.
    pub async fn mask(&self, mask: Mask) {
        self.enter(Entry::Mask(mask)).await;
    }

    /// Returns when everything that was entered before is visible.
    pub async fn flush(&self) {
        let (sender, answer) = oneshot::channel();
        self.enter(Entry::Flush(sender)).await;
        self.hurry.notify_one();
        let _ = answer.await;
    }

    /// Writes what there is and nothing more. Returns when everything is visible; harmless when repeated.
    pub async fn close(&self) {
        let (sender, answer) = oneshot::channel();
        self.enter(Entry::Close(sender)).await;
        self.hurry.notify_one();
        let _ = answer.await;
    }

    /// The compressed log, once, after `close`.
    pub fn object(&self) -> Option<File> {
        self.object
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }

    async fn enter(&self, entry: Entry) {
        // A closed log takes no more.
        let _ = self.entries.send(entry).await;
    }
}

struct Writer {
    to: Destination,
    latest: Time,
    buffer: LineBuffer,
    mask: Mask,
    /// Who waits until the lines that are being written are visible.
    waiting: Vec<oneshot::Sender<()>>,
    gzip: Option<GzEncoder<File>>,
    hurry: Arc<Notify>,
    object: Arc<Mutex<Option<File>>>,
}

impl Writer {
    fn new(to: Destination, log: &Log) -> Self {
        Self {
            gzip: to.object.then(gzip).flatten(),
            to,
            latest: Time::from_millis(0),
            buffer: LineBuffer::default(),
            mask: Mask::default(),
            waiting: Vec::new(),
            hurry: log.hurry.clone(),
            object: log.object.clone(),
        }
    }

    async fn run(mut self, mut entries: mpsc::Receiver<Entry>) {
        let mut batch = Vec::with_capacity(WAITING);
        while entries.recv_many(&mut batch, WAITING).await > 0 {
            let mut lines = Vec::new();
            let answer = batch
                .drain(..)
                .find_map(|entry| self.enter(entry, &mut lines));
            self.write(lines).await;
            for waiting in self.waiting.drain(..) {
                let _ = waiting.send(());
            }
            if let Some(answer) = answer {
                self.finish();
                // Whoever closed the log may have gone away.
                let _ = answer.send(());
                return;
            }
            self.rest().await;
        }
    }

    /// `Some`: the log ends here.
    fn enter(&mut self, entry: Entry, lines: &mut Vec<LogLine>) -> Option<oneshot::Sender<()>> {
        match entry {
            Entry::Note(time, note) => self.note(time, &note, lines),
            Entry::Output(time, bytes) => self.output(time, &bytes, lines),
            Entry::OutputEnded(time) => self.output_ended(time, lines),
            Entry::Mask(mask) => self.mask = mask,
            Entry::Flush(answer) => self.waiting.push(answer),
            Entry::Close(answer) => {
                self.output_ended(self.latest, lines);
                return Some(answer);
            }
        }
        None
    }

    /// A pause, unless somebody waits.
    async fn rest(&self) {
        tokio::select! {
            () = tokio::time::sleep(PACE) => {}
            () = self.hurry.notified() => {}
        }
    }

    fn note(&mut self, time: Time, note: &Note, lines: &mut Vec<LogLine>) {
        for message in logs::events(note, time) {
            self.line(time, message, lines);
        }
    }

    fn output(&mut self, time: Time, bytes: &[u8], lines: &mut Vec<LogLine>) {
        for message in self.buffer.push(bytes) {
            self.line(time, message, lines);
        }
    }

    fn output_ended(&mut self, time: Time, lines: &mut Vec<LogLine>) {
        if let Some(message) = self.buffer.take() {
            self.line(time, message, lines);
        }
    }

    /// Several tasks tell the time of their lines; the log never goes back.
    fn line(&mut self, time: Time, message: String, lines: &mut Vec<LogLine>) {
        let time = time.max(self.latest);
        self.latest = time;
        let message = self.mask.apply(message);
        lines.push(LogLine { time, message });
    }

    async fn write(&mut self, lines: Vec<LogLine>) {
        if lines.is_empty() {
            return;
        }
        if let Some(gzip) = &mut self.gzip {
            for line in &lines {
                if let Err(error) = gzip.write_all(line.message.as_bytes()) {
                    tracing::warn!(%error, "a line of a build's log was lost");
                }
            }
        }
        let Some(LogStream { group, stream }) = &self.to.stream else {
            return;
        };
        let companions = &self.to.companions;
        let written = companions
            .append_log(&self.to.scope, group, stream, lines)
            .await;
        if let Err(error) = written {
            tracing::warn!(group, stream, %error, "lines of a build's log were lost");
        }
    }

    fn finish(&mut self) {
        let Some(gzip) = self.gzip.take() else {
            return;
        };
        let file = gzip
            .finish()
            .and_then(|mut file| file.rewind().map(|()| file));
        match file {
            Ok(file) => {
                *self.object.lock().unwrap_or_else(PoisonError::into_inner) = Some(file);
            }
            Err(error) => tracing::warn!(%error, "a build's log was lost"),
        }
    }
}

fn gzip() -> Option<GzEncoder<File>> {
    match tempfile::tempfile() {
        Ok(file) => Some(GzEncoder::new(file, Compression::default())),
        Err(error) => {
            tracing::warn!(%error, "a build's log cannot be kept for S3");
            None
        }
    }
}
