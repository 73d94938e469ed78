//! One step in the making: the state and what leaves it.

use super::Deployment;
use super::effect::Effect;
use super::lifecycle::Lifecycle;
use super::notification;
use super::record::Record;
use super::state::{DeploymentState, Doing, LambdaTarget, Parts, Status, Target};
use crate::aws::Time;
use crate::engine::Step;

pub(super) struct Turn {
    pub state: DeploymentState,
    pub now: Time,
    records: Vec<Record>,
    effects: Vec<Effect>,
}

impl Turn {
    pub fn new(state: DeploymentState, now: Time) -> Self {
        Self {
            state,
            now,
            records: Vec::new(),
            effects: Vec::new(),
        }
    }

    pub fn ask(&mut self, effect: Effect) {
        self.effects.push(effect);
    }

    pub fn record(&mut self, record: Record) {
        self.records.push(record);
    }

    /// The status changes, and whoever asked to be told is.
    pub fn move_to(&mut self, to: Status) {
        let from = std::mem::replace(&mut self.state.status, to);
        let at = self.now;
        self.records.push(Record::Moved { from, to, at });
    }

    /// Publishes to the topics of triggers for this event.
    pub fn tell(&mut self, event: &str) {
        let all = notification::of(&self.state, event);
        self.effects.extend(all);
    }

    /// Changes the target, if there is one.
    pub fn parts(&mut self, change: impl FnOnce(&mut Parts)) {
        if let Some(mut parts) = self.state.target.as_mut().and_then(Target::parts) {
            change(&mut parts);
            *parts.updated = self.now;
        }
    }

    /// Changes the target, if it is an alias.
    pub fn target(&mut self, change: impl FnOnce(&mut LambdaTarget)) {
        if let Some(Target::Lambda(target)) = &mut self.state.target {
            change(target);
            target.updated = self.now;
        }
    }

    pub fn lifecycle(&mut self, change: impl FnOnce(&mut Lifecycle)) {
        self.parts(|parts| change(parts.lifecycle));
    }

    pub fn wait_for(&mut self, doing: Doing) {
        self.parts(|parts| *parts.doing = doing);
    }

    pub fn step(mut self) -> Step<Deployment> {
        let over = self.state.is_over();
        if over {
            let finished = Box::new(self.state.clone());
            self.records.push(Record::Finished(finished));
        }
        Step {
            state: (!over).then_some(self.state),
            records: self.records,
            effects: self.effects,
        }
    }
}
