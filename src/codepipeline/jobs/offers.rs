//! A job on its way to a worker: offered, offered again, taken.
//!
//! Invariant: of all offers of a job only the newest can be taken, and only once.

use super::super::errors;
use super::super::service::CodePipeline;
use super::rows::{JobKey, JobRow, JobStatus, JobTables, OpenKey, Side};
use crate::aws::{Scope, Time};
use crate::store::{Direction, Txn, WriteError};
use codepipeline_api::error::{InvalidNonceException, JobNotFoundException};
use std::convert::Infallible;
use std::ops::RangeInclusive;
use std::time::Duration;

/// After this time a job that was offered and not taken is offered again. Our reading: AWS says no time.
pub const AGAIN: Duration = Duration::from_secs(30);

/// The most jobs that one call is offered, however many it asks for.
const MOST: usize = 100;

/// Offers the jobs that have waited longest in the queue, at most `most`, by default one.
pub async fn offer(
    service: &CodePipeline,
    scope: &Scope,
    queue: String,
    now: Time,
    most: Option<i32>,
) -> Vec<JobRow> {
    let most = most.and_then(|most| usize::try_from(most).ok());
    let most = most.unwrap_or(1).clamp(1, MOST);
    let waiting = waiting(scope, queue, now);
    let tables = service.tables.jobs.clone();
    // Most polls find nothing, and those write nothing.
    let open = tables.open.range(waiting.clone(), Direction::Forward, 1);
    if open.is_empty() {
        return Vec::new();
    }
    let write = move |tx: &mut Txn| Ok::<_, Infallible>(tables.offer(tx, waiting, now, most));
    match service.store.write(write).await {
        Ok(offered) => offered,
        Err(WriteError::Storage(fault)) => fault.raise(),
        Err(WriteError::Refused(never)) => match never {},
    }
}

/// The worker takes the job that it was offered with this nonce.
pub async fn acknowledge<E>(
    service: &CodePipeline,
    key: JobKey,
    side: Side,
    nonce: String,
) -> Result<(), E>
where
    E: From<JobNotFoundException> + From<InvalidNonceException> + Send + 'static,
{
    let tables = service.tables.jobs.clone();
    let write = move |tx: &mut Txn| {
        let row = tables.find_in(tx, &key, side)?;
        if row.status != JobStatus::Dispatched || row.nonce.to_string() != nonce {
            return Err(E::from(errors::invalid_nonce(&key.1, &nonce)));
        }
        let status = JobStatus::InProgress;
        tables.put(tx, JobRow { status, ..row });
        Ok(())
    };
    service
        .store
        .write(write)
        .await
        .map_err(WriteError::refused)
}

/// What may be offered by now from a queue, the longest waiting first.
fn waiting(scope: &Scope, queue: String, now: Time) -> RangeInclusive<OpenKey> {
    let first = (
        scope.clone(),
        queue.clone(),
        Time::from_millis(i64::MIN),
        String::new(),
    );
    first..=(scope.clone(), queue, now, char::MAX.to_string())
}

impl JobTables {
    fn offer(
        &self,
        tx: &mut Txn,
        waiting: RangeInclusive<OpenKey>,
        now: Time,
        most: usize,
    ) -> Vec<JobRow> {
        let open = tx.range(&self.open, waiting, Direction::Forward, most);
        let mut offered = Vec::new();
        for (place, _) in open {
            tx.remove(&self.open, &place);
            let Some(row) = tx.get_record(&self.rows, &(place.0, place.3)) else {
                continue;
            };
            let row = JobRow {
                status: JobStatus::Dispatched,
                nonce: row.nonce + 1,
                offered: Some(now),
                ..row
            };
            self.put(tx, row.clone());
            offered.push(row);
        }
        offered
    }
}
