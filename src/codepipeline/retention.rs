//! How long the history goes back: an execution that is over is kept for twelve months from its start, with all that belongs to
//! it.
//!
//! Invariant: what is older is not shown, whether it is still there or not; it is removed from an index in the order of starts, a
//! few executions each time one ends, so that nothing ever looks at all of them. Source: contract, codepipeline section 4.5.

use super::store::{Newest, PipelineKey, Tables, newest};
use crate::aws::{Scope, Time};
use crate::engine::pipeline::{ActionRecord, Execution};
use crate::store::{Direction, Records, Txn};
use std::time::Duration;

/// Twelve months.
const KEPT: Duration = Duration::from_secs(365 * 24 * 3600);

/// Executions that one end of an execution removes at most.
const AT_ONCE: usize = 4;

/// When an execution that is over began, its pipeline and its id.
pub type Over = (Time, PipelineKey, String);

/// What began before this is no longer shown.
pub fn oldest(now: Time) -> Time {
    now - KEPT
}

/// Whether the execution is still shown; one that is not over always is.
pub fn is_shown(execution: &Execution, now: Time) -> bool {
    !execution.status.is_final() || execution.started >= oldest(now)
}

impl Tables {
    /// An execution is over: notes when it began, and removes some whose time is over.
    pub(super) fn keep_over(&self, tx: &mut Txn, pipeline: &PipelineKey, execution: &Execution) {
        let forgotten = (
            oldest(execution.updated),
            pipeline.clone(),
            execution.id.clone(),
        );
        let place = (execution.started, pipeline.clone(), execution.id.clone());
        tx.put_record(&self.over, place, execution.order);
        for (place, order) in tx.range_records(&self.over, ..forgotten, Direction::Forward, AT_ONCE)
        {
            self.forget(tx, &place, order);
            tx.remove_record(&self.over, &place);
        }
    }

    /// One that runs again is noted anew when it is over again; one whose pipeline was deleted is gone already.
    fn forget(&self, tx: &mut Txn, (_, pipeline, id): &Over, order: u64) {
        let at = (pipeline.clone(), id.clone());
        let Some(execution) = tx.get_record(&self.executions, &at) else {
            return;
        };
        if !execution.status.is_final() {
            return;
        }
        for run in self.take(tx, &at, &self.actions_of, &self.actions) {
            let scope = pipeline.0.clone();
            tx.remove_record(&self.action_ids, &(scope, run.run.id.clone()));
            self.forget_jobs(tx, pipeline, &execution, &run);
        }
        for run in self.take(tx, &at, &self.rules_of, &self.rules) {
            self.forget_jobs(tx, pipeline, &execution, &run);
        }
        tx.remove_record(&self.starts, &(pipeline.clone(), order));
        tx.remove_record(&self.executions, &at);
    }

    /// Removes the attempts of one execution and gives them.
    fn take(
        &self,
        tx: &mut Txn,
        of: &(PipelineKey, String),
        places: &Records<((PipelineKey, String), Newest, String), ()>,
        rows: &Records<(PipelineKey, Newest, String), ActionRecord>,
    ) -> Vec<ActionRecord> {
        let first = (of.clone(), 0, String::new());
        let last = (of.clone(), Newest::MAX, char::MAX.to_string());
        let mut taken = Vec::new();
        for (place, ()) in tx.range_records(places, first..=last, Direction::Forward, usize::MAX) {
            let at = (of.0.clone(), place.1, place.2.clone());
            taken.extend(tx.get_record(rows, &at));
            tx.remove_record(rows, &at);
            tx.remove_record(places, &place);
        }
        taken
    }

    fn forget_jobs(
        &self,
        tx: &mut Txn,
        pipeline: &PipelineKey,
        execution: &Execution,
        run: &ActionRecord,
    ) {
        let scope = Scope::new(pipeline.0.account.clone(), run.region.clone());
        let jobs = run.run.job.as_ref().map_or(0, |job| job.number);
        for number in 1..=jobs {
            let id = execution.job_id(&run.run.id, number);
            tx.remove_record(&self.jobs.rows, &(scope.clone(), id));
        }
    }
}

/// The first place in a history that is too old to be shown.
pub fn first_hidden(now: Time) -> Newest {
    newest(oldest(now)) + 1
}
