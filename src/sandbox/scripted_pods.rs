//! Pods in memory for tests: the name of an image says what becomes of its container, and the test ends the rest.
//!
//! Invariant: nothing outside this process is touched.

use super::pods::{Pod, PodError, PodExit, PodNetwork, PodPart, PodPort, PodSpec, Pods};
use super::{Kind, Output, Sandbox, SandboxError, SandboxSpec, Sandboxes};
use async_trait::async_trait;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::watch;

/// The code of a container that was asked to end.
pub const ASKED: i32 = 143;

/// An engine. Images named `missing…` cannot be pulled, those named `exits:N` end at once with N, all others run. Clones share
/// their pods.
#[derive(Clone, Default)]
pub struct ScriptedPods(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    started: Vec<PodSpec>,
    running: Vec<Arc<ScriptedPod>>,
}

/// A pod that was started.
pub struct ScriptedPod {
    pub spec: PodSpec,
    parts: Vec<PodPart>,
    address: Option<IpAddr>,
    ends: Vec<watch::Sender<Option<PodExit>>>,
    engine: ScriptedPods,
}

impl ScriptedPods {
    /// All that were ever asked for, in their order.
    pub fn started(&self) -> Vec<PodSpec> {
        self.lock().started.clone()
    }

    /// Those that were started and not removed.
    pub fn running(&self) -> Vec<Arc<ScriptedPod>> {
        self.lock().running.clone()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ScriptedPod {
    /// The container of this name ends by itself.
    pub fn exit(&self, name: &str, code: i32) {
        let at = self.parts.iter().position(|part| part.name == name);
        if let Some(at) = at {
            self.end(at, code);
        }
    }

    fn end(&self, at: usize, code: i32) {
        self.ends[at].send_if_modified(|end| {
            let first = end.is_none();
            if first {
                *end = Some(PodExit {
                    code: Some(code),
                    reason: None,
                });
            }
            first
        });
    }
}

#[async_trait]
impl Pods for ScriptedPods {
    async fn start(&self, mut spec: PodSpec) -> Result<Arc<dyn Pod>, PodError> {
        // They print nothing; who reads their output is not to wait for it.
        for container in &mut spec.containers {
            container.output = None;
        }
        let mut state = self.lock();
        state.started.push(spec.clone());
        let number = state.started.len();
        let mut images = spec.containers.iter().map(|container| &container.image);
        if let Some(image) = images.find(|image| image.starts_with("missing")) {
            return Err(PodError::CannotPull(format!("no such image: {image}")));
        }
        let shared = spec.network == PodNetwork::Shared;
        let small = u8::try_from(number).unwrap_or(u8::MAX);
        let parts = spec.containers.iter().map(|container| PodPart {
            name: container.name.clone(),
            runtime_id: format!("{number}-{}", container.name),
            ports: container
                .ports
                .iter()
                .map(|port| PodPort {
                    host: match port.host {
                        0 => 32768 + u16::from(small),
                        host => host,
                    },
                    ..*port
                })
                .collect(),
        });
        let pod = Arc::new(ScriptedPod {
            parts: parts.collect(),
            address: shared.then(|| IpAddr::from([10, 0, 0, small])),
            ends: spec
                .containers
                .iter()
                .map(|_| watch::Sender::new(None))
                .collect(),
            spec,
            engine: self.clone(),
        });
        for (at, container) in pod.spec.containers.iter().enumerate() {
            let code = container.image.strip_prefix("exits:");
            if let Some(code) = code.and_then(|code| code.parse().ok()) {
                pod.end(at, code);
            }
        }
        state.running.push(pod.clone());
        Ok(pod)
    }
}

#[async_trait]
impl Pod for ScriptedPod {
    fn parts(&self) -> &[PodPart] {
        &self.parts
    }

    fn address(&self) -> Option<IpAddr> {
        self.address
    }

    async fn wait(&self, at: usize) -> PodExit {
        let mut end = self.ends[at].subscribe();
        let found = end.wait_for(Option::is_some).await;
        let found = found.ok().and_then(|exit| exit.clone());
        found.unwrap_or(PodExit {
            code: None,
            reason: None,
        })
    }

    async fn stop(&self, at: usize, _grace: Duration) {
        self.end(at, ASKED);
    }

    async fn remove(&self) {
        let mut state = self.engine.lock();
        state.running.retain(|pod| pod.spec.id != self.spec.id);
    }
}

/// Builds have no place here.
#[async_trait]
impl Sandboxes for ScriptedPods {
    fn kind(&self) -> Kind {
        Kind::Docker
    }

    async fn prepare(
        &self,
        _spec: &SandboxSpec,
        _progress: Output,
    ) -> Result<Arc<dyn Sandbox>, SandboxError> {
        Err(SandboxError::Failed("only pods are scripted".to_owned()))
    }

    async fn sweep(&self) -> Result<(), SandboxError> {
        self.lock().running.clear();
        Ok(())
    }

    fn pods(&self) -> Option<Arc<dyn Pods>> {
        Some(Arc::new(self.clone()))
    }
}
