//! Runs a failed batch again: all of its builds, or those that did not succeed.

use crate::aws::Time;
use crate::engine::Step;
use crate::engine::batch::Batches;
use crate::engine::batch::groups::go_on;
use crate::engine::batch::spec::BATCHSPEC;
use crate::engine::batch::state::{
    BatchState, Group, GroupStatus, Phase, PhaseEnd, PhaseRecord, PhaseStatus,
};
use crate::engine::batch::turn::Turn;
use crate::engine::build::state::BuildStatus;

/// Which builds are run again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    All,
    Failed,
}

/// Why a batch is not run again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotRetried {
    #[error("the batch has not finished")]
    InProgress,
    /// It succeeded, or somebody stopped it.
    #[error("the batch did not fail")]
    NotFailed,
}

/// The step of a finished batch, and the batch as RetryBuildBatch answers it: the same batch with new phases.
pub fn retry(
    mut state: BatchState,
    which: Which,
    now: Time,
) -> Result<(Step<Batches>, BatchState), NotRetried> {
    match state.status {
        BuildStatus::InProgress => return Err(NotRetried::InProgress),
        BuildStatus::Succeeded | BuildStatus::Stopped => return Err(NotRetried::NotFailed),
        BuildStatus::Failed | BuildStatus::Fault | BuildStatus::TimedOut => {}
    }
    let now = now.max(state.end.unwrap_or(now));
    reopen(&mut state, now);
    for group in &mut state.groups {
        if which == Which::All || !succeeded(group) {
            group.again();
        }
    }
    let mut turn = Turn::new(state, now);
    match turn.state.group(BATCHSPEC).is_some_and(succeeded) {
        // What was read stays read.
        true => {
            turn.enter(Phase::DownloadBatchspec, PhaseStatus::Succeeded, None);
            turn.enter(Phase::InProgress, PhaseStatus::Succeeded, None);
            go_on(&mut turn);
        }
        false => turn.launch(BATCHSPEC),
    }
    let shown = turn.state.clone();
    Ok((turn.done(), shown))
}

fn succeeded(group: &Group) -> bool {
    group.current.status == GroupStatus::Ended(BuildStatus::Succeeded)
}

fn reopen(state: &mut BatchState, now: Time) {
    if let Some(last) = state.phases.last_mut() {
        last.end = Some(PhaseEnd {
            time: now,
            status: PhaseStatus::Retry,
            context: None,
        });
    }
    state.phases.push(PhaseRecord {
        phase: Phase::Submitted,
        start: now,
        end: None,
    });
    state.status = BuildStatus::InProgress;
    state.end = None;
    state.since = now;
    state.artifacts.clear();
}
