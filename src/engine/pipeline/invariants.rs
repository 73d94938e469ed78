//! What holds after every step of every test.
//!
//! Nothing is stuck, nothing is in two places, nothing that is over changes.

use super::execution::*;
use super::plan::Mode;
use super::script::Book;
use super::state::{Pipeline, StageLatest};
use super::{Pipelines, Record};
use crate::engine::Machine;
use crate::engine::sim::Moment;

/// Each so many steps the row is stored and read.
const STORED: u32 = 16;

impl Book {
    /// Panics when the step broke a rule. Call after `read`.
    pub(super) fn check(&mut self, moment: &Moment<Pipelines>) {
        finals_stay(moment);
        let Some(state) = moment.after else { return };
        self.steps += 1;
        // To store and read is much slower than all other rules together.
        if self.steps.is_multiple_of(STORED) {
            let stored = serde_json::to_string(state).unwrap();
            let read = serde_json::from_str(&stored).unwrap();
            assert_eq!(*state, read, "stored and read");
        }
        for live in &state.live {
            place(state, &live.execution);
            assert!(
                self.executions.contains_key(&live.execution.id),
                "a live execution without record"
            );
            assert_eq!(
                self.executions[&live.execution.id], live.execution,
                "the record lags behind"
            );
            for run in live.execution.running() {
                let waits = run.wake.is_some() || run.job.is_some();
                assert!(
                    self.asked.contains(&run.id) || waits || run.name.starts_with("approve"),
                    "{} runs and nobody was asked",
                    run.name
                );
                assert!(
                    self.actions.contains_key(&run.id),
                    "{} runs without record",
                    run.name
                );
            }
        }
        locks(state);
        let running = state
            .live
            .iter()
            .any(|live| live.execution.running().next().is_some());
        assert_eq!(Pipelines::deadline(state).is_some(), running);
        let orders: Vec<u64> = state.live.iter().map(|live| live.execution.order).collect();
        assert!(orders.is_sorted() && orders.last().is_none_or(|last| *last <= state.last_order));
    }
}

/// What was over before the step has no records in it.
fn finals_stay(moment: &Moment<Pipelines>) {
    for record in moment.records {
        match record {
            Record::Execution(new) => {
                let known = moment
                    .before
                    .is_some_and(|before| before.execution(&new.id).is_some());
                let before = moment.before.map_or(0, |before| before.last_order);
                let goes_on = new.attempt > 1 || overridden(new);
                assert!(
                    known || new.order > before || goes_on,
                    "a record of an execution that was over"
                );
                assert_eq!(new.status.is_final(), new.position == Position::Over);
                let over = |run: &ActionRun| run.status.is_final();
                if new.status.is_final() {
                    assert!(new.stages.iter().all(|stage| stage.status.is_final()));
                    assert!(new.stages.iter().flat_map(StageRun::runs).all(over));
                }
            }
            Record::Job(_) | Record::Change(_) => (),
            Record::Action(new) | Record::Rule(new) => {
                let before = moment
                    .before
                    .and_then(|before| before.execution(&new.execution));
                let stages = before.into_iter().flat_map(|execution| &execution.stages);
                let mut runs = stages.flat_map(StageRun::runs);
                let old = runs.find(|run| run.id == new.run.id);
                assert!(
                    old.is_none_or(|old| !old.status.is_final()),
                    "an action ended twice"
                );
            }
        }
    }
}

/// Somebody let it go on although a condition was not met.
fn overridden(execution: &Execution) -> bool {
    let gates = execution
        .stages
        .iter()
        .flat_map(|stage| stage.gates.values());
    gates
        .into_iter()
        .any(|gate| gate.status == ConditionStatus::Overridden)
}

/// An execution that is live waits in front of a stage or has actions running in one.
fn place(state: &Pipeline, execution: &Execution) {
    assert!(!execution.status.is_final());
    match execution.position {
        Position::Over => panic!("over, and still live"),
        Position::Before(_) => {
            let waits = |slot: &&super::state::StageSlot| slot.waiting.contains(&execution.id);
            assert_eq!(
                state.stages.values().filter(waits).count(),
                1,
                "it waits nowhere, or twice"
            );
        }
        Position::Inside(_) => {
            assert!(execution.running().next().is_some(), "stuck in a stage");
            let run = execution.stage().unwrap();
            assert!(!run.status.is_final());
            if execution.mode != Mode::Parallel {
                let slot = &state.stages[&run.name];
                assert_eq!(
                    slot.inside.as_deref(),
                    Some(execution.id.as_str()),
                    "inside without the lock"
                );
                assert_eq!(
                    slot.latest.as_deref(),
                    Some(&StageLatest::of(execution, run))
                );
            }
        }
    }
}

/// A lock is held by somebody who is there; who waits is there and waits for somebody.
fn locks(state: &Pipeline) {
    // Somebody closed a way, now or for so long that who waited does not go on by itself.
    let changed = |slot: &super::state::StageSlot| {
        slot.inbound.changed.is_some() || slot.outbound.changed.is_some()
    };
    let held = state.stages.values().any(changed);
    for (name, slot) in &state.stages {
        if let Some(id) = &slot.inside {
            let holder = state.execution(id).expect("the holder of a lock is live");
            assert_eq!(holder.stage().map(|stage| &stage.name), Some(name));
        }
        let free = slot.inside.is_none() && !slot.waiting.is_empty();
        assert!(!free || held, "they wait for nobody");
        let superseded = slot.waiting.iter().filter(|id| {
            let waiting = state.execution(id).expect("who waits is live");
            assert!(matches!(waiting.position, Position::Before(_)));
            waiting.mode == Mode::Superseded
        });
        assert!(superseded.count() <= 1, "two wait where one may");
    }
}
