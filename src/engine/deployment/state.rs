//! What has happened: a deployment, its target, and what it is doing now.
//!
//! Invariant: a live deployment is doing exactly one thing, and news of anything else changes nothing.

use super::appspec::LambdaSpec;
use super::ecs::target::EcsTarget;
use super::fault::Fault;
use super::lifecycle::Lifecycle;
use super::plan::{DeploymentPlan, Work};
use super::server::fleet::{self, Fleet};
use crate::aws::{Scope, Time};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// A live or finished deployment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeploymentState {
    pub plan: DeploymentPlan,
    pub status: Status,
    /// When work began.
    pub started: Option<Time>,
    pub completed: Option<Time>,
    /// Why it did not succeed.
    pub error: Option<Fault>,
    /// What it will end with as soon as what runs has ended.
    pub pending: Option<Ending>,
    /// A stop had to wait for what was running.
    pub stop_waited: bool,
    /// Known from the moment the AppSpec is.
    pub target: Option<Target>,
    /// The deployment that rolls this one back.
    pub rolled_back_by: Option<String>,
}

/// `Queued`, which nothing here needs, is not among them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Status {
    Created,
    InProgress,
    /// Everything is prepared, and traffic is held back until somebody continues.
    Ready,
    /// A zone is through, and is looked on for a while.
    Baking,
    Succeeded,
    Failed,
    Stopped,
}

/// How a deployment ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ending {
    Succeeded,
    Failed(Fault),
    /// An alarm says so.
    Alarmed(Fault),
    /// A person says so, and perhaps whether to roll back.
    Requested {
        rollback: Option<bool>,
    },
    /// Nobody continued it in time.
    TimedOut(Fault),
    /// What it belongs to was deleted; nothing is rolled back.
    Orphaned(Fault),
}

/// What is deployed to, by platform.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Target {
    Lambda(Box<LambdaTarget>),
    Ecs(Box<EcsTarget>),
    Server(Box<Fleet>),
}

/// What all targets have that are one thing with one life.
pub struct Parts<'a> {
    pub status: &'a mut TargetStatus,
    pub updated: &'a mut Time,
    pub lifecycle: &'a mut Lifecycle,
    pub doing: &'a mut Doing,
}

/// An alias of a function on its way from one version to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LambdaTarget {
    pub spec: LambdaSpec,
    pub status: TargetStatus,
    pub updated: Time,
    pub lifecycle: Lifecycle,
    /// The share of the target version in percent.
    pub weight: u32,
    pub doing: Doing,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TargetStatus {
    Pending,
    InProgress,
    Succeeded,
    Failed,
    Skipped,
    /// The revision is installed, and traffic is not yet there.
    Ready,
}

/// The one thing that is waited for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Doing {
    /// All alarms are looked at, before anything else.
    LookingAtAlarms,
    /// The alias is looked at.
    CheckingAlias,
    /// A function runs and will call back.
    Hook { execution: String, until: Time },
    /// The alias is being changed.
    Shifting { to: u32 },
    /// Traffic is on both versions.
    Waiting { until: Time, next: u32 },
    /// The service, its target groups and its listeners are looked at.
    CheckingService,
    /// The replacement task set is being created.
    CreatingTasks,
    /// Its tasks start.
    Installing { until: Time },
    /// The test listener is being changed.
    ShiftingTest { to: u32 },
    /// Somebody is to let the traffic go.
    Ready { until: Time },
    /// All traffic is on the replacement task set, which is looked at once more before it becomes the primary one.
    Settling { until: Time },
    /// The primary task set is being changed.
    Promoting,
    /// The original task set is kept for a while.
    Retiring { until: Time },
    /// A task set is being deleted.
    Removing,
    /// Its tasks end.
    Draining { until: Time },
    /// Everything is done, or broken off.
    Nothing,
}

/// The longest that a Lambda deployment may take, and one to ECS: the sum of all its waits.
const LONGEST_HOURS: u64 = 50;
const LONGEST_HOURS_ECS: u64 = 230;
/// And one that replaces instances by others.
const LONGEST_HOURS_BLUE_GREEN: u64 = 109 + 13;

/// How long a replacement task set may be without running tasks. Our reading.
const PATIENCE: Duration = Duration::from_secs(120);

impl DeploymentState {
    pub fn key(&self) -> (Scope, String) {
        self.plan.key()
    }

    pub fn is_over(&self) -> bool {
        self.status.is_terminal()
    }

    pub fn lambda(&self) -> Option<&LambdaTarget> {
        match self.target.as_ref()? {
            Target::Lambda(target) => Some(target),
            _ => None,
        }
    }

    /// The instances of a deployment to some, once they are known.
    pub fn fleet(&self) -> Option<&Fleet> {
        match self.target.as_ref()? {
            Target::Server(fleet) => Some(fleet),
            _ => None,
        }
    }

    pub(super) fn fleet_mut(&mut self) -> Option<&mut Fleet> {
        match self.target.as_mut()? {
            Target::Server(fleet) => Some(fleet),
            _ => None,
        }
    }

    pub fn ecs(&self) -> Option<&EcsTarget> {
        match self.target.as_ref()? {
            Target::Ecs(target) => Some(target),
            _ => None,
        }
    }

    /// Where each target stands.
    pub fn target_statuses(&self) -> Vec<TargetStatus> {
        match &self.target {
            None => Vec::new(),
            Some(Target::Lambda(target)) => vec![target.status],
            Some(Target::Ecs(target)) => vec![target.status],
            Some(Target::Server(fleet)) => fleet.instances.iter().map(|one| one.status).collect(),
        }
    }

    /// What is waited for; nothing before the target is known.
    pub fn doing(&self) -> Option<&Doing> {
        self.target.as_ref().and_then(Target::doing)
    }

    /// The longest that the deployment may take.
    pub fn longest_hours(&self) -> u64 {
        match &self.plan.work {
            Work::Lambda(_) => LONGEST_HOURS,
            Work::Ecs(_) => LONGEST_HOURS_ECS,
            Work::Server(work) if work.blue_green().is_some() => LONGEST_HOURS_BLUE_GREEN,
            Work::Server(_) => fleet::LONGEST.as_secs() / 3600,
        }
    }

    /// When something is due without news.
    pub fn deadline(&self) -> Option<Time> {
        if self.is_over() {
            return None;
        }
        let end = self.ends_by();
        if let Some(fleet) = self.fleet() {
            if fleet.phase == fleet::Phase::Terminating {
                return None;
            }
            return Some(fleet.deadline().map_or(end, |due| due.min(end)));
        }
        Some(match self.doing() {
            // What is being changed comes to its own end.
            Some(doing) if doing.is_change() => return None,
            Some(doing) => {
                let due = doing.until().into_iter().chain(self.sick_until());
                due.fold(end, Time::min)
            }
            None => end,
        })
    }

    /// When a replacement task set without running tasks has had its time to come back.
    pub fn sick_until(&self) -> Option<Time> {
        Some(self.ecs()?.sick_since? + PATIENCE)
    }

    /// When it has taken too long.
    pub fn ends_by(&self) -> Time {
        let begun = self.started.unwrap_or(self.plan.created);
        let rested = self.fleet().map(|fleet| fleet.rested);
        let longest = Duration::from_secs(self.longest_hours() * 60 * 60);
        begun + longest + rested.unwrap_or_default()
    }
}

impl Target {
    /// What a target has that is one thing with one life; nothing of instances.
    pub fn doing(&self) -> Option<&Doing> {
        match self {
            Self::Lambda(target) => Some(&target.doing),
            Self::Ecs(target) => Some(&target.doing),
            Self::Server(_) => None,
        }
    }

    /// The same of its lifecycle.
    pub fn lifecycle(&self) -> Option<&Lifecycle> {
        match self {
            Self::Lambda(target) => Some(&target.lifecycle),
            Self::Ecs(target) => Some(&target.lifecycle),
            Self::Server(_) => None,
        }
    }

    pub(super) fn parts(&mut self) -> Option<Parts<'_>> {
        match self {
            Self::Lambda(target) => Some(Parts {
                status: &mut target.status,
                updated: &mut target.updated,
                lifecycle: &mut target.lifecycle,
                doing: &mut target.doing,
            }),
            Self::Ecs(target) => Some(Parts {
                status: &mut target.status,
                updated: &mut target.updated,
                lifecycle: &mut target.lifecycle,
                doing: &mut target.doing,
            }),
            Self::Server(_) => None,
        }
    }
}

impl Doing {
    /// The world is being changed: what is asked for meanwhile waits until that has ended.
    pub fn is_change(&self) -> bool {
        matches!(
            self,
            Self::Shifting { .. }
                | Self::CreatingTasks
                | Self::ShiftingTest { .. }
                | Self::Promoting
                | Self::Removing
        )
    }

    /// When it is over by itself.
    pub fn until(&self) -> Option<Time> {
        match self {
            Self::Hook { until, .. }
            | Self::Waiting { until, .. }
            | Self::Installing { until }
            | Self::Ready { until }
            | Self::Settling { until }
            | Self::Retiring { until }
            | Self::Draining { until } => Some(*until),
            _ => None,
        }
    }
}

impl Status {
    pub const ALL: [Self; 7] = [
        Self::Created,
        Self::InProgress,
        Self::Ready,
        Self::Baking,
        Self::Succeeded,
        Self::Failed,
        Self::Stopped,
    ];

    pub fn is_terminal(self) -> bool {
        matches!(self, Self::Succeeded | Self::Failed | Self::Stopped)
    }

    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Created => "Created",
            Self::InProgress => "InProgress",
            Self::Ready => "Ready",
            Self::Baking => "Baking",
            Self::Succeeded => "Succeeded",
            Self::Failed => "Failed",
            Self::Stopped => "Stopped",
        }
    }
}

impl TargetStatus {
    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "Pending",
            Self::InProgress => "InProgress",
            Self::Succeeded => "Succeeded",
            Self::Failed => "Failed",
            Self::Skipped => "Skipped",
            Self::Ready => "Ready",
        }
    }
}
