//! Services of Amazon ECS as engines see them: a service with its task sets, and the verbs that deployments need.
//!
//! Invariant: no verb here needs more than the rights of the managed policy `AWSCodeDeployRoleForECS` (DescribeServices,
//! CreateTaskSet, UpdateServicePrimaryTaskSet, DeleteTaskSet; `rights` is where each has its action) but for the last three, which
//! are of pipelines.

use crate::aws::Scope;
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A service and its task sets, at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServiceInfo {
    pub arn: String,
    pub cluster_arn: String,
    /// The plain name.
    pub name: String,
    /// `ACTIVE`, `DRAINING` or `INACTIVE`.
    pub status: String,
    /// `ECS`, `CODE_DEPLOY` or `EXTERNAL`.
    pub controller: String,
    pub desired: u32,
    pub running: u32,
    pub pending: u32,
    /// ARN of the task definition that the service is to run.
    pub task_definition: String,
    /// `EC2`, `FARGATE` or `EXTERNAL`; absent where there is a strategy of capacity providers.
    pub launch_type: Option<String>,
    pub capacity: Vec<CapacityShare>,
    pub platform_version: Option<String>,
    pub network: Option<NetworkPlace>,
    pub load_balancers: Vec<Registration>,
    pub registries: Vec<Registry>,
    /// Of a service whose controller is `CODE_DEPLOY` or `EXTERNAL`; the primary one among them.
    pub task_sets: Vec<TaskSetInfo>,
    /// Of a service whose controller is `ECS`, the newest first.
    pub rollouts: Vec<Rollout>,
}

/// A task set of a service, at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TaskSetInfo {
    /// `ecs-svc/<digits>`.
    pub id: String,
    pub arn: String,
    /// As it was given when the task set was created.
    pub external_id: Option<String>,
    /// `PRIMARY`, `ACTIVE` or `DRAINING`.
    pub status: String,
    /// ARN.
    pub task_definition: String,
    /// `computedDesiredCount`.
    pub desired: u32,
    pub running: u32,
    pub pending: u32,
    /// `stabilityStatus` is `STEADY_STATE`: all run that should, and pass the checks of their load balancers and containers.
    pub steady: bool,
    pub load_balancers: Vec<Registration>,
}

/// One rolling deployment of a service, as `deployments` of DescribeServices shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rollout {
    pub id: String,
    /// `PRIMARY`, `ACTIVE` or `INACTIVE`.
    pub status: String,
    /// ARN.
    pub task_definition: String,
    pub desired: u32,
    pub running: u32,
    pub pending: u32,
    /// `IN_PROGRESS`, `COMPLETED` or `FAILED`.
    pub state: String,
    /// `rolloutStateReason`.
    pub reason: Option<String>,
}

/// Where a container's port is registered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registration {
    pub target_group_arn: String,
    pub container: String,
    pub port: u32,
}

/// A share of the tasks by capacity provider.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CapacityShare {
    pub provider: String,
    pub base: Option<u32>,
    pub weight: Option<u32>,
}

/// `awsvpcConfiguration`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetworkPlace {
    pub subnets: Vec<String>,
    pub security_groups: Vec<String>,
    /// `ENABLED` or `DISABLED`.
    pub public_ip: Option<String>,
}

/// A registry of service discovery.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registry {
    pub arn: String,
    pub port: Option<u32>,
    pub container: Option<String>,
    pub container_port: Option<u32>,
}

/// A task set that is to be created. Its scale is 100 percent of the service's desired count.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TaskSetWish {
    pub external_id: String,
    /// ARN, or `family:revision`.
    pub task_definition: String,
    pub launch_type: Option<String>,
    /// Takes the place of the launch type.
    pub capacity: Vec<CapacityShare>,
    pub platform_version: Option<String>,
    pub network: Option<NetworkPlace>,
    pub load_balancers: Vec<Registration>,
    pub registries: Vec<Registry>,
}

/// Where a service is: names, or ARNs where a caller has them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ServiceRef {
    pub cluster: String,
    pub service: String,
}

/// Why a service could not be read or changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ServiceError {
    #[error("Amazon ECS is not served by this server")]
    NotServed,
    #[error("the cluster does not exist")]
    NoSuchCluster,
    #[error("the service does not exist")]
    NoSuchService,
    #[error("the task set does not exist")]
    NoSuchTaskSet,
    #[error("the task definition does not exist")]
    NoSuchDefinition,
    /// ECS does not want it; in its words.
    #[error("{0}")]
    Refused(String),
    #[error("{0}")]
    Failed(String),
}

/// A service has changed: its counts, its task sets, their stability, its rollouts, or that it is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceChanged {
    pub scope: Scope,
    /// Plain names.
    pub at: ServiceRef,
}

/// Receives news of changed services, after the change is durable; returns quickly (it hands the news on). Who is told reads
/// the service to see what has changed, so telling too often does no harm.
pub trait ServiceListener: Send + Sync + 'static {
    fn service_changed(&self, news: &ServiceChanged);
}

/// Services of Amazon ECS. Everything is durable when it returns.
#[async_trait]
pub trait Containers: Send + Sync + 'static {
    /// The service as it is now. One that is `INACTIVE` may be shown or be missing.
    async fn service(&self, scope: &Scope, at: &ServiceRef) -> Result<ServiceInfo, ServiceError>;
    /// Creates a task set of a service whose controller is `CODE_DEPLOY`, and begins to run its tasks.
    async fn create_task_set(
        &self,
        scope: &Scope,
        at: &ServiceRef,
        wish: TaskSetWish,
    ) -> Result<TaskSetInfo, ServiceError>;
    /// Makes a task set the service's primary one; the one that was becomes `ACTIVE`.
    async fn set_primary_task_set(
        &self,
        scope: &Scope,
        at: &ServiceRef,
        task_set: &str,
    ) -> Result<(), ServiceError>;
    /// Deletes a task set by force: it drains, and is gone once its tasks are.
    async fn delete_task_set(
        &self,
        scope: &Scope,
        at: &ServiceRef,
        task_set: &str,
    ) -> Result<(), ServiceError>;
    /// Where no service ever changes, nobody is told.
    fn listen_services(&self, _listener: Arc<dyn ServiceListener>) {}

    /// A task definition as DescribeTaskDefinition shows it (`taskDefinition`), by ARN, `family:revision` or family.
    async fn task_definition(
        &self,
        scope: &Scope,
        definition: &str,
    ) -> Result<serde_json::Value, ServiceError>;
    /// Registers what RegisterTaskDefinition takes; yields the new revision's ARN.
    async fn register_task_definition(
        &self,
        scope: &Scope,
        definition: serde_json::Value,
    ) -> Result<String, ServiceError>;
    /// UpdateService of the task definition alone, for a service whose controller is `ECS`; a rollout begins.
    async fn update_service(
        &self,
        scope: &Scope,
        at: &ServiceRef,
        task_definition: &str,
    ) -> Result<ServiceInfo, ServiceError>;
}

/// Nothing is served: every verb says so.
pub struct NoContainers;

#[async_trait]
impl Containers for NoContainers {
    async fn service(&self, _: &Scope, _: &ServiceRef) -> Result<ServiceInfo, ServiceError> {
        Err(ServiceError::NotServed)
    }

    async fn create_task_set(
        &self,
        _: &Scope,
        _: &ServiceRef,
        _: TaskSetWish,
    ) -> Result<TaskSetInfo, ServiceError> {
        Err(ServiceError::NotServed)
    }

    async fn set_primary_task_set(
        &self,
        _: &Scope,
        _: &ServiceRef,
        _: &str,
    ) -> Result<(), ServiceError> {
        Err(ServiceError::NotServed)
    }

    async fn delete_task_set(
        &self,
        _: &Scope,
        _: &ServiceRef,
        _: &str,
    ) -> Result<(), ServiceError> {
        Err(ServiceError::NotServed)
    }

    async fn task_definition(&self, _: &Scope, _: &str) -> Result<serde_json::Value, ServiceError> {
        Err(ServiceError::NotServed)
    }

    async fn register_task_definition(
        &self,
        _: &Scope,
        _: serde_json::Value,
    ) -> Result<String, ServiceError> {
        Err(ServiceError::NotServed)
    }

    async fn update_service(
        &self,
        _: &Scope,
        _: &ServiceRef,
        _: &str,
    ) -> Result<ServiceInfo, ServiceError> {
        Err(ServiceError::NotServed)
    }
}
