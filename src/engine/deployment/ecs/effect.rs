//! What a deployment to ECS can ask of the world, in the imperative.
//!
//! Invariant: each may be performed twice: a task set of this deployment that is there is not created again, a listener that leads
//! where it should stays as it is.

use super::plan::{EcsSource, Pair};
use crate::companions::containers::ServiceRef;
use crate::engine::deployment::appspec::EcsSpec;
use crate::engine::deployment::plan::AlarmWatch;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Effect {
    /// See whether the role is there, then find and read the AppSpec.
    ReadSpec {
        source: Box<EcsSource>,
        role: String,
        group: String,
    },
    /// See whether service, target groups and listeners are as a deployment needs them.
    Inspect {
        place: ServiceRef,
        pair: Pair,
        /// Traffic is on both task sets for a while.
        gradual: bool,
    },
    /// Create the replacement task set behind the free target group.
    Create {
        place: ServiceRef,
        spec: Box<EcsSpec>,
        route: Route,
        /// The deployment, which is the task set's external id.
        id: String,
    },
    /// Look at the service.
    Look { place: ServiceRef },
    /// Give the replacement this percentage of the test listener's traffic.
    Test { route: Route, to: u32 },
    /// Look at the alarms once more, then give the replacement this percentage of the production traffic.
    Shift {
        route: Route,
        to: u32,
        alarms: AlarmWatch,
    },
    /// Make this task set the primary one.
    Promote { place: ServiceRef, task_set: String },
    /// Delete a task set.
    Remove { place: ServiceRef, which: Which },
    /// Delete a task set that never got traffic; nobody waits for it.
    Discard { place: ServiceRef, which: Which },
}

/// A listener between two target groups, by their ARNs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Route {
    pub listener: String,
    pub blue: String,
    pub green: String,
}

/// A task set, by its id or by the deployment that created it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Which {
    Id(String),
    Of(String),
}
