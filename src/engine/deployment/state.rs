//! What has happened: a deployment, its target, and what it is doing now.
//!
//! Invariant: a live deployment is doing exactly one thing, and news of anything else changes nothing.

use super::appspec::LambdaSpec;
use super::fault::Fault;
use super::lifecycle::Lifecycle;
use super::plan::DeploymentPlan;
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
    /// What it belongs to was deleted; nothing is rolled back.
    Orphaned(Fault),
}

/// What is deployed to, by platform.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Target {
    Lambda(LambdaTarget),
    Server(Box<Fleet>),
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
    /// Everything is done, or broken off.
    Nothing,
}

/// The longest that a Lambda deployment may take.
pub const LONGEST_HOURS: u64 = 50;

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
            Target::Server(_) => None,
        }
    }

    /// The instances of a deployment to some, once they are known.
    pub fn fleet(&self) -> Option<&Fleet> {
        match self.target.as_ref()? {
            Target::Server(fleet) => Some(fleet),
            Target::Lambda(_) => None,
        }
    }

    pub(super) fn fleet_mut(&mut self) -> Option<&mut Fleet> {
        match self.target.as_mut()? {
            Target::Server(fleet) => Some(fleet),
            Target::Lambda(_) => None,
        }
    }

    /// Where each target stands.
    pub fn target_statuses(&self) -> Vec<TargetStatus> {
        match &self.target {
            None => Vec::new(),
            Some(Target::Lambda(target)) => vec![target.status],
            Some(Target::Server(fleet)) => fleet.instances.iter().map(|one| one.status).collect(),
        }
    }

    /// What is waited for; nothing before the target is known.
    pub fn doing(&self) -> Option<&Doing> {
        self.lambda().map(|target| &target.doing)
    }

    /// When something is due without news.
    pub fn deadline(&self) -> Option<Time> {
        if self.is_over() {
            return None;
        }
        let end = self.ends_by();
        if let Some(fleet) = self.fleet() {
            return Some(fleet.deadline().map_or(end, |due| due.min(end)));
        }
        Some(match self.doing() {
            Some(Doing::Hook { until, .. } | Doing::Waiting { until, .. }) => end.min(*until),
            // What is being changed comes to its own end.
            Some(Doing::Shifting { .. }) => return None,
            _ => end,
        })
    }

    /// When it has taken too long.
    pub fn ends_by(&self) -> Time {
        let begun = self.started.unwrap_or(self.plan.created);
        match self.fleet() {
            Some(fleet) => begun + fleet::LONGEST + fleet.rested,
            None => begun + Duration::from_secs(LONGEST_HOURS * 60 * 60),
        }
    }
}

impl Status {
    pub const ALL: [Self; 6] = [
        Self::Created,
        Self::InProgress,
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
        }
    }
}
