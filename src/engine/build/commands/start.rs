//! Starts a build: it is submitted and waits for room.

use crate::aws::Time;
use crate::engine::Step;
use crate::engine::build::plan::BuildPlan;
use crate::engine::build::state::{
    BuildState, BuildStatus, Phase, PhaseEnd, PhaseRecord, PhaseStatus,
};
use crate::engine::build::step::effect_of;
use crate::engine::build::{Build, Record};
use std::collections::BTreeMap;

/// A build of this id runs already; starting it twice is harmless.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the build has been started before")]
pub struct AlreadyStarted;

/// The new build in QUEUED, as StartBuild answers it (`Step::state`).
pub fn start(
    existing: Option<&BuildState>,
    plan: BuildPlan,
    now: Time,
) -> Result<Step<Build>, AlreadyStarted> {
    match existing {
        Some(_) => Err(AlreadyStarted),
        None => Ok(queued(submitted(plan, now))),
    }
}

/// SUBMITTED begins with the request and ends when it is recorded.
fn submitted(plan: BuildPlan, now: Time) -> BuildState {
    let start = plan.start;
    let now = now.max(start);
    BuildState {
        status: BuildStatus::InProgress,
        phases: vec![
            PhaseRecord {
                phase: Phase::Submitted,
                start,
                end: Some(PhaseEnd {
                    time: now,
                    status: PhaseStatus::Succeeded,
                    context: None,
                }),
            },
            PhaseRecord {
                phase: Phase::Queued,
                start: now,
                end: None,
            },
        ],
        plan,
        logs: None,
        resolved_source_version: None,
        on_failure: BTreeMap::new(),
        retries: BTreeMap::new(),
        next_retry: None,
        batchspec: None,
        commands: Vec::new(),
        commanded: 0,
        artifacts: Vec::new(),
        reports: Vec::new(),
        exported: None,
        end: None,
    }
}

fn queued(state: BuildState) -> Step<Build> {
    let effects = effect_of(&state).into_iter().collect();
    Step {
        records: vec![Record::PhaseEnded(Box::new(state.clone()))],
        effects,
        ..Step::stay(state)
    }
}
