//! Commands in sandboxes, as tests say them.

use bytes::Bytes;
use slipway::sandbox::{Exec, Exit, Output, Sandbox, SandboxError, SandboxSpec, Sandboxes};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;

pub const WORK: &str = "/codebuild/output/tmp";

/// A generous bound on anything that is waited for: a test that hangs must say where.
const PATIENCE: Duration = Duration::from_secs(60);

/// Sandboxes of one kind, with what they need to be cleaned up afterwards.
pub struct Place {
    pub sandboxes: Arc<dyn Sandboxes>,
    pub image: String,
    pub _keep: Box<dyn std::any::Any + Send + Sync>,
}

impl Place {
    pub fn spec(&self, id: &str) -> SandboxSpec {
        SandboxSpec {
            id: id.to_owned(),
            image: self.image.clone(),
            ..Default::default()
        }
    }

    pub async fn prepare(&self, id: &str) -> Arc<dyn Sandbox> {
        let prepared = self.sandboxes.prepare(&self.spec(id), nowhere()).await;
        prepared.unwrap_or_else(|e| panic!("cannot prepare {id}: {e}"))
    }
}

pub fn nowhere() -> Output {
    mpsc::channel(1).0
}

pub fn argv(argv: &[&str]) -> Exec {
    Exec {
        argv: argv.iter().map(|a| (*a).to_owned()).collect(),
        env: Vec::new(),
        dir: WORK.into(),
        user: None,
    }
}

pub fn sh(script: &str) -> Exec {
    argv(&["sh", "-c", script])
}

/// A command that is on its way.
pub struct Running {
    pub output: mpsc::Receiver<Bytes>,
    pub end: tokio::task::JoinHandle<Result<Exit, SandboxError>>,
}

impl Running {
    pub fn start(sandbox: &Arc<dyn Sandbox>, exec: Exec) -> Running {
        let (sender, output) = mpsc::channel(1);
        let sandbox = sandbox.clone();
        let end = tokio::spawn(async move { sandbox.exec(&exec, sender).await });
        Running { output, end }
    }

    /// Reads until `text` was written; gives all that was read.
    pub async fn until(&mut self, text: &str) -> String {
        let mut all = String::new();
        let reading = async {
            while !all.contains(text) {
                let chunk = self.output.recv().await;
                let chunk = chunk.unwrap_or_else(|| panic!("no {text:?} in {all:?}"));
                all.push_str(&String::from_utf8_lossy(&chunk));
            }
        };
        let waited = tokio::time::timeout(PATIENCE, reading).await;
        waited.unwrap_or_else(|_| panic!("still no {text:?}"));
        all
    }

    pub async fn finish(mut self) -> (Result<Exit, SandboxError>, Vec<u8>) {
        let mut all = Vec::new();
        let reading = async {
            while let Some(chunk) = self.output.recv().await {
                all.extend_from_slice(&chunk);
            }
        };
        let waited = tokio::time::timeout(PATIENCE, reading).await;
        waited.expect("the command neither ends nor writes");
        (self.end.await.unwrap(), all)
    }
}

/// Runs a command to its end.
pub async fn exec(sandbox: &Arc<dyn Sandbox>, exec: Exec) -> (Result<Exit, SandboxError>, String) {
    let (end, output) = Running::start(sandbox, exec).finish().await;
    (end, String::from_utf8_lossy(&output).into_owned())
}

/// Runs a script and gives its code, as a shell would show it, and its output.
pub async fn run(sandbox: &Arc<dyn Sandbox>, script: &str) -> (i32, String) {
    let (end, output) = exec(sandbox, sh(script)).await;
    let end = end.unwrap_or_else(|e| panic!("{script:?}: {e}, after {output:?}"));
    (end.code(), output)
}

/// Runs a script that must succeed, and gives its output.
pub async fn output(sandbox: &Arc<dyn Sandbox>, script: &str) -> String {
    let (code, output) = run(sandbox, script).await;
    assert_eq!(code, 0, "{script:?} wrote {output:?}");
    output
}

/// Runs the script again and again until it succeeds.
pub async fn until(sandbox: &Arc<dyn Sandbox>, script: &str) {
    let waiting = async { while run(sandbox, script).await.0 != 0 {} };
    let waited = tokio::time::timeout(PATIENCE, waiting).await;
    waited.unwrap_or_else(|_| panic!("never true: {script}"));
}

/// Looks again and again until the condition holds.
pub async fn wait_for<F: Future<Output = bool>>(what: &str, mut holds: impl FnMut() -> F) {
    let waiting = async {
        while !holds().await {
            tokio::task::yield_now().await;
        }
    };
    let waited = tokio::time::timeout(PATIENCE, waiting).await;
    waited.unwrap_or_else(|_| panic!("never true: {what}"));
}

pub fn died(end: Result<Exit, SandboxError>) -> String {
    match end {
        Err(SandboxError::Died(text)) => text,
        other => panic!("expected a death, got {other:?}"),
    }
}
