//! The one writer: a thread that takes what is queued, runs it in order, commits it as one, publishes it, answers.
//!
//! A batch is as long as it takes to run for about as long as a commit takes: whoever waits for an effect of the first of its writes
//! does not wait long for the last, and the disk is busy at most half of the time.

use super::StoreError;
use super::disk::Disk;
use super::job::Job;
use super::pace::Pace;
use super::queue::{Alone, Lane, Queue};
use super::table::AnyTable;
use super::txn::Txn;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A batch ends at whichever of these comes first, or when it has run for long enough, so that no caller waits for an endless queue.
const MAX_WRITES: usize = 1024;
const MAX_BYTES: usize = 8 << 20;

pub(super) struct Writer {
    pub queue: Queue,
    pub disk: Arc<dyn Disk>,
    pub tables: Vec<Box<dyn AnyTable>>,
}

impl Writer {
    /// Runs until the store is closed or its last handle is dropped.
    pub fn run(mut self) {
        let mut closing = None;
        let mut pace = Pace::new();
        while self.queue.wait() {
            self.turn(&mut pace);
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

    /// Commits a batch of what is queued: ordinary writes first, then new work.
    fn turn(&mut self, pace: &mut Pace) {
        let mut batch = Batch::new(self.disk.clone(), pace.time());
        let (mut waited, mut begun) = (None, 0);
        loop {
            let (ordinary, room) = match batch.is_full() {
                false => (self.queue.next(Lane::First), pace.new_work()),
                true => (None, 1),
            };
            let next = match ordinary {
                Some((queued, job)) => {
                    waited.get_or_insert_with(|| queued.elapsed());
                    Some(job)
                }
                None if begun < room => {
                    begun += 1;
                    self.queue.next(Lane::Later).map(|(_, job)| job)
                }
                None => None,
            };
            let Some(job) = next else { break };
            batch.run(job);
        }
        let took = batch.commit(self.disk.as_ref());
        pace.learn(waited, took);
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
