//! What to deploy: everything a deployment needs to know, resolved when it is created.
//!
//! A plan never changes: what becomes of the deployment group meanwhile does not touch a running deployment.

use super::appspec::LambdaSpec;
use super::ecs::plan::EcsWork;
use super::server::plan::ServerWork;
use super::traffic::Routing;
use crate::aws::{Scope, Time};
use crate::companions::ObjectRef;
use crate::engine::world::BuildListener;
use serde::{Deserialize, Serialize};

/// One deployment from its first breath.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeploymentPlan {
    pub scope: Scope,
    /// `d-` and nine of `[A-Z0-9]`.
    pub id: String,
    /// Names as they were when the deployment was created.
    pub application: String,
    pub group: String,
    /// ARN of the role whose rights the deployment has.
    pub service_role: String,
    pub work: Work,
    pub alarms: AlarmWatch,
    /// What may follow when it does not succeed. Absent when there is nothing to go back to, and for rollbacks.
    pub rollback: Option<RollbackPlan>,
    /// The deployment that this one rolls back.
    pub rolls_back: Option<String>,
    pub triggers: Vec<Trigger>,
    /// The pipeline that waits for the end.
    pub listener: Option<BuildListener>,
    /// Random; ids of hook executions are made of it.
    pub seed: String,
    pub created: Time,
}

/// What is done on which compute platform.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Work {
    Lambda(LambdaWork),
    Ecs(Box<EcsWork>),
    Server(Box<ServerWork>),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LambdaWork {
    pub source: LambdaSource,
    pub routing: Routing,
}

/// Where a Lambda deployment learns what to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LambdaSource {
    /// The AppSpec came with the request.
    Given(LambdaSpec),
    /// The AppSpec is to be read.
    Object(RevisionObject),
    /// A rollback. `moved`: the deployment before may have changed the alias; otherwise there is nothing to set back.
    Restore { spec: LambdaSpec, moved: bool },
}

/// An object in S3 that is or holds an AppSpec.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevisionObject {
    pub at: ObjectRef,
    /// Without quotes; the object must have it.
    pub e_tag: Option<String>,
    pub bundle: Bundle,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Bundle {
    /// The AppSpec itself, JSON or YAML.
    Text,
    Zip,
    Tar,
    Tgz,
}

/// Alarms that stop the deployment; no names: none is looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlarmWatch {
    pub names: Vec<String>,
    /// Alarms that cannot be read do not stop it.
    pub ignore_failure: bool,
}

/// The deployment that may follow: its id is known beforehand, so that nothing random happens later.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RollbackPlan {
    pub id: String,
    pub seed: String,
    pub on_failure: bool,
    pub on_alarm: bool,
    pub on_request: bool,
}

/// Whom to tell of what, by a topic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trigger {
    pub name: String,
    pub topic: String,
    /// Such as `DeploymentStart`.
    pub events: Vec<String>,
}

impl DeploymentPlan {
    /// The row's key.
    pub fn key(&self) -> (Scope, String) {
        (self.scope.clone(), self.id.clone())
    }
}
