//! A container as a sandbox.
//!
//! Invariant: once stopped, no command is started.

use super::volumes::Lease;
use super::{copy, exec, keeper, stop, terminal};
use crate::companions::ByteStream;
use crate::sandbox::limits::Limits;
use crate::sandbox::{Exec, Exit, Output, STOPPED, Sandbox, SandboxError};
use async_trait::async_trait;
use bollard::Docker;
use camino::{Utf8Path, Utf8PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// A container that was started.
pub struct Container {
    pub docker: Docker,
    pub id: String,
    pub limits: Limits,
    /// No command is started any more.
    pub stopped: CancellationToken,
    /// Nobody waits for a slow reader of output any more.
    pub silenced: CancellationToken,
    /// The commands whose output is being forwarded.
    pub commands: TaskTracker,
    /// Its first program is our shell.
    pub kept: bool,
    /// Held until the container is gone.
    pub layers: Mutex<Option<Lease>>,
}

#[async_trait]
impl Sandbox for Container {
    fn path(&self, path: &Utf8Path) -> Utf8PathBuf {
        path.to_owned()
    }

    async fn exec(&self, exec: &Exec, output: Output) -> Result<Exit, SandboxError> {
        if self.stopped.is_cancelled() {
            return Err(SandboxError::Died(STOPPED.to_owned()));
        }
        let command = exec::run(self, exec, &output);
        self.commands.track_future(command).await
    }

    async fn ask(&self, script: &str) -> Option<Vec<u8>> {
        if !self.kept || self.stopped.is_cancelled() {
            return None;
        }
        tokio::select! {
            answer = keeper::ask(self, script) => answer,
            () = self.stopped.cancelled() => None,
        }
    }

    async fn attend(&self, exec: &Exec) -> Result<Exit, SandboxError> {
        if self.stopped.is_cancelled() {
            return Err(SandboxError::Died(STOPPED.to_owned()));
        }
        tokio::select! {
            end = terminal::attend(self, exec) => end,
            () = self.stopped.cancelled() => Err(SandboxError::Died(STOPPED.to_owned())),
        }
    }

    async fn copy_in(&self, dir: &Utf8Path, tar: ByteStream) -> Result<(), SandboxError> {
        copy::copy_in(self, dir, tar, self.limits).await
    }

    async fn copy_out(&self, path: &Utf8Path) -> Result<ByteStream, SandboxError> {
        copy::copy_out(self, path).await
    }

    async fn stop(&self, grace: Duration) {
        stop::stop(self, grace).await;
    }

    async fn remove(&self) {
        self.stopped.cancel();
        self.silenced.cancel();
        stop::remove(&self.docker, &self.id).await;
        self.layers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
    }
}
