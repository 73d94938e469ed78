//! Stops a batch: its builds are stopped, and what had not begun never will.

use crate::aws::Time;
use crate::engine::Step;
use crate::engine::batch::Batches;
use crate::engine::batch::state::{BatchState, Phase, PhaseStatus};
use crate::engine::batch::turn::Turn;
use crate::engine::build::state::BuildStatus;

/// The step and the batch as StopBuildBatch answers it. A live batch can always be stopped.
pub fn stop(state: BatchState, now: Time) -> (Step<Batches>, BatchState) {
    let mut turn = Turn::new(state, now);
    turn.abandon();
    turn.finish(
        Phase::Stopped,
        PhaseStatus::Stopped,
        None,
        BuildStatus::Stopped,
    );
    let shown = turn.state.clone();
    (turn.done(), shown)
}
