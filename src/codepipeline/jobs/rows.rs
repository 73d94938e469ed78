//! A job as it is now, and the tables of jobs.
//!
//! Invariant: a job is in `open` exactly while a worker may be offered it, now or again later.

use super::super::errors;
use super::super::store::PipelineKey;
use super::queues;
use crate::aws::{Scope, Time};
use crate::engine::pipeline::run::ActionStatus;
use crate::engine::pipeline::{JobRecord, providers};
use crate::store::{Builder, Records, Table, Txn};
use codepipeline_api::error::JobNotFoundException;
use serde::{Deserialize, Serialize};

/// The tables of jobs; cheap to clone.
#[derive(Clone)]
pub struct JobTables {
    pub rows: Records<JobKey, JobRow>,
    pub open: Table<OpenKey, ()>,
}

/// The scope that the job's action runs in, where its worker calls; and the job's id.
pub type JobKey = (Scope, String);

/// Scope, queue (see `queues`), from when on the job may be offered, its id.
pub type OpenKey = (Scope, String, Time, String);

/// A job as it is now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct JobRow {
    pub pipeline: PipelineKey,
    /// Where workers find it.
    pub queue: String,
    pub record: JobRecord,
    pub status: JobStatus,
    /// The number of the newest offer; older ones are void.
    pub nonce: u64,
    /// When it was offered last.
    pub offered: Option<Time>,
    /// The digest of its result, to tell the same from another.
    pub result: Option<String>,
}

/// How a job is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum JobStatus {
    Queued,
    /// A worker was offered it and has not said that it takes it.
    Dispatched,
    InProgress,
    /// Nobody waits for it any more: its action was abandoned, or took too long.
    TimedOut,
    Succeeded,
    Failed,
}

/// Which operations a job answers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Jobs of custom types, and of functions.
    Customer,
    /// Jobs of third-party types, which need a client token.
    Partner,
}

impl JobTables {
    pub fn declare(b: &mut Builder) -> Self {
        Self {
            rows: b.records("codepipeline.jobs"),
            open: b.table("codepipeline.open-jobs"),
        }
    }

    /// What the engine says of a job: it is there, or nobody waits for it any more. `queryable`: the configuration key by
    /// whose value workers poll for jobs of the type.
    pub fn keep(
        &self,
        tx: &mut Txn,
        pipeline: &PipelineKey,
        record: JobRecord,
        queryable: Option<&str>,
    ) {
        let mut row = match tx.get_record(&self.rows, &key_of(pipeline, &record)) {
            Some(known) => JobRow { record, ..known },
            None => JobRow::new(pipeline.clone(), record, queryable),
        };
        if !row.status.is_final() && !row.record.is_open {
            row.status = JobStatus::TimedOut;
        }
        self.put(tx, row);
    }

    /// Writes a row and its place among the open ones. The offer of a row that is in `open` must not have changed.
    pub fn put(&self, tx: &mut Txn, row: JobRow) {
        match row.status {
            JobStatus::Queued | JobStatus::Dispatched => tx.put(&self.open, row.open_key(), ()),
            _ => drop(tx.remove(&self.open, &row.open_key())),
        }
        tx.put_record(&self.rows, row.key(), row);
    }

    /// The job of this id that answers to the operations of that side.
    pub fn find(&self, key: &JobKey, side: Side) -> Result<JobRow, JobNotFoundException> {
        let found = self.rows.get(key).unwrap_or_else(|fault| fault.raise());
        seen_from(side, key, found)
    }

    /// The same, as of the write under way.
    pub fn find_in(
        &self,
        tx: &mut Txn,
        key: &JobKey,
        side: Side,
    ) -> Result<JobRow, JobNotFoundException> {
        let found = tx.get_record(&self.rows, key);
        seen_from(side, key, found)
    }
}

impl JobRow {
    fn new(pipeline: PipelineKey, record: JobRecord, queryable: Option<&str>) -> Self {
        // A function has its job when it is invoked.
        let status = match providers::is_function(&record.action.kind) {
            true => JobStatus::InProgress,
            false => JobStatus::Queued,
        };
        Self {
            pipeline,
            queue: queues::of_job(&record, queryable),
            record,
            status,
            nonce: 0,
            offered: None,
            result: None,
        }
    }

    pub fn key(&self) -> JobKey {
        key_of(&self.pipeline, &self.record)
    }

    /// Where it is, or would be, among the open ones.
    pub fn open_key(&self) -> OpenKey {
        let (scope, id) = self.key();
        let from = self
            .offered
            .map_or(self.record.since, |at| at + super::offers::AGAIN);
        (scope, self.queue.clone(), from, id)
    }

    pub fn side(&self) -> Side {
        match self.record.action.kind.owner.as_str() {
            "ThirdParty" => Side::Partner,
            _ => Side::Customer,
        }
    }

    /// Its action was given up, alone or with its pipeline.
    pub fn is_abandoned(&self) -> bool {
        self.record.action.run.status == ActionStatus::Abandoned
    }
}

impl JobStatus {
    pub fn is_final(self) -> bool {
        matches!(self, Self::TimedOut | Self::Succeeded | Self::Failed)
    }
}

/// The scope that an action of the pipeline runs in.
pub fn scope_of(pipeline: &PipelineKey, record: &JobRecord) -> Scope {
    Scope::new(pipeline.0.account.clone(), record.action.region.clone())
}

fn key_of(pipeline: &PipelineKey, record: &JobRecord) -> JobKey {
    (scope_of(pipeline, record), record.id.clone())
}

fn seen_from(
    side: Side,
    key: &JobKey,
    row: Option<JobRow>,
) -> Result<JobRow, JobNotFoundException> {
    let row = row.filter(|row| row.side() == side);
    row.ok_or_else(|| errors::job_not_found(&key.1))
}
