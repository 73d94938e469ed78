//! The one writer: a thread that takes what is queued, runs it in order, commits it as one, publishes it, answers.
//!
//! A batch is as long as it takes to run for about as long as a commit takes: whoever waits for an effect of the first of its writes
//! does not wait long for the last, and the disk is busy at most half of the time.

use super::StoreError;
use super::disk::Disk;
use super::job::Job;
use super::queue::{Alone, Queue};
use super::table::AnyTable;
use super::txn::Txn;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A batch ends at whichever of these comes first, or when it has run for long enough, so that no caller waits for an endless queue.
const MAX_WRITES: usize = 1024;
const MAX_BYTES: usize = 8 << 20;
/// At least, and at most, however slow the disk is.
const TIME: (Duration, Duration) = (Duration::from_millis(1), Duration::from_millis(20));

pub(super) struct Writer {
    pub queue: Queue,
    pub disk: Arc<dyn Disk>,
    pub tables: Vec<Box<dyn AnyTable>>,
}

impl Writer {
    /// Runs until the store is closed or its last handle is dropped.
    pub fn run(mut self) {
        let mut closing = None;
        let mut commit = Duration::ZERO;
        while self.queue.wait() {
            commit = self.turn(commit);
            match self.queue.alone() {
                None => {}
                Some(Alone::Reset(reply)) => drop(reply.send(self.reset())),
                Some(Alone::Close(reply)) => {
                    closing = Some(reply);
                    break;
                }
            }
        }
        self.disk.close();
        if let Some(reply) = closing {
            let _ = reply.send(());
        }
    }

    /// Commits a batch of what is queued. The last commit took so long; gives how long this one took.
    fn turn(&mut self, last: Duration) -> Duration {
        let mut batch = Batch::new(self.disk.clone(), last.clamp(TIME.0, TIME.1));
        while !batch.is_full()
            && let Some(job) = self.queue.next()
        {
            batch.run(job);
        }
        batch.commit(self.disk.as_ref())
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
    until: Instant,
}

impl Batch {
    fn new(disk: Arc<dyn Disk>, time: Duration) -> Self {
        Self {
            txn: Txn::new(disk),
            jobs: Vec::new(),
            until: Instant::now() + time,
        }
    }

    fn run(&mut self, mut job: Box<dyn Job>) {
        let accepted = job.run(&mut self.txn);
        self.txn.settle(accepted);
        self.jobs.push(job);
    }

    fn is_full(&self) -> bool {
        let many = self.jobs.len() >= MAX_WRITES || self.txn.size() >= MAX_BYTES;
        many || (!self.jobs.is_empty() && Instant::now() >= self.until)
    }

    /// Says how long the commit took.
    fn commit(self, disk: &dyn Disk) -> Duration {
        let begin = Instant::now();
        let layer = self.txn.into_accepted();
        let result = match layer.is_empty() {
            true => Ok(()),
            false => disk.commit(layer.changes()),
        };
        let took = begin.elapsed();
        if result.is_ok() {
            layer.publish();
        }
        for job in self.jobs {
            job.answer(result.as_ref().err());
        }
        took
    }
}
