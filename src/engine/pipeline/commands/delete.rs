//! The end of a pipeline: its executions vanish, and what providers still do for them is for nobody.

use super::super::execution::ExecutionStatus;
use super::super::machine::Pipelines;
use super::super::record::Record;
use super::super::state::{Live, Pipeline};
use super::super::turn::Turn;
use super::super::{Effect, action};
use crate::aws::Time;
use crate::engine::Step;

/// The row leaves; jobs that wait for a worker are taken back, and actions that wait for an execution hear that it is over. The service removes its history in the same write.
pub fn delete(state: Option<Pipeline>, now: Time) -> Step<Pipelines> {
    let mut turn = Turn::new(state.unwrap_or_default(), now);
    let ids = turn
        .pipeline
        .live
        .iter()
        .map(|live| live.execution.id.clone());
    for id in ids.collect::<Vec<_>>() {
        action::abandon(&mut turn, &id, |_| true);
    }
    let records = turn.close().into_iter();
    Step {
        state: None,
        records: records
            .filter(|record| matches!(record, Record::Job(_)))
            .collect(),
        effects: parents(&turn.pipeline),
    }
}

/// Actions of other pipelines wait for an end that will not come.
fn parents(pipeline: &Pipeline) -> Vec<Effect> {
    let waits = |live: &Live| {
        Some(Effect::TellParent {
            parent: live.execution.listener.clone()?,
            execution: live.execution.id.clone(),
            status: ExecutionStatus::Cancelled,
        })
    };
    pipeline.live.iter().filter_map(waits).collect()
}
