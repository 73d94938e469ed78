//! The tables of batches, and the orders in which they are listed.
//!
//! Invariant: a batch's settings and its places in the lists are written and removed together; the places follow its status.

use super::settings::BatchSettings;
use crate::aws::{Scope, Time};
use crate::codebuild::named::LAST;
use crate::codebuild::pages::{List, Page};
use crate::codebuild::store::Activity;
use crate::codebuild::store::Tables;
use crate::engine::batch::state::BatchState;
use crate::store::{Builder, Records, Txn};

/// Scope and the batch's id, `project:uuid`.
pub type BatchKey = (Scope, String);

/// Scope, project (or none for all), status (or none for all), id.
type IdKey = (Scope, String, String, String);
/// The same with the start before the id.
type TimeKey = (Scope, String, String, Time, String);

/// Cheap to clone.
#[derive(Clone)]
pub struct Batches {
    /// Of every batch, live or finished.
    pub settings: Records<BatchKey, BatchSettings>,
    pub finished: Records<BatchKey, BatchState>,
    by_id: Records<IdKey, ()>,
    by_time: Records<TimeKey, ()>,
}

/// Which batches a list is about.
#[derive(Clone, Copy, Debug)]
pub struct Which<'a> {
    pub scope: &'a Scope,
    pub project: Option<&'a str>,
    /// As the wire names it.
    pub status: Option<&'a str>,
}

impl Batches {
    pub fn declare(b: &mut Builder) -> Self {
        Self {
            settings: b.records("codebuild.batch_settings"),
            finished: b.records("codebuild.batches_finished"),
            by_id: b.records("codebuild.batches_by_id"),
            by_time: b.records("codebuild.batches_by_time"),
        }
    }

    /// Puts a batch into the lists of its status.
    pub fn place(&self, tx: &mut Txn, batch: &BatchState) {
        for (id, time) in places(batch, batch.status.as_str()) {
            tx.put_record(&self.by_id, id, ());
            tx.put_record(&self.by_time, time, ());
        }
    }

    /// Takes a batch out of the lists it is in with this status.
    pub fn displace(&self, tx: &mut Txn, batch: &BatchState, status: &str) {
        for (id, time) in places(batch, status) {
            tx.remove_record(&self.by_id, &id);
            tx.remove_record(&self.by_time, &time);
        }
    }

    /// A page of ids in their own order.
    pub fn by_id(&self, which: Which<'_>, list: &List<'_>) -> Page<String> {
        let (project, status) = which.words();
        let at = |id: &str| {
            (
                which.scope.clone(),
                project.clone(),
                status.clone(),
                id.to_owned(),
            )
        };
        list.page(at(""), at(LAST), |range, direction, limit| {
            let rows = self.by_id.range(range, direction, limit);
            let rows = rows.unwrap_or_else(|fault| fault.raise());
            let ids = rows.into_iter().map(|(at, ())| (at.clone(), at.3));
            ids.collect()
        })
    }

    /// A page of ids in the order in which the batches were started.
    pub fn by_time(&self, which: Which<'_>, list: &List<'_>) -> Page<String> {
        let (project, status) = which.words();
        let at = |millis, id: &str| {
            (
                which.scope.clone(),
                project.clone(),
                status.clone(),
                Time::from_millis(millis),
                id.to_owned(),
            )
        };
        let (first, last) = (at(i64::MIN, ""), at(i64::MAX, LAST));
        list.page(first, last, |range, direction, limit| {
            let rows = self.by_time.range(range, direction, limit);
            let rows = rows.unwrap_or_else(|fault| fault.raise());
            let ids = rows.into_iter().map(|(at, ())| (at.clone(), at.4));
            ids.collect()
        })
    }
}

impl Which<'_> {
    fn words(&self) -> (String, String) {
        let word = |text: Option<&str>| text.unwrap_or_default().to_owned();
        (word(self.project), word(self.status))
    }
}

/// All lists that a batch of this status is in.
fn places(batch: &BatchState, status: &str) -> Vec<(IdKey, TimeKey)> {
    let plan = &batch.plan;
    let mut places = Vec::new();
    for project in ["", &plan.project] {
        for status in ["", status] {
            let (project, status) = (project.to_owned(), status.to_owned());
            let id = (
                plan.scope.clone(),
                project.clone(),
                status.clone(),
                plan.id(),
            );
            let time = (plan.scope.clone(), project, status, plan.start, plan.id());
            places.push((id, time));
        }
    }
    places
}

impl Tables {
    /// A batch has come to its end.
    pub fn finish_batch(&self, tx: &mut Txn, batch: BatchState) {
        let running = crate::engine::build::state::BuildStatus::InProgress;
        self.batches.displace(tx, &batch, running.as_str());
        self.batches.place(tx, &batch);
        tx.put_record(&self.batches.finished, batch.plan.key(), batch);
    }

    /// The number of the project's next batch.
    pub(super) fn count_batch(&self, tx: &mut Txn, project: (Scope, String)) -> u64 {
        let mut activity = tx
            .get(&self.activity, &project)
            .map_or_else(Activity::default, |row| (*row).clone());
        activity.last_batch_number += 1;
        let number = activity.last_batch_number;
        tx.put(&self.activity, project, activity);
        number
    }
}
