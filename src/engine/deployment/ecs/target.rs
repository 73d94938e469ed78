//! What is known of the service that is deployed to, and of its two task sets.

use crate::aws::Time;
use crate::companions::balancing::TargetGroupInfo;
use crate::companions::containers::{ServiceRef, TaskSetInfo};
use crate::engine::deployment::appspec::EcsSpec;
pub use crate::engine::deployment::color::Color;
use crate::engine::deployment::lifecycle::Lifecycle;
use crate::engine::deployment::state::{Doing, TargetStatus};
use serde::{Deserialize, Serialize};

/// A service on its way from one task set to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EcsTarget {
    pub place: ServiceRef,
    pub spec: EcsSpec,
    pub status: TargetStatus,
    pub updated: Time,
    pub lifecycle: Lifecycle,
    /// The percentage of production traffic that the replacement task set gets.
    pub weight: u32,
    pub doing: Doing,
    /// Known once the service has been looked at.
    pub setting: Option<Setting>,
    /// The original and the replacement task set as they were seen last; those that are gone are not among them.
    pub sets: Vec<SetSeen>,
    /// The wait for somebody to continue is over.
    pub continued: bool,
    pub progress: Progress,
    /// Since when the replacement has had no running task, after it ran.
    #[serde(default)]
    pub sick_since: Option<Time>,
    /// What could not be cleaned up, for people.
    pub messages: Vec<String>,
}

/// What has been begun; what was begun may be done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// The replacement task set is created.
    pub created: bool,
    /// It runs.
    pub installed: bool,
    /// It is made the primary one.
    pub promoted: bool,
    /// The wait before the original one goes has begun.
    pub retiring: bool,
    /// The original one is deleted.
    pub removed: bool,
}

/// The service and its load balancer as they were before anything was changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setting {
    pub service_arn: String,
    /// The task set that serves: its id and its target group.
    pub blue: String,
    pub blue_group: TargetGroupInfo,
    /// The target group that is free.
    pub green_group: TargetGroupInfo,
    /// ARNs of listeners.
    pub production: String,
    pub test: Option<String>,
}

/// A task set as it was seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetSeen {
    pub color: Color,
    pub id: String,
    /// `PRIMARY`, `ACTIVE` or `DRAINING`.
    pub status: String,
    pub desired: u32,
    pub running: u32,
    pub pending: u32,
    pub steady: bool,
}

impl EcsTarget {
    /// `<cluster>:<service>`.
    pub fn id(&self) -> String {
        format!("{}:{}", self.place.cluster, self.place.service)
    }

    pub fn set(&self, color: Color) -> Option<&SetSeen> {
        self.sets.iter().find(|set| set.color == color)
    }

    /// The percentage of production traffic that a task set gets.
    pub fn weight_of(&self, color: Color) -> u32 {
        match color {
            Color::Blue => 100 - self.weight.min(100),
            Color::Green => self.weight.min(100),
        }
    }
}

impl SetSeen {
    pub fn of(color: Color, set: &TaskSetInfo) -> Self {
        Self {
            color,
            id: set.id.clone(),
            status: set.status.clone(),
            desired: set.desired,
            running: set.running,
            pending: set.pending,
            steady: set.steady,
        }
    }

    /// All run that should, and are well.
    pub fn is_up(&self) -> bool {
        self.steady && self.running == self.desired
    }
}
