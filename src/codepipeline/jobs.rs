//! Jobs: what workers and functions do for actions, kept beyond the action and even the pipeline they are for.
//!
//! A job is offered to workers while its action waits for it; its result is remembered, so that the same result may come again.

use super::store::PipelineKey;
use crate::aws::{Scope, Time};
use crate::engine::pipeline::plan::Category;
use crate::engine::pipeline::{JobRecord, providers};
use crate::store::{Builder, Records, Table, Txn};
use serde::{Deserialize, Serialize};

/// The tables of jobs; cheap to clone.
#[derive(Clone)]
pub struct JobTables {
    /// By job id.
    pub rows: Records<(Scope, String), JobRow>,
    /// Jobs that a worker may take, by action type and age.
    pub open: Table<OpenKey, ()>,
}

/// Scope, action type (see [`type_name`]), time of creation, job id.
pub type OpenKey = (Scope, String, Time, String);

/// A job as it is now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct JobRow {
    pub pipeline: String,
    pub record: JobRecord,
    pub status: JobStatus,
    /// The number of the newest offer; older ones are void.
    pub nonce: u64,
    /// When it was offered last.
    pub offered: Option<Time>,
    /// What its result was, to tell the same from another.
    pub result: Option<String>,
}

/// How a job is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum JobStatus {
    Queued,
    /// A worker was offered it and has not said that it takes it.
    Dispatched,
    InProgress,
    TimedOut,
    Succeeded,
    Failed,
}

impl JobTables {
    pub fn declare(b: &mut Builder) -> Self {
        Self {
            rows: b.records("codepipeline.jobs"),
            open: b.table("codepipeline.open-jobs"),
        }
    }

    /// What the engine says of a job: it is there, or nobody waits for it any more.
    pub(super) fn keep(&self, tx: &mut Txn, pipeline: &PipelineKey, record: JobRecord) {
        let key = (pipeline.0.clone(), record.id.clone());
        let open = open_key(&pipeline.0, &record);
        let known = tx.get_record(&self.rows, &key);
        let mut row = known.unwrap_or_else(|| JobRow::new(&pipeline.1, record.clone()));
        row.record = record;
        let unfinished = !row.status.is_final();
        if unfinished && !row.record.is_open {
            row.status = JobStatus::TimedOut;
        }
        match row.status {
            JobStatus::Queued | JobStatus::Dispatched => tx.put(&self.open, open, ()),
            _ => drop(tx.remove(&self.open, &open)),
        }
        tx.put_record(&self.rows, key, row);
    }
}

impl JobRow {
    fn new(pipeline: &str, record: JobRecord) -> Self {
        // A function has its job when it is invoked.
        let status = match providers::is_function(&record.action.kind) {
            true => JobStatus::InProgress,
            false => JobStatus::Queued,
        };
        Self {
            pipeline: pipeline.to_owned(),
            record,
            status,
            nonce: 0,
            offered: None,
            result: None,
        }
    }
}

impl JobStatus {
    pub fn is_final(self) -> bool {
        matches!(self, Self::TimedOut | Self::Succeeded | Self::Failed)
    }
}

/// Where an open job is found.
pub fn open_key(scope: &Scope, record: &JobRecord) -> OpenKey {
    let kind = &record.action.kind;
    let name = type_name(kind.category, &kind.owner, &kind.provider, &kind.version);
    (scope.clone(), name, record.since, record.id.clone())
}

/// `<owner>/<category>/<provider>/<version>`.
pub fn type_name(category: Category, owner: &str, provider: &str, version: &str) -> String {
    format!("{owner}/{category}/{provider}/{version}")
}
