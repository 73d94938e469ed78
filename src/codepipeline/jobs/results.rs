//! What a worker says of its job, and what follows from it.
//!
//! Invariant: the row of the job and the step of its pipeline are one write; a result counts once.

use super::super::action_types::Types;
use super::super::errors;
use super::super::links::{Place, Templates};
use super::super::service::CodePipeline;
use super::super::store::Tables;
use super::super::view;
use super::rows::{JobKey, JobRow, JobStatus, Side};
use crate::aws::Time;
use crate::engine::Step;
use crate::engine::pipeline::commands::{JobResult, finish_job};
use crate::engine::pipeline::event::Success;
use crate::engine::pipeline::execution::Revision;
use crate::engine::pipeline::plan::Category;
use crate::engine::pipeline::run::{ActionError, ActionResult, ErrorCode};
use crate::engine::pipeline::{Pipeline, Pipelines};
use crate::store::{Txn, WriteError};
use codepipeline_api::error::{InvalidJobStateException, JobNotFoundException};
use codepipeline_api::model as api;
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::convert::Infallible;

/// A result as it was put; two are the same when all of it is the same.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub enum Said {
    Succeeded(Box<SaidSuccess>),
    Failed(SaidFailure),
}

/// Success, or with a token: what has been done so far.
#[derive(Clone, Default, PartialEq, Eq, Serialize)]
pub struct SaidSuccess {
    pub token: Option<String>,
    pub summary: Option<String>,
    pub external_id: Option<String>,
    pub percent: Option<i32>,
    pub variables: BTreeMap<String, String>,
    pub revision: Option<SaidRevision>,
}

#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct SaidRevision {
    pub id: String,
    pub change: String,
    /// Milliseconds.
    pub created: Option<i64>,
    pub summary: Option<String>,
}

#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct SaidFailure {
    pub code: ErrorCode,
    pub message: String,
    pub external_id: Option<String>,
}

/// Takes a result: the first one counts, the same again changes nothing, and one that nobody waits for is for nobody.
pub async fn put<E>(service: &CodePipeline, key: JobKey, side: Side, said: Said) -> Result<(), E>
where
    E: From<JobNotFoundException> + From<InvalidJobStateException> + Send + 'static,
{
    let pipeline = service.tables.jobs.find(&key, side)?.pipeline;
    let tables = service.tables.clone();
    let put = service.engine.command(pipeline, move |live, now, tx| {
        let row = tables.jobs.find_in(tx, &key, side)?;
        let digest = said.digest();
        if !counts(&row, said.status(), &digest)? {
            return Ok((unchanged(live), ()));
        }
        let result = said.for_engine(tx, &tables, &row);
        let status = said.status();
        let row = JobRow {
            status,
            result: Some(digest),
            ..row
        };
        tables.jobs.put(tx, row);
        let step = match live {
            Some(live) => finish_job(live, now, &key.1, result),
            None => unchanged(None),
        };
        Ok::<_, E>((step, ()))
    });
    put.await.map_err(WriteError::refused)
}

/// Fails the action of a job that cannot be handed out, unless a worker has it meanwhile.
pub async fn give_up(service: &CodePipeline, offered: &JobRow, error: ActionError) {
    let (tables, offered) = (service.tables.clone(), offered.clone());
    let pipeline = offered.pipeline.clone();
    let given_up = service.engine.command(pipeline, move |live, now, tx| {
        let row = tables.jobs.find_in(tx, &offered.key(), offered.side());
        let row = row
            .ok()
            .filter(|row| row.status == JobStatus::Dispatched && row.nonce == offered.nonce);
        let (Some(row), Some(live)) = (row, live.clone()) else {
            return Ok((unchanged(live), ()));
        };
        let id = row.record.id.clone();
        let status = JobStatus::Failed;
        tables.jobs.put(tx, JobRow { status, ..row });
        let external_id = None;
        let result = JobResult::Failed { error, external_id };
        Ok::<_, Infallible>((finish_job(live, now, &id, result), ()))
    });
    match given_up.await {
        Ok(()) => (),
        Err(WriteError::Storage(fault)) => fault.raise(),
        Err(WriteError::Refused(never)) => match never {},
    }
}

/// Whether a result is the one that counts; an error when it contradicts what is known of the job.
fn counts(row: &JobRow, status: JobStatus, digest: &str) -> Result<bool, InvalidJobStateException> {
    let id = &row.record.id;
    match row.status {
        JobStatus::InProgress => Ok(true),
        JobStatus::Queued | JobStatus::Dispatched => Err(errors::job_not_acknowledged(id)),
        JobStatus::TimedOut if row.is_abandoned() => Ok(false),
        JobStatus::TimedOut => Err(errors::job_terminated(id)),
        JobStatus::Succeeded | JobStatus::Failed if row.result.as_deref() == Some(digest) => {
            Ok(false)
        }
        known if known == status && row.result.is_some() => Err(errors::job_result_differs(id)),
        JobStatus::Succeeded | JobStatus::Failed => Err(errors::job_terminated(id)),
    }
}

fn unchanged(live: Option<Pipeline>) -> Step<Pipelines> {
    Step {
        state: live,
        records: Vec::new(),
        effects: Vec::new(),
    }
}

impl Said {
    fn status(&self) -> JobStatus {
        match self {
            Self::Succeeded(_) => JobStatus::Succeeded,
            Self::Failed(_) => JobStatus::Failed,
        }
    }

    fn digest(&self) -> String {
        let all = serde_json::to_vec(self).expect("text and numbers are always JSON");
        hex::encode(Sha256::digest(all))
    }

    fn for_engine(&self, tx: &Txn, tables: &Tables, row: &JobRow) -> JobResult {
        match self {
            Self::Failed(failure) => JobResult::Failed {
                error: ActionError::new(failure.code, failure.message.clone()),
                external_id: failure.external_id.clone(),
            },
            Self::Succeeded(success) => {
                let result = success.result(tx, tables, row);
                match &success.token {
                    Some(token) => JobResult::Continued {
                        token: token.clone(),
                        result,
                    },
                    None => JobResult::Succeeded(Box::new(Success {
                        result,
                        variables: success.variables.clone(),
                        revision: success.revision(row),
                    })),
                }
            }
        }
    }
}

impl SaidSuccess {
    fn result(&self, tx: &Txn, tables: &Tables, row: &JobRow) -> ActionResult {
        ActionResult {
            external_id: self.external_id.clone(),
            external_url: self.link(tx, tables, row),
            summary: self.summary.clone(),
            percent: self.percent,
            ..ActionResult::default()
        }
    }

    /// Where the type's own pages show the external execution.
    fn link(&self, tx: &Txn, tables: &Tables, row: &JobRow) -> Option<String> {
        let external = self.external_id.as_ref()?;
        let (scope, _) = row.key();
        let action = &row.record.action;
        let id = view::type_id(&action.kind);
        let types = Types::of([&id], tx, tables, &scope);
        let place = Place {
            region: action.region.as_str(),
            configuration: &action.run.resolved,
        };
        Templates::of(&action.kind, &types).execution(place, external)
    }

    /// Only sources have revisions of their own.
    fn revision(&self, row: &JobRow) -> Option<Revision> {
        let is_source = row.record.action.kind.category == Category::Source;
        let revision = self.revision.as_ref().filter(|_| is_source)?;
        Some(Revision {
            id: revision.id.clone(),
            summary: revision.summary.clone(),
            url: None,
            change: Some(revision.change.clone()),
            created: revision.created.map(Time::from_millis),
        })
    }
}

impl SaidSuccess {
    /// From the members that both success operations have.
    pub fn new(
        token: Option<String>,
        details: Option<api::ExecutionDetails>,
        revision: Option<api::CurrentRevision>,
    ) -> Self {
        let details = details.unwrap_or_default();
        Self {
            token,
            summary: details.summary,
            external_id: details.external_execution_id,
            percent: details.percent_complete,
            variables: BTreeMap::new(),
            revision: revision.map(SaidRevision::from),
        }
    }
}

impl From<api::CurrentRevision> for SaidRevision {
    fn from(of: api::CurrentRevision) -> Self {
        Self {
            id: of.revision,
            change: of.change_identifier,
            created: of.created.and_then(|time| time.to_millis().ok()),
            summary: of.revision_summary,
        }
    }
}

impl From<api::FailureDetails> for SaidFailure {
    fn from(of: api::FailureDetails) -> Self {
        Self {
            code: code(of.r#type),
            message: of.message,
            external_id: of.external_execution_id,
        }
    }
}

fn code(of: api::FailureType) -> ErrorCode {
    match of {
        api::FailureType::JobFailed => ErrorCode::JobFailed,
        api::FailureType::ConfigurationError => ErrorCode::ConfigurationError,
        api::FailureType::PermissionError => ErrorCode::PermissionError,
        api::FailureType::RevisionOutOfSync => ErrorCode::RevisionOutOfSync,
        api::FailureType::RevisionUnavailable => ErrorCode::RevisionUnavailable,
        api::FailureType::SystemUnavailable => ErrorCode::SystemUnavailable,
    }
}
