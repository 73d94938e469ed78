//! One step of a batch while it is worked out: the state as it becomes, and the effects so far.

use super::Batches;
use super::effect::{BatchEnded, Effect, LaunchBuild};
use super::state::{BatchState, GroupStatus, Phase, PhaseEnd, PhaseRecord, PhaseStatus};
use crate::aws::Time;
use crate::engine::Step;
use crate::engine::build::state::{BuildStatus, Context};

/// The batch that changes.
pub struct Turn {
    pub state: BatchState,
    pub now: Time,
    effects: Vec<Effect>,
    blamed: Option<Context>,
}

impl Turn {
    pub fn new(state: BatchState, now: Time) -> Self {
        Self {
            state,
            now,
            effects: Vec::new(),
            blamed: None,
        }
    }

    /// The step; a complete batch leaves as its record.
    pub fn done(self) -> Step<Batches> {
        let effects = self.effects;
        match self.state.is_complete() {
            true => Step {
                state: None,
                records: vec![Box::new(self.state)],
                effects,
            },
            false => Step {
                effects,
                ..Step::stay(self.state)
            },
        }
    }

    pub fn ask(&mut self, effect: Effect) {
        self.effects.push(effect);
    }

    /// Remembers for this step why something failed.
    pub fn blame(&mut self, why: Context) {
        self.blamed = Some(why);
    }

    pub fn blamed(&mut self) -> Option<Context> {
        self.blamed.take()
    }

    /// Ends the running phase, never before its start, and begins `next`.
    pub fn enter(&mut self, next: Phase, status: PhaseStatus, context: Option<Context>) {
        let mut time = self.now;
        if let Some(last) = self.state.phases.last_mut() {
            time = time.max(last.start);
            last.end = Some(PhaseEnd {
                time,
                status,
                context,
            });
        }
        self.state.phases.push(PhaseRecord {
            phase: next,
            start: time,
            end: None,
        });
    }

    /// The batch is over.
    pub fn finish(
        &mut self,
        last: Phase,
        status: PhaseStatus,
        context: Option<Context>,
        verdict: BuildStatus,
    ) {
        self.enter(last, status, context);
        self.state.status = verdict;
        self.state.end = self.state.phases.last().map(|record| record.start);
        if let Some(listener) = self.state.plan.listener.clone() {
            let ended = Box::new(BatchEnded::of(&self.state));
            self.ask(Effect::TellPipeline { listener, ended });
        }
    }

    /// The batch is over, and failed in its running phase; what waits from before a retry never runs.
    pub fn fail(&mut self, status: PhaseStatus, context: Option<Context>) {
        self.abandon();
        self.finish(Phase::Failed, status, context, BuildStatus::Failed);
    }

    /// Asks for the build of a group.
    pub fn launch(&mut self, name: &str) {
        let Self { state, now, .. } = self;
        let mut groups = state.groups.iter_mut();
        let Some(group) = groups.find(|group| group.identifier == name) else {
            return;
        };
        group.current.status = GroupStatus::Asked;
        group.current.requested = Some(*now);
        let effect = Effect::LaunchBuild(Box::new(LaunchBuild {
            scope: state.plan.scope.clone(),
            batch: state.plan.id(),
            token: group.token(),
            uuid: state.plan.build_uuid(name, group.attempt),
            task: group.task.clone(),
            source_version: group
                .task
                .as_ref()
                .and(state.resolved_source_version.clone()),
        }));
        self.effects.push(effect);
    }

    /// Asks all builds that run, or are about to, to stop.
    pub fn stop_builds(&mut self) {
        let plan = &self.state.plan;
        let running = self.state.groups.iter();
        let running = running.filter(|group| group.current.is_running());
        let stops = running.map(|group| {
            let uuid = plan.build_uuid(&group.identifier, group.attempt);
            Effect::StopBuild {
                scope: plan.scope.clone(),
                build: format!("{}:{uuid}", plan.project),
            }
        });
        self.effects.extend(stops.collect::<Vec<_>>());
    }

    /// Nobody waits for any group any more: all that have not ended are stopped.
    pub fn abandon(&mut self) {
        self.stop_builds();
        for group in &mut self.state.groups {
            if !group.current.has_ended() {
                group.current.status = GroupStatus::Ended(BuildStatus::Stopped);
            }
        }
    }
}
