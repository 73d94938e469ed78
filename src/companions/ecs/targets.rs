//! What ECS asks of load balancers: a narrow door, so that neither knows the other's insides.
//!
//! Invariant: a target that was registered is deregistered before its containers are stopped.

use crate::aws::Scope;
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// Where a task answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Target {
    /// The task's own address, for groups of target type `ip`; `None`: this machine, for groups of type `instance`.
    pub address: Option<IpAddr>,
    /// The container's port, or the host's where there is no own address.
    pub port: u16,
}

/// What a target group takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TargetKind {
    Ip,
    Instance,
    /// Neither: a function or another load balancer.
    Other,
}

/// What a target group finds of a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// It is not known yet.
    Unknown,
    /// It answers as it should, or nobody looks at it because no listener leads to its group.
    Well,
    /// It does not answer as it should.
    Unwell,
}

/// Why a target could not be registered or taken out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TargetError {
    #[error("target group {0} does not exist")]
    NoSuchGroup(String),
    #[error("{0}")]
    Failed(String),
}

/// Load balancers as ECS sees them; target groups by ARN.
#[async_trait]
pub trait Targets: Send + Sync + 'static {
    /// What the group takes; `None` when it does not exist.
    async fn kind(&self, scope: &Scope, group: &str) -> Option<TargetKind>;
    /// Durable when it returns; harmless when repeated.
    async fn register(&self, scope: &Scope, group: &str, target: Target)
    -> Result<(), TargetError>;
    /// Gets no new requests when it returns; harmless when repeated.
    async fn deregister(
        &self,
        scope: &Scope,
        group: &str,
        target: Target,
    ) -> Result<(), TargetError>;
    /// What the group finds of a target, as soon as that is something else than `known`.
    async fn turned(&self, scope: &Scope, group: &str, target: Target, known: Found) -> Found;
    /// Whether the group finds all of these well now.
    fn all_well(&self, scope: &Scope, group: &str, targets: &[Target]) -> bool;
    /// Until the requests of a target that was deregistered have been answered, or the group's delay is over.
    async fn drained(&self, scope: &Scope, group: &str, target: Target);
}
