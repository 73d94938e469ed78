//! What Lambda asks of the rest of the server.
//!
//! Invariant: nothing here keeps a lock or a row.

use crate::aws::Time;
use crate::companions::iam::Iam;
use crate::companions::logs::Logs;
use crate::companions::s3::S3;
use crate::companions::sts::Sts;
use crate::sandbox::{Kind, Sandboxes};
use futures::future::BoxFuture;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

/// Time passes for users: waits follow the server's clock.
pub type Wait = Arc<dyn Fn(Duration) -> BoxFuture<'static, ()> + Send + Sync>;

/// The doors that Lambda uses.
#[derive(Clone)]
pub struct Outside {
    pub s3: S3,
    pub logs: Logs,
    pub iam: Iam,
    pub sts: Sts,
    pub now: Arc<dyn Fn() -> Time + Send + Sync>,
    pub wait: Wait,
    /// The server's own URL as programs in a sandbox of this kind reach it, without a slash at its end.
    pub reach: Arc<dyn Fn(Kind) -> Option<String> + Send + Sync>,
    pub machines: Machines,
}

/// What functions run on.
#[derive(Clone)]
pub struct Machines {
    /// Where functions run as processes of this machine.
    pub host: Arc<dyn Sandboxes>,
    /// Where they run in containers, if an engine answers.
    pub containers: Option<Arc<dyn Sandboxes>>,
    /// Images that the settings name, such as `lambda/python3.12`.
    pub images: BTreeSet<String>,
    /// Where programs of this machine are found.
    pub path: String,
}
