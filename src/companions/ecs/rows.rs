//! What is stored: clusters, task definitions, services with their sets, tasks.
//!
//! Invariant: definitions are kept as they were sent, with the defaults that are shown; a service's row names all of its tasks that
//! have not stopped.

use crate::aws::{Scope, Time};
use crate::store::{Builder, Index, Table, Txn};
use ecs_api::input::CreateServiceInput;
use ecs_api::model::{
    CapacityProviderStrategyItem, ClusterConfiguration, ClusterSetting, DeploymentControllerType,
    LaunchType, LoadBalancer, NetworkConfiguration, ServiceRegistry, Tag, TaskDefinition,
    TaskOverride, TaskStopCode,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

pub type ClusterKey = (Scope, String);
/// Family and revision.
pub type DefinitionKey = (Scope, String, u32);
/// Cluster and name.
pub type ServiceKey = (Scope, String, String);
/// Cluster and id.
pub type TaskKey = (Scope, String, String);

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cluster {
    pub active: bool,
    pub settings: Vec<ClusterSetting>,
    pub configuration: Option<ClusterConfiguration>,
    pub namespace: Option<String>,
    pub capacity_providers: Vec<String>,
    pub strategy: Vec<CapacityProviderStrategyItem>,
    pub tags: Vec<Tag>,
}

/// The revisions of a family.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Family {
    /// The newest one's number.
    pub newest: u32,
    /// Those that are active.
    pub active: BTreeSet<u32>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Definition {
    pub shape: TaskDefinition,
    pub tags: Vec<Tag>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ServiceStatus {
    Active,
    Draining,
    Inactive,
}

impl ServiceStatus {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "ACTIVE",
            Self::Draining => "DRAINING",
            Self::Inactive => "INACTIVE",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Service {
    /// As sent, and as updates have changed it since.
    pub settings: CreateServiceInput,
    pub controller: DeploymentControllerType,
    pub status: ServiceStatus,
    pub desired: u32,
    pub created: Time,
    /// ARN of who made it.
    pub created_by: String,
    pub tags: Vec<Tag>,
    /// Deployments of a service that ECS rolls, task sets of others; the newest first.
    pub sets: Vec<Set>,
    /// The newest first.
    pub events: Vec<Event>,
    /// Ids of tasks that have not stopped.
    pub tasks: BTreeSet<String>,
    /// What the last deployment that was completed ran, to go back to.
    pub proven: Option<Box<Set>>,
    /// Whether "has reached a steady state" is what was said last.
    pub steady: bool,
}

impl Service {
    pub fn primary(&self) -> Option<&Set> {
        self.sets
            .iter()
            .find(|set| set.standing == Standing::Primary)
    }

    pub fn set(&self, id: &str) -> Option<&Set> {
        self.sets.iter().find(|set| set.id == id)
    }

    pub fn rolls(&self) -> bool {
        self.controller == DeploymentControllerType::Ecs
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Standing {
    Primary,
    Active,
    Draining,
}

impl Standing {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Primary => "PRIMARY",
            Self::Active => "ACTIVE",
            Self::Draining => "DRAINING",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Rollout {
    InProgress,
    Completed,
    Failed,
}

/// Tasks of one definition within a service: a deployment or a task set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Set {
    /// `ecs-svc/` and 19 digits.
    pub id: String,
    pub standing: Standing,
    /// The ARN of a task definition.
    pub definition: String,
    pub load_balancers: Vec<LoadBalancer>,
    pub network: Option<NetworkConfiguration>,
    pub launch_type: Option<LaunchType>,
    pub strategy: Vec<CapacityProviderStrategyItem>,
    pub platform_version: Option<String>,
    pub registries: Vec<ServiceRegistry>,
    pub external_id: Option<String>,
    pub started_by: Option<String>,
    /// Percent of the service's desired count.
    pub scale: f64,
    pub created: Time,
    pub updated: Time,
    pub stable: bool,
    pub stable_since: Time,
    pub rollout: Rollout,
    pub rollout_reason: String,
    /// Tasks that have failed during the rollout.
    pub failed: u32,
    /// Failures since a task last kept running.
    pub row: u32,
    /// No task is started before.
    pub not_before: Option<Time>,
    pub tags: Vec<Tag>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    pub id: String,
    pub at: Time,
    pub message: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum TaskStatus {
    Provisioning,
    Pending,
    Activating,
    Running,
    Deactivating,
    Stopping,
    Stopped,
}

impl TaskStatus {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Provisioning => "PROVISIONING",
            Self::Pending => "PENDING",
            Self::Activating => "ACTIVATING",
            Self::Running => "RUNNING",
            Self::Deactivating => "DEACTIVATING",
            Self::Stopping => "STOPPING",
            Self::Stopped => "STOPPED",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Task {
    /// The ARN of a task definition.
    pub definition: String,
    /// Name of the service, and id of its set.
    pub owner: Option<(String, String)>,
    pub group: String,
    pub started_by: Option<String>,
    pub launch_type: Option<LaunchType>,
    pub capacity_provider: Option<String>,
    pub platform_version: Option<String>,
    pub network: Option<NetworkConfiguration>,
    pub overrides: Option<TaskOverride>,
    pub load_balancers: Vec<LoadBalancer>,
    pub cpu: Option<String>,
    pub memory: Option<String>,
    pub tags: Vec<Tag>,
    pub status: TaskStatus,
    /// It is to stop, or has stopped.
    pub ending: Option<Ending>,
    pub containers: Vec<Container>,
    /// Of a task with a network interface of its own.
    pub address: Option<String>,
    /// Id of its network interface's attachment.
    pub attachment: Option<String>,
    /// Where it is registered, or was about to be.
    pub targets: Vec<TargetOf>,
    /// A load balancer that looks at it does not find it healthy, or has not yet.
    #[serde(default)]
    pub unwell: bool,
    pub created: Time,
    pub pull_started: Option<Time>,
    pub pull_stopped: Option<Time>,
    pub started: Option<Time>,
    pub stopping: Option<Time>,
    pub execution_stopped: Option<Time>,
    pub stopped: Option<Time>,
    pub version: i64,
}

/// Why a task stops.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ending {
    pub code: TaskStopCode,
    pub reason: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Container {
    pub id: String,
    pub name: String,
    pub image: String,
    pub status: TaskStatus,
    pub runtime_id: Option<String>,
    pub exit_code: Option<i32>,
    pub reason: Option<String>,
    pub bindings: Vec<Binding>,
    pub cpu: u32,
    pub memory: Option<u32>,
    pub memory_reservation: Option<u32>,
}

/// A port of a container on this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Binding {
    pub container: u16,
    pub host: u16,
    pub udp: bool,
}

/// A task's place in a target group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TargetOf {
    pub group: String,
    pub target: super::targets::Target,
}

/// Clones share their rows.
#[derive(Clone)]
pub struct Tables {
    pub clusters: Table<ClusterKey, Cluster>,
    pub families: Table<ClusterKey, Family>,
    pub definitions: Table<DefinitionKey, Definition>,
    pub services: Table<ServiceKey, Service>,
    pub tasks: Table<TaskKey, Task>,
    /// Services that have not ended, by cluster.
    pub living_services: Index<ClusterKey, ServiceKey>,
    /// Tasks by cluster and group, such as `service:web`.
    pub by_group: Index<(Scope, String, String), TaskKey>,
    /// Tasks by cluster and status.
    pub by_status: Index<(Scope, String, String), TaskKey>,
}

impl Tables {
    pub fn declare(builder: &mut Builder) -> Self {
        let services = builder.table("ecs.services");
        let tasks = builder.table("ecs.tasks");
        Self {
            clusters: builder.table("ecs.clusters"),
            families: builder.table("ecs.families"),
            definitions: builder.table("ecs.definitions"),
            living_services: builder.index(&services, living),
            by_group: builder.index(&tasks, |key: &TaskKey, task: &Task| {
                vec![(key.0.clone(), key.1.clone(), task.group.clone())]
            }),
            by_status: builder.index(&tasks, |key: &TaskKey, task: &Task| {
                let status = task.status.as_str().to_owned();
                vec![(key.0.clone(), key.1.clone(), status)]
            }),
            services,
            tasks,
        }
    }

    /// The rows of a service's tasks that have not stopped.
    pub fn tasks_of(&self, tx: &Txn, key: &ServiceKey, service: &Service) -> Vec<(TaskKey, Task)> {
        let ids = service.tasks.iter();
        ids.filter_map(|id| {
            let key = (key.0.clone(), key.1.clone(), id.clone());
            let task = tx.get(&self.tasks, &key)?;
            Some((key, Task::clone(&task)))
        })
        .collect()
    }
}

fn living(key: &ServiceKey, service: &Service) -> Vec<ClusterKey> {
    let living = service.status != ServiceStatus::Inactive;
    living
        .then(|| (key.0.clone(), key.1.clone()))
        .into_iter()
        .collect()
}
