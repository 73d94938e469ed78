//! Stops a build: the running phase is STOPPED, nothing after it runs, no `finally` either.

use crate::aws::Time;
use crate::engine::Step;
use crate::engine::build::state::{BuildState, PhaseStatus};
use crate::engine::build::step::end_phase;
use crate::engine::build::{Build, Record};

/// The step and the build as StopBuild answers it. A live build can always be stopped.
pub fn stop(state: BuildState, now: Time) -> (Step<Build>, BuildState) {
    let phase = state.current();
    let step = end_phase(state, now, phase, PhaseStatus::Stopped, None);
    let ended = step.records.last().and_then(Record::finished);
    let shown = ended.or(step.state.as_ref());
    let shown = shown.expect("a step keeps the build as state or record");
    let shown = shown.clone();
    (step, shown)
}
