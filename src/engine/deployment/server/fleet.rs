//! The instances of a deployment: where each stands, and what is waited for.
//!
//! Invariant: an instance does one thing at a time; who is there is fixed at the beginning, in the order of their turn.

use super::batch::{Counts, Minimum, Next};
use super::events::{ALLOW, BEFORE_ALLOW, BLOCK, INSTALL, is_of_traffic, of as events_of};
use super::order::Candidate;
use super::plan::{ServerWork, Zones};
use super::report::{Code, Report};
use crate::aws::Time;
use crate::engine::deployment::color::Color;
use crate::engine::deployment::lifecycle::{EventStatus, Lifecycle};
use crate::engine::deployment::state::TargetStatus;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// How long an agent may take to fetch a command.
pub const SILENCE: Duration = Duration::from_secs(5 * 60);
/// How long after it was given out a command that nobody acknowledges may be given out again.
pub const AGAIN: Duration = Duration::from_secs(60);
/// How long one lifecycle event of an instance may take.
pub const LONGEST_EVENT: Duration = Duration::from_secs(60 * 60);
/// How long a deployment may take, what it rests between zones not counted.
pub const LONGEST: Duration = Duration::from_secs(8 * 60 * 60);
/// Instances of one deployment.
pub const MOST: usize = 1000;

/// All instances of a deployment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fleet {
    pub phase: Phase,
    /// In the order of their turn.
    pub instances: Vec<Arc<Instance>>,
    /// Zones that are through.
    pub zones_done: usize,
    /// How long it has rested between zones.
    pub rested: Duration,
    #[serde(default)]
    pub originals: Originals,
    /// What could not be cleaned up, for people.
    #[serde(default)]
    pub messages: Vec<String>,
}

/// What becomes of instances whose place others have taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Originals {
    #[default]
    Kept,
    /// They are kept for a while.
    Retiring,
    /// They are being terminated, or are.
    Terminated,
}

/// What the deployment as a whole is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Phase {
    /// All alarms are looked at, before anything else.
    LookingAtAlarms,
    Deploying,
    /// A zone is through, and is looked on for a while.
    Baking {
        until: Time,
    },
    /// The replacements are installed, and somebody is to let the traffic go.
    Ready {
        until: Time,
    },
    /// Instances get traffic: replacements, or originals again.
    Allowing,
    /// Instances get no traffic any more: originals, or replacements again.
    Blocking,
    /// The original instances are kept for a while.
    Retiring {
        until: Time,
    },
    /// They are being ended.
    Terminating,
    Over,
}

/// One instance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instance {
    /// `i-…`, or a name.
    pub id: String,
    pub arn: String,
    /// What its agent calls itself.
    pub host: String,
    pub zone: Option<String>,
    /// `None` unless instances are replaced by others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<Color>,
    pub status: TargetStatus,
    pub updated: Time,
    pub lifecycle: Lifecycle,
    pub doing: Doing,
    /// By event, of those that have failed.
    pub reports: BTreeMap<String, Report>,
}

/// What is waited for at an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Doing {
    Nothing,
    /// A command waits for the agent.
    Queued {
        until: Time,
    },
    /// The agent has been told, and has not confirmed it.
    Given {
        again: Time,
        until: Time,
    },
    /// The agent carries it out.
    Acknowledged {
        until: Time,
    },
    /// The server moves traffic.
    Balancing {
        until: Time,
    },
}

impl Fleet {
    pub fn of(found: Vec<Candidate>, work: &ServerWork, now: Time) -> Self {
        let instance = |one: Candidate| {
            Arc::new(Instance {
                lifecycle: Lifecycle::of(&events_of(work, one.label)),
                label: one.label,
                id: one.id,
                arn: one.arn,
                host: one.host,
                zone: one.zone.filter(|_| work.zones.is_some()),
                status: TargetStatus::Pending,
                updated: now,
                doing: Doing::Nothing,
                reports: BTreeMap::new(),
            })
        };
        Self {
            phase: Phase::LookingAtAlarms,
            instances: found.into_iter().map(instance).collect(),
            zones_done: 0,
            rested: Duration::ZERO,
            originals: Originals::Kept,
            messages: Vec::new(),
        }
    }

    /// Whether some of its instances take the place of others.
    pub fn is_of_two(&self) -> bool {
        self.instances.iter().any(|one| one.label.is_some())
    }

    /// What may begin now where every instance of the phase has to succeed.
    pub fn next_of_all(&self, minimum: Minimum) -> Next {
        minimum.next_of_all(self.counts(|_| true))
    }

    /// What may begin now, among the instances whose turn it is.
    pub fn next(&self, minimum: Minimum, zones: Option<Zones>) -> Next {
        let all = self.counts(|_| true);
        let Some(zones) = zones else {
            return self.bounded(minimum, all.total()).next(all);
        };
        let zone = self.zone();
        let here = self.counts(|one| zone == Some(&one.zone));
        match (zones.minimum.next(here), minimum.next(all)) {
            (_, Next::Broken) => Next::Broken,
            // There are others, but not here.
            (next, _) if here.pending == 0 => next,
            (next, others) => next.and(others),
        }
    }

    /// What was not installed does not keep the rest from getting traffic; whether that is enough is asked at the end.
    fn bounded(&self, minimum: Minimum, installed: usize) -> Minimum {
        match (self.phase, minimum) {
            (Phase::Allowing, Minimum::Hosts(_) | Minimum::Percent(_)) => {
                let least = minimum.of(self.installing());
                let least = least.min(installed.saturating_sub(1));
                Minimum::Hosts(u32::try_from(least).unwrap_or(u32::MAX))
            }
            _ => minimum,
        }
    }

    /// Whether enough have succeeded.
    pub fn is_met(&self, minimum: Minimum) -> bool {
        let succeeded = self.counts(|_| true).succeeded;
        minimum.is_met(succeeded, self.installing())
    }

    /// How many get the revision.
    fn installing(&self) -> usize {
        let instances = self.instances.iter();
        instances
            .filter(|one| one.lifecycle.get(INSTALL).is_some())
            .count()
    }

    /// Instances whose turn it is and that have not begun, the first ones of them.
    pub fn pending(&self, most: usize) -> Vec<usize> {
        let zone = self.zone();
        let waiting = self
            .instances
            .iter()
            .enumerate()
            .filter(|(_, one)| self.waits(one) && zone == Some(&one.zone));
        waiting.map(|(number, _)| number).take(most).collect()
    }

    /// Whether a zone comes after the present one.
    pub fn has_more_zones(&self) -> bool {
        self.zones().len() > self.zones_done + 1
    }

    /// The zone whose turn it is; all instances are of one where zones do not matter.
    fn zone(&self) -> Option<&Option<String>> {
        self.zones().get(self.zones_done).copied()
    }

    fn zones(&self) -> Vec<&Option<String>> {
        let mut zones: Vec<_> = self.instances.iter().map(|one| &one.zone).collect();
        zones.dedup();
        zones
    }

    fn counts(&self, of: impl Fn(&Instance) -> bool) -> Counts {
        let mut counts = Counts::default();
        let concerned = self.instances.iter().filter(|one| self.concerns(one));
        for one in concerned.filter(|one| of(one)) {
            *match one.status {
                _ if self.waits(one) => &mut counts.pending,
                TargetStatus::Succeeded | TargetStatus::Ready => &mut counts.succeeded,
                TargetStatus::Failed | TargetStatus::Skipped => &mut counts.failed,
                _ => &mut counts.in_flight,
            } += 1;
        }
        counts
    }

    /// Whether the present phase is about this instance.
    fn concerns(&self, one: &Instance) -> bool {
        let event = match self.phase {
            Phase::Allowing => ALLOW,
            Phase::Blocking => BLOCK,
            _ => INSTALL,
        };
        let failed_before = self.phase == Phase::Allowing
            && one.status == TargetStatus::Failed
            && !one.was_rerouted();
        one.lifecycle.get(event).is_some() && !failed_before
    }

    /// Whether the present phase is about this instance and has not begun there.
    fn waits(&self, one: &Instance) -> bool {
        let is_ready = one.status == TargetStatus::Ready && self.phase == Phase::Allowing;
        self.concerns(one) && (one.status == TargetStatus::Pending || is_ready)
    }

    /// Whether an instance has come as far as it can before the traffic moves.
    pub fn is_ready(&self, one: &Instance) -> bool {
        self.phase == Phase::Deploying
            && one.label == Some(Color::Green)
            && one.lifecycle.next() == Some(BEFORE_ALLOW)
    }

    /// Whether anybody carries something out that will come to its own end.
    pub fn is_executing(&self) -> bool {
        if self.phase == Phase::Terminating {
            return true;
        }
        self.instances.iter().any(|one| {
            matches!(
                one.doing,
                Doing::Given { .. } | Doing::Acknowledged { .. } | Doing::Balancing { .. }
            )
        })
    }

    /// When something is due without news.
    pub fn deadline(&self) -> Option<Time> {
        let resting = match self.phase {
            Phase::Baking { until } | Phase::Ready { until } | Phase::Retiring { until } => {
                Some(until)
            }
            _ => None,
        };
        let due = self.instances.iter().filter_map(|one| one.doing.due());
        due.chain(resting).min()
    }

    pub fn find(&self, id: &str) -> Option<&Instance> {
        self.instances
            .iter()
            .map(Arc::as_ref)
            .find(|one| one.id == id)
    }

    /// Everything that runs is broken off for this reason, the rest is not reached. Yields the instances that this has failed.
    pub fn close(&mut self, now: Time, why: &str) -> Vec<usize> {
        self.phase = Phase::Over;
        let mut failed = Vec::new();
        for (number, one) in self.instances.iter_mut().enumerate() {
            let one = Arc::make_mut(one);
            one.doing = Doing::Nothing;
            if matches!(one.status, TargetStatus::Succeeded | TargetStatus::Failed) {
                continue;
            }
            one.updated = now;
            if one.lifecycle.running().is_some() {
                one.fail(now, Report::unknown(why));
                failed.push(number);
            } else {
                one.lifecycle.skip(now);
                one.status = TargetStatus::Skipped;
            }
        }
        failed
    }
}

impl Instance {
    /// Whether any event has begun.
    pub fn was_touched(&self) -> bool {
        let mut events = self.lifecycle.events().iter();
        events.any(|event| event.start.is_some())
    }

    /// Whether its traffic has been touched.
    pub fn was_rerouted(&self) -> bool {
        let mut events = self.lifecycle.events().iter();
        events.any(|event| event.start.is_some() && is_of_traffic(&event.name))
    }

    /// Whether the bundle's files are where they belong.
    pub fn has_installed(&self) -> bool {
        let install = self.lifecycle.get(INSTALL);
        install.is_some_and(|event| event.status == EventStatus::Succeeded)
    }

    /// The running event has failed, and with it the instance.
    pub fn fail(&mut self, now: Time, report: Report) {
        let why = report.message.clone();
        self.keep(report);
        self.lifecycle.break_off(now, &why);
        self.status = TargetStatus::Failed;
        self.doing = Doing::Nothing;
        self.updated = now;
    }

    /// The running event has ended like this. What is said of success is always the same.
    pub fn keep(&mut self, report: Report) {
        if report.code == Code::Success {
            return;
        }
        if let Some(event) = self.lifecycle.running() {
            self.reports.insert(event.name.clone(), report);
        }
    }
}

impl Doing {
    /// When something follows if nothing is heard.
    fn due(self) -> Option<Time> {
        match self {
            Self::Nothing => None,
            Self::Queued { until } | Self::Acknowledged { until } | Self::Balancing { until } => {
                Some(until)
            }
            Self::Given { again, until } => Some(again.min(until)),
        }
    }
}
