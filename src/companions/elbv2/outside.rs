//! What load balancers ask of the rest of the server: sockets, looks at targets, the time.
//!
//! Invariant: nothing here keeps a lock or a row.

use super::gate::Gate;
use crate::aws::Time;
use async_trait::async_trait;
use futures::future::BoxFuture;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Time passes for users: waits follow the server's clock.
pub type Wait = Arc<dyn Fn(Duration) -> BoxFuture<'static, ()> + Send + Sync>;

/// Finds the machines behind instance ids.
#[async_trait]
pub trait Instances: Send + Sync + 'static {
    /// Where an instance's ports are; `None` when there is no such instance.
    async fn address(&self, id: &str) -> Option<IpAddr>;
}

/// A look at a target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    pub at: SocketAddr,
    /// The path of a GET request; `None`: whether a connection is taken.
    pub path: Option<String>,
    /// How long it may take, in real time.
    pub patience: Duration,
}

/// What a look found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// A connection was taken.
    Open,
    /// The status that was answered.
    Status(u16),
    TimedOut,
    Failed,
}

/// How long a socket listens.
#[derive(Clone, Debug, Default)]
pub struct Life {
    /// Cancelled: it is to listen no longer.
    pub stop: CancellationToken,
    /// Cancelled by it once its port is free.
    pub stopped: CancellationToken,
}

impl Life {
    /// Ends it and waits until the port is free.
    pub async fn end(&self) {
        self.stop.cancel();
        self.stopped.cancelled().await;
    }
}

/// Listens and looks.
#[async_trait]
pub trait Sockets: Send + Sync + 'static {
    /// Whether anything can listen on this address.
    async fn usable(&self, address: IpAddr) -> bool;
    /// Listens, and serves as the gate says for its life; what has begun by then is finished. Gives where it listens.
    async fn serve(&self, at: SocketAddr, gate: Gate, life: Life) -> io::Result<SocketAddr>;
    async fn look(&self, look: Look) -> Seen;
}

/// The doors that load balancers use.
#[derive(Clone)]
pub struct Outside {
    pub sockets: Arc<dyn Sockets>,
    pub instances: Arc<dyn Instances>,
    pub now: Arc<dyn Fn() -> Time + Send + Sync>,
    pub wait: Wait,
}
