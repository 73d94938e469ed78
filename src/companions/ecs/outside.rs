//! What ECS asks of the rest of the server.
//!
//! Invariant: nothing here keeps a lock or a row.

use super::targets::Targets;
use crate::aws::Time;
use crate::companions::logs::Logs;
use crate::companions::secretsmanager::SecretsManager;
use crate::companions::ssm::Ssm;
use crate::sandbox::pods::Pods;
use futures::future::BoxFuture;
use std::sync::Arc;
use std::time::Duration;

/// Time passes for users: waits follow the server's clock.
pub type Wait = Arc<dyn Fn(Duration) -> BoxFuture<'static, ()> + Send + Sync>;

/// The doors that ECS uses.
#[derive(Clone)]
pub struct Outside {
    /// `None`: no container engine answers.
    pub pods: Option<Arc<dyn Pods>>,
    pub targets: Arc<dyn Targets>,
    pub logs: Logs,
    pub ssm: Ssm,
    pub secretsmanager: SecretsManager,
    pub now: Arc<dyn Fn() -> Time + Send + Sync>,
    pub wait: Wait,
}
