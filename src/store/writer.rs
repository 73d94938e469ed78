//! The one writer: a thread that takes everything queued, runs it in order, commits it as one, publishes it, answers.

use super::StoreError;
use super::disk::Disk;
use super::job::Job;
use super::table::AnyTable;
use super::txn::Txn;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, TryRecvError};
use tokio::sync::oneshot;

/// A batch ends at whichever of these comes first, so that no caller waits for an endless queue.
const MAX_WRITES: usize = 1024;
const MAX_BYTES: usize = 8 << 20;

/// What can be queued.
pub(super) enum Message {
    Write(Box<dyn Job>),
    Reset(oneshot::Sender<Result<(), StoreError>>),
    Close(oneshot::Sender<()>),
}

pub(super) struct Writer {
    pub queue: Receiver<Message>,
    pub disk: Arc<dyn Disk>,
    pub tables: Vec<Box<dyn AnyTable>>,
}

impl Writer {
    /// Runs until the store is closed or its last handle is dropped.
    pub fn run(self) {
        let mut closing = None;
        while let Ok(message) = self.queue.recv() {
            match self.turn(message) {
                None => {}
                Some(Message::Close(reply)) => {
                    closing = Some(reply);
                    break;
                }
                Some(message) => self.alone(message),
            }
        }
        self.disk.close();
        if let Some(reply) = closing {
            let _ = reply.send(());
        }
    }

    /// Commits a batch that begins with `message`; returns the message that ended it and is not a write.
    fn turn(&self, message: Message) -> Option<Message> {
        let mut batch = Batch::new(self.disk.clone());
        let mut next = Ok(message);
        let rest = loop {
            match next {
                Ok(Message::Write(job)) => batch.run(job),
                Ok(other) => break Some(other),
                Err(TryRecvError::Empty | TryRecvError::Disconnected) => break None,
            }
            if batch.is_full() {
                break None;
            }
            next = self.queue.try_recv();
        };
        batch.commit(self.disk.as_ref());
        rest
    }

    /// What is never part of a batch.
    fn alone(&self, message: Message) {
        if let Message::Reset(reply) = message {
            let _ = reply.send(self.reset());
        }
    }

    fn reset(&self) -> Result<(), StoreError> {
        self.disk.reset()?;
        for table in &self.tables {
            table.clear();
        }
        Ok(())
    }
}

struct Batch {
    txn: Txn,
    jobs: Vec<Box<dyn Job>>,
}

impl Batch {
    fn new(disk: Arc<dyn Disk>) -> Self {
        Self {
            txn: Txn::new(disk),
            jobs: Vec::new(),
        }
    }

    fn run(&mut self, mut job: Box<dyn Job>) {
        let accepted = job.run(&mut self.txn);
        self.txn.settle(accepted);
        self.jobs.push(job);
    }

    fn is_full(&self) -> bool {
        self.jobs.len() >= MAX_WRITES || self.txn.size() >= MAX_BYTES
    }

    fn commit(self, disk: &dyn Disk) {
        let layer = self.txn.into_accepted();
        let result = match layer.is_empty() {
            true => Ok(()),
            false => disk.commit(&layer.changes()),
        };
        if result.is_ok() {
            layer.publish();
        }
        for job in self.jobs {
            job.answer(result.as_ref().err());
        }
    }
}
