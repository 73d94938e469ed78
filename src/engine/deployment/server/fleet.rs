//! The instances of a deployment: where each stands, and what is waited for.
//!
//! Invariant: an instance does one thing at a time; who is there is fixed at the beginning, in the order of their turn.

use super::batch::{Counts, Minimum, Next};
use super::events::in_place;
use super::order::Candidate;
use super::plan::{ServerWork, Zones};
use super::report::{Code, Report};
use crate::aws::Time;
use crate::engine::deployment::lifecycle::{EventStatus, Lifecycle};
use crate::engine::deployment::state::TargetStatus;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
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
    pub instances: Vec<Instance>,
    /// Zones that are through.
    pub zones_done: usize,
    /// How long it has rested between zones.
    pub rested: Duration,
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
        let events = in_place(work.balancers.is_some());
        let instance = |one: Candidate| Instance {
            id: one.id,
            arn: one.arn,
            host: one.host,
            zone: one.zone.filter(|_| work.zones.is_some()),
            status: TargetStatus::Pending,
            updated: now,
            lifecycle: Lifecycle::of(&events),
            doing: Doing::Nothing,
            reports: BTreeMap::new(),
        };
        Self {
            phase: Phase::LookingAtAlarms,
            instances: found.into_iter().map(instance).collect(),
            zones_done: 0,
            rested: Duration::ZERO,
        }
    }

    /// What may begin now, among the instances whose turn it is.
    pub fn next(&self, minimum: Minimum, zones: Option<Zones>) -> Next {
        let all = self.counts(|_| true);
        let Some(zones) = zones else {
            return minimum.next(all);
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

    /// Whether enough have succeeded.
    pub fn is_met(&self, minimum: Minimum) -> bool {
        let counts = self.counts(|_| true);
        minimum.is_met(counts.succeeded, counts.total())
    }

    /// Instances whose turn it is and that have not begun, the first ones of them.
    pub fn pending(&self, most: usize) -> Vec<usize> {
        let zone = self.zone();
        let waiting = self
            .instances
            .iter()
            .enumerate()
            .filter(|(_, one)| one.status == TargetStatus::Pending && zone == Some(&one.zone));
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
        for one in self.instances.iter().filter(|one| of(one)) {
            *match one.status {
                TargetStatus::Pending => &mut counts.pending,
                TargetStatus::Succeeded => &mut counts.succeeded,
                TargetStatus::Failed | TargetStatus::Skipped => &mut counts.failed,
                _ => &mut counts.in_flight,
            } += 1;
        }
        counts
    }

    /// Whether anybody carries something out that will come to its own end.
    pub fn is_executing(&self) -> bool {
        self.instances.iter().any(|one| {
            matches!(
                one.doing,
                Doing::Given { .. } | Doing::Acknowledged { .. } | Doing::Balancing { .. }
            )
        })
    }

    /// Whether any instance has begun.
    pub fn is_untouched(&self) -> bool {
        self.instances.iter().all(|one| !one.was_touched())
    }

    /// When something is due without news.
    pub fn deadline(&self) -> Option<Time> {
        let baking = match self.phase {
            Phase::Baking { until } => Some(until),
            _ => None,
        };
        let due = self.instances.iter().filter_map(|one| one.doing.due());
        due.chain(baking).min()
    }

    pub fn find(&self, id: &str) -> Option<&Instance> {
        self.instances.iter().find(|one| one.id == id)
    }

    /// Everything that runs is broken off for this reason, the rest is not reached. Yields the instances that this has failed.
    pub fn close(&mut self, now: Time, why: &str) -> Vec<usize> {
        self.phase = Phase::Over;
        let mut failed = Vec::new();
        for (number, one) in self.instances.iter_mut().enumerate() {
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

    /// Whether the bundle's files are where they belong.
    pub fn has_installed(&self) -> bool {
        let install = self.lifecycle.get(super::events::INSTALL);
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
