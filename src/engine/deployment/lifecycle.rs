//! Lifecycle events of a target: a list that is complete from the first moment, and what has become of each.
//!
//! Invariant: at most one runs; before it are ended ones, behind it pending ones, until all are ended. Source: contract,
//! codedeploy section 5.4.

use crate::aws::Time;
use serde::{Deserialize, Serialize};

/// One event of a target's life.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LifecycleEvent {
    pub name: String,
    pub status: EventStatus,
    pub start: Option<Time>,
    pub end: Option<Time>,
    /// Why it failed, for people.
    pub diagnostics: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum EventStatus {
    Pending,
    InProgress,
    Succeeded,
    Failed,
    Skipped,
}

/// All events of one target, in their order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Lifecycle(Vec<LifecycleEvent>);

impl Lifecycle {
    pub fn of(names: &[&str]) -> Self {
        let pending = |name: &&str| LifecycleEvent {
            name: (*name).to_owned(),
            status: EventStatus::Pending,
            start: None,
            end: None,
            diagnostics: None,
        };
        Self(names.iter().map(pending).collect())
    }

    pub fn events(&self) -> &[LifecycleEvent] {
        &self.0
    }

    pub fn get(&self, name: &str) -> Option<&LifecycleEvent> {
        self.0.iter().find(|event| event.name == name)
    }

    /// The event that runs.
    pub fn running(&self) -> Option<&LifecycleEvent> {
        let mut running = self
            .0
            .iter()
            .filter(|event| event.status == EventStatus::InProgress);
        running.next()
    }

    /// The event that would begin next.
    pub fn next(&self) -> Option<&str> {
        let mut pending = self.0.iter();
        let next = pending.find(|event| event.status == EventStatus::Pending)?;
        Some(&next.name)
    }

    pub fn is_succeeded(&self) -> bool {
        let mut statuses = self.0.iter().map(|event| event.status);
        statuses.all(|status| status == EventStatus::Succeeded)
    }

    /// Begins the next event and gives its name; none is left, or one runs.
    pub fn begin(&mut self, now: Time) -> Option<String> {
        if self.running().is_some() {
            return None;
        }
        let next = self
            .0
            .iter_mut()
            .find(|event| event.status == EventStatus::Pending)?;
        next.status = EventStatus::InProgress;
        next.start = Some(now);
        Some(next.name.clone())
    }

    /// The running event has succeeded.
    pub fn succeed(&mut self, now: Time) {
        self.end(now, EventStatus::Succeeded, None);
    }

    /// The running event has failed for this reason, and what is behind it is reached all the same.
    pub fn fail(&mut self, now: Time, why: &str) {
        self.end(now, EventStatus::Failed, Some(why));
    }

    /// Whether all events have had their turn.
    pub fn is_ended(&self) -> bool {
        let mut statuses = self.0.iter().map(|event| event.status);
        statuses.all(|status| !matches!(status, EventStatus::Pending | EventStatus::InProgress))
    }

    /// The running event, if one runs, has failed for this reason; nothing behind it is reached.
    pub fn break_off(&mut self, now: Time, why: &str) {
        self.end(now, EventStatus::Failed, Some(why));
        self.skip(now);
    }

    /// Pending events are not reached any more.
    pub fn skip(&mut self, now: Time) {
        for event in &mut self.0 {
            if event.status == EventStatus::Pending {
                event.status = EventStatus::Skipped;
                event.end = Some(now);
            }
        }
    }

    fn end(&mut self, now: Time, status: EventStatus, why: Option<&str>) {
        for event in &mut self.0 {
            if event.status == EventStatus::InProgress {
                event.status = status;
                event.end = Some(now.max(event.start.unwrap_or(now)));
                event.diagnostics = why.map(str::to_owned);
            }
        }
    }
}

impl EventStatus {
    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "Pending",
            Self::InProgress => "InProgress",
            Self::Succeeded => "Succeeded",
            Self::Failed => "Failed",
            Self::Skipped => "Skipped",
        }
    }
}
