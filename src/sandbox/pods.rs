//! Groups of containers that live and die together, as tasks are: programs of images, not commands in a sandbox.
//!
//! Invariant: a pod that was not started whole has left nothing behind.

use super::Output;
use async_trait::async_trait;
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

/// What a pod is made of.
#[derive(Clone, Debug)]
pub struct PodSpec {
    /// Unique and stable for one attempt; what an earlier attempt of the same id left is removed first.
    pub id: String,
    pub network: PodNetwork,
    /// At least one, in the order in which they start. With one network for all, the first one holds it for the others.
    pub containers: Vec<PodContainer>,
}

/// Where a pod's containers are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PodNetwork {
    /// All containers share one address on the server's own network.
    Shared,
    /// Each container has its own; ports are published on this machine's loopback.
    Published,
    /// The engine's machine's own network.
    Host,
    /// None at all.
    Nowhere,
}

/// One container of a pod.
#[derive(Clone, Default)]
pub struct PodContainer {
    pub name: String,
    pub image: String,
    /// `None`: as the image says.
    pub entry_point: Option<Vec<String>>,
    pub command: Option<Vec<String>>,
    /// Beside what the image sets.
    pub env: Vec<(String, String)>,
    pub user: Option<String>,
    pub dir: Option<String>,
    pub hostname: Option<String>,
    /// A share of the processors, 1024 each; zero for none in particular.
    pub cpu_units: u32,
    /// A bound; clipped to what the machine has.
    pub memory_bytes: Option<u64>,
    pub memory_reservation_bytes: Option<u64>,
    pub privileged: bool,
    pub read_only: bool,
    pub labels: BTreeMap<String, String>,
    pub ports: Vec<PodPort>,
    /// Where standard output and error go; the sender is dropped when the container has ended.
    pub output: Option<Output>,
}

impl std::fmt::Debug for PodContainer {
    /// Values of the environment may be secrets and stay out.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PodContainer")
            .field("name", &self.name)
            .field("image", &self.image)
            .field("command", &self.command)
            .finish_non_exhaustive()
    }
}

/// A port that is published on this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PodPort {
    pub container: u16,
    /// Zero: any that is free. In a running pod: the one it has.
    pub host: u16,
    pub udp: bool,
}

/// Why a pod did not start; the engine's own words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PodError {
    #[error("CannotPullContainerError: {0}")]
    CannotPull(String),
    #[error("CannotCreateContainerError: {0}")]
    CannotCreate(String),
    #[error("CannotStartContainerError: {0}")]
    CannotStart(String),
}

/// A container of a pod that runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PodPart {
    pub name: String,
    /// The engine's id of the container.
    pub runtime_id: String,
    pub ports: Vec<PodPort>,
}

/// How a container ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PodExit {
    /// `None` when the engine lost it.
    pub code: Option<i32>,
    pub reason: Option<String>,
}

/// Makes pods.
#[async_trait]
pub trait Pods: Send + Sync + 'static {
    /// Pulls images that are missing, and starts all containers. When given up, it is finished all the same, and what it made is
    /// removed.
    async fn start(&self, spec: PodSpec) -> Result<Arc<dyn Pod>, PodError>;
}

/// Containers that were started together.
#[async_trait]
pub trait Pod: Send + Sync + 'static {
    /// In the order of the spec.
    fn parts(&self) -> &[PodPart];
    /// The pod's own address, when it has one.
    fn address(&self) -> Option<IpAddr>;
    /// Until the container at this place has ended; at once when it has.
    async fn wait(&self, at: usize) -> PodExit;
    /// Asks the container to end, and after `grace` makes it.
    async fn stop(&self, at: usize, grace: Duration);
    /// Removes everything; harmless when repeated.
    async fn remove(&self);
}
