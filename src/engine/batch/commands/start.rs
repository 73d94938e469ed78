//! Starts a batch: it is submitted, and the build that reads the buildspec is asked for.

use crate::aws::Time;
use crate::engine::Step;
use crate::engine::batch::Batches;
use crate::engine::batch::plan::BatchPlan;
use crate::engine::batch::spec::BATCHSPEC;
use crate::engine::batch::state::{BatchState, Group, Phase, PhaseRecord};
use crate::engine::batch::turn::Turn;
use crate::engine::build::state::BuildStatus;

/// The new batch in SUBMITTED, as StartBuildBatch answers it (`Step::state`).
pub fn start(plan: BatchPlan, now: Time) -> Step<Batches> {
    let state = BatchState {
        status: BuildStatus::InProgress,
        phases: vec![PhaseRecord {
            phase: Phase::Submitted,
            start: plan.start,
            end: None,
        }],
        groups: vec![Group::batchspec()],
        fast_fail: false,
        resolved_source_version: None,
        artifacts: Vec::new(),
        since: plan.start,
        end: None,
        plan,
    };
    let mut turn = Turn::new(state, now);
    turn.launch(BATCHSPEC);
    turn.done()
}
