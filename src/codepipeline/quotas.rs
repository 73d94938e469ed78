//! How much of each kind one account may have in one region.
//!
//! Counted inside the write that adds one, so that two writers cannot both take the last place. Source: contract, codepipeline
//! section 4.5.

use super::errors;
use super::store::{PipelineKey, Tables};
use crate::aws::Scope;
use crate::engine::pipeline::Plan;
use crate::store::{Direction, Txn};
use codepipeline_api::error::LimitExceededException;

const PIPELINES: usize = 1000;
const POLLING: usize = 300;
const ACTION_TYPES: usize = 50;

/// Whether there is room for one more pipeline.
pub fn pipelines(tables: &Tables, tx: &Txn, scope: &Scope) -> Result<(), LimitExceededException> {
    let all = tx.range(
        &tables.pipelines,
        whole(scope),
        Direction::Forward,
        PIPELINES,
    );
    if all.len() < PIPELINES {
        return Ok(());
    }
    Err(errors::too_many_pipelines(PIPELINES))
}

/// Whether the pipeline may follow this plan: one that polls needs a place among those that do.
pub fn polling(
    tables: &Tables,
    tx: &Txn,
    pipeline: &PipelineKey,
    plan: &Plan,
) -> Result<(), LimitExceededException> {
    if !polls(plan) {
        return Ok(());
    }
    // As many rows at most as an account may have pipelines.
    let all = tx.range(
        &tables.pipelines,
        whole(&pipeline.0),
        Direction::Forward,
        PIPELINES,
    );
    let others = all
        .iter()
        .filter(|(key, row)| key != pipeline && polls(&row.plan));
    if others.count() < POLLING {
        return Ok(());
    }
    Err(errors::too_many_polling_pipelines(POLLING))
}

/// Whether there is room for one more custom action type; deleted ones take none.
pub fn action_types(
    tables: &Tables,
    tx: &Txn,
    scope: &Scope,
) -> Result<(), LimitExceededException> {
    let range = tables.action_types_in(scope);
    let all = tx.range(
        &tables.action_types,
        range,
        Direction::Forward,
        ACTION_TYPES,
    );
    if all.len() < ACTION_TYPES {
        return Ok(());
    }
    Err(errors::too_many_action_types(ACTION_TYPES))
}

fn polls(plan: &Plan) -> bool {
    let sources = plan.stages.iter().take(1).flat_map(|stage| &stage.actions);
    sources.into_iter().any(|action| action.polls())
}

fn whole(scope: &Scope) -> std::ops::RangeInclusive<PipelineKey> {
    (scope.clone(), String::new())..=(scope.clone(), char::MAX.to_string())
}
