//! What a deployment can ask of the world, in the imperative.
//!
//! Invariant: each may be performed twice: a hook's second callback is refused, an alias that is where it should be stays there.

use super::ecs;
use super::fault::Fault;
use super::plan::{AlarmWatch, LambdaSource};
use super::server::plan::Selection;
use super::state::{DeploymentState, Status};
use crate::companions::LoadBalancers;
use crate::engine::world::{BuildListener, DeploymentEnd};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Effect {
    /// See whether the role is there, then find and read the AppSpec.
    ReadSpec {
        source: Box<LambdaSource>,
        role: String,
        group: String,
    },
    /// Look at all of these alarms.
    ReadAlarms { names: Vec<String> },
    /// See whether the alias is where the AppSpec says.
    CheckAlias { way: Box<Way> },
    /// Invoke a hook's function; its callback comes as a command.
    InvokeHook {
        function: String,
        execution: String,
        role: String,
    },
    /// Look at the alarms once more, then give the target this share of the traffic.
    Shift {
        way: Box<Way>,
        to: u32,
        alarms: AlarmWatch,
    },
    /// See whether the role is there, then find the instances that are deployed to.
    FindInstances {
        selection: Box<Selection>,
        /// Those that are to take the place of the others.
        #[serde(default)]
        green: Option<Box<Selection>>,
        role: String,
        group: String,
    },
    /// Take an instance out of load balancers or put it back, and wait until that is so.
    MoveTraffic {
        instance: String,
        way: Traffic,
        balancers: LoadBalancers,
    },
    /// End original instances for good.
    TerminateInstances { instances: Vec<String> },
    /// What deployments to ECS ask for.
    Ecs(ecs::effect::Effect),
    Publish {
        topic: String,
        subject: String,
        message: String,
    },
    /// Begin the deployment of this id, which rolls this one back.
    RollBack { id: String },
    /// Tell who waits for this deployment how it ended.
    TellPipeline {
        listener: BuildListener,
        ended: Ended,
    },
}

/// What becomes of an instance's traffic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Traffic {
    Block,
    Allow,
}

impl Traffic {
    /// The lifecycle event that it is.
    pub fn event(self) -> &'static str {
        match self {
            Self::Block => super::server::events::BLOCK,
            Self::Allow => super::server::events::ALLOW,
        }
    }
}

/// From where to where an alias goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Way {
    /// Name or ARN.
    pub function: String,
    pub alias: String,
    pub current: String,
    pub target: String,
    /// Back to where it came from: it may be anywhere on the way.
    pub back: bool,
    /// Traffic is on both versions for a while.
    pub gradual: bool,
}

/// What a pipeline learns of a finished deployment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    pub id: String,
    pub status: Status,
    pub fault: Option<Fault>,
}

impl Ended {
    pub fn of(state: &DeploymentState) -> Self {
        Self {
            id: state.plan.id.clone(),
            status: state.status,
            fault: state.error.clone(),
        }
    }

    /// In the words that engines share.
    pub fn news(self) -> DeploymentEnd {
        let failure = match self.status {
            Status::Succeeded => None,
            status => Some(self.fault.map_or_else(
                || format!("The deployment {} ended as {}.", self.id, status.as_str()),
                |fault| fault.message,
            )),
        };
        DeploymentEnd {
            id: self.id,
            failure,
        }
    }
}
