//! Pods of a Docker engine: containers that run their images' own programs, with the instance's label on each.
//!
//! Invariant: a pod that does not start whole is removed whole.

use super::engine::EngineInfo;
use super::errors::{message, status};
use super::sandboxes::{Maker, SANDBOX, no_such_network, ownership};
use super::stop;
use crate::sandbox::names::safe_name;
use crate::sandbox::pods::{
    Pod, PodContainer, PodError, PodExit, PodNetwork, PodPart, PodPort, PodSpec,
};
use crate::sandbox::{Output, SandboxError};
use async_trait::async_trait;
use bollard::Docker;
use bollard::container::LogOutput;
use bollard::errors::Error;
use bollard::models::{
    ContainerCreateBody, ContainerInspectResponse, HostConfig, HostConfigLogConfig, PortBinding,
};
use bollard::query_parameters::{
    AttachContainerOptionsBuilder, InspectContainerOptions, StopContainerOptionsBuilder,
    WaitContainerOptions,
};
use futures::StreamExt;
use futures::future::join_all;
use futures::stream::BoxStream;
use std::collections::HashMap;
use std::net::IpAddr;
use std::time::Duration;
use tokio::sync::mpsc;

/// A program may run for years; the engine answers a wait when it ends.
const WAITS_FOR: Duration = Duration::from_secs(10 * 365 * 24 * 3600);
/// Beside the grace that a container is given.
const STOPS_WITHIN: Duration = Duration::from_secs(120);
/// Where published ports listen.
const LOOPBACK: &str = "127.0.0.1";

/// Containers that were started together.
pub struct DockerPod {
    docker: Docker,
    parts: Vec<PodPart>,
    address: Option<IpAddr>,
}

pub async fn start(maker: &Maker, spec: PodSpec) -> Result<DockerPod, PodError> {
    let network = network(maker, spec.network).await?;
    let mut ids: Vec<String> = Vec::new();
    match start_all(maker, &spec, &network, &mut ids).await {
        Ok(pod) => Ok(pod),
        Err(error) => {
            join_all(ids.iter().map(|id| stop::remove(&maker.docker, id))).await;
            Err(error)
        }
    }
}

async fn network(maker: &Maker, wanted: PodNetwork) -> Result<String, PodError> {
    match wanted {
        PodNetwork::Host => Ok("host".to_owned()),
        PodNetwork::Nowhere => Ok("none".to_owned()),
        PodNetwork::Shared | PodNetwork::Published => {
            let network = maker.network().await;
            let failed = |error: SandboxError| PodError::CannotCreate(error.to_string());
            network.map(|network| network.name).map_err(failed)
        }
    }
}

/// `ids` has what was made, also when it fails.
async fn start_all(
    maker: &Maker,
    spec: &PodSpec,
    network: &str,
    ids: &mut Vec<String>,
) -> Result<DockerPod, PodError> {
    let mut parts = Vec::new();
    let mut address = None;
    for container in &spec.containers {
        let place = match (spec.network, ids.first()) {
            (PodNetwork::Shared, Some(first)) => format!("container:{first}"),
            _ => network.to_owned(),
        };
        let id = create(maker, spec, container, place).await?;
        ids.push(id.clone());
        if let Some(output) = &container.output {
            attach(&maker.docker, &id, output.clone()).await?;
        }
        run(maker, &id).await?;
        let found = inspect(&maker.docker, &id).await?;
        if spec.network == PodNetwork::Shared && parts.is_empty() {
            address = address_of(&found, network);
        }
        parts.push(PodPart {
            name: container.name.clone(),
            ports: ports_of(&found, container, spec.network),
            runtime_id: id,
        });
    }
    Ok(DockerPod {
        docker: maker.docker.clone(),
        parts,
        address,
    })
}

async fn create(
    maker: &Maker,
    spec: &PodSpec,
    container: &PodContainer,
    place: String,
) -> Result<String, PodError> {
    let instance = &maker.options.instance;
    let image = maker.options.images.resolve(&container.image);
    let body = body(spec, container, &image, instance, place, &maker.engine);
    let name = format!(
        "slipway-{instance}-{}",
        safe_name(&format!("{}/{}", spec.id, container.name))
    );
    // Nobody looks at the progress.
    let (progress, _) = mpsc::channel(1);
    let made = maker.create(&name, &image, body, &progress).await;
    made.map_err(|error| match error {
        SandboxError::CannotPull(text) => PodError::CannotPull(text),
        other => PodError::CannotCreate(other.to_string()),
    })
}

fn body(
    spec: &PodSpec,
    container: &PodContainer,
    image: &str,
    instance: &str,
    place: String,
    engine: &EngineInfo,
) -> ContainerCreateBody {
    let published = spec.network == PodNetwork::Published;
    let ports = container.ports.iter().filter(|_| published);
    let mut labels: HashMap<String, String> = container.labels.clone().into_iter().collect();
    labels.extend(ownership(instance));
    labels.insert(SANDBOX.to_owned(), spec.id.clone());
    let env = container.env.iter();
    let owns_name = !place.starts_with("container:") && spec.network != PodNetwork::Host;
    ContainerCreateBody {
        image: Some(image.to_owned()),
        entrypoint: container.entry_point.clone(),
        cmd: container.command.clone(),
        env: Some(env.map(|(name, value)| format!("{name}={value}")).collect()),
        user: container.user.clone(),
        working_dir: container.dir.clone(),
        hostname: container.hostname.clone().filter(|_| owns_name),
        labels: Some(labels),
        exposed_ports: Some(ports.clone().map(|port| port_name(*port)).collect()),
        host_config: Some(HostConfig {
            network_mode: Some(place),
            port_bindings: Some(ports.map(|port| binding(*port)).collect()),
            privileged: Some(container.privileged),
            readonly_rootfs: Some(container.read_only),
            log_config: Some(HostConfigLogConfig {
                typ: Some("none".to_owned()),
                config: None,
            }),
            ..limits(container, engine)
        }),
        ..Default::default()
    }
}

/// A bound at or above what the machine has is no bound.
fn limits(container: &PodContainer, engine: &EngineInfo) -> HostConfig {
    let bytes = |bytes: Option<u64>| {
        let bytes = bytes.filter(|&bytes| bytes < engine.memory_bytes);
        bytes.and_then(|bytes| i64::try_from(bytes).ok())
    };
    // The engine knows no smaller share.
    let shares = i64::from(container.cpu_units.max(2));
    HostConfig {
        memory: bytes(container.memory_bytes),
        memory_reservation: bytes(container.memory_reservation_bytes),
        cpu_shares: Some(shares),
        ..Default::default()
    }
}

fn port_name(port: PodPort) -> String {
    let protocol = if port.udp { "udp" } else { "tcp" };
    format!("{}/{protocol}", port.container)
}

fn binding(port: PodPort) -> (String, Option<Vec<PortBinding>>) {
    let binding = PortBinding {
        host_ip: Some(LOOPBACK.to_owned()),
        host_port: Some(port.host.to_string()),
    };
    (port_name(port), Some(vec![binding]))
}

async fn run(maker: &Maker, id: &str) -> Result<(), PodError> {
    let started = match maker.docker.start_container(id, None).await {
        Err(e) if no_such_network(&e) => {
            let restored = maker.restore_network().await;
            restored.map_err(|error| PodError::CannotStart(error.to_string()))?;
            maker.docker.start_container(id, None).await
        }
        started => started,
    };
    started.map_err(|e| PodError::CannotStart(message(&e)))
}

async fn inspect(docker: &Docker, id: &str) -> Result<ContainerInspectResponse, PodError> {
    let found = docker.inspect_container(id, None::<InspectContainerOptions>);
    found.await.map_err(|e| PodError::CannotStart(message(&e)))
}

fn address_of(found: &ContainerInspectResponse, network: &str) -> Option<IpAddr> {
    let networks = found.network_settings.as_ref()?.networks.as_ref()?;
    networks.get(network)?.ip_address.as_ref()?.parse().ok()
}

/// With the host's ports that the engine has chosen.
fn ports_of(
    found: &ContainerInspectResponse,
    container: &PodContainer,
    network: PodNetwork,
) -> Vec<PodPort> {
    let known = found
        .network_settings
        .as_ref()
        .and_then(|s| s.ports.as_ref());
    let host = |port: &PodPort| -> Option<u16> {
        if network != PodNetwork::Published {
            return Some(port.container);
        }
        let bindings = known?.get(&port_name(*port))?.as_ref()?;
        bindings
            .iter()
            .find_map(|b| b.host_port.as_ref()?.parse().ok())
    };
    let ports = container.ports.iter();
    ports
        .map(|port| PodPort {
            host: host(port).unwrap_or(port.host),
            ..*port
        })
        .collect()
}

/// Forwards what the container prints, from its first byte; a slow receiver slows the program down.
async fn attach(docker: &Docker, id: &str, output: Output) -> Result<(), PodError> {
    let options = AttachContainerOptionsBuilder::default()
        .stream(true)
        .stdout(true)
        .stderr(true)
        .build();
    let attached = docker.attach_container(id, Some(options)).await;
    let attached = attached.map_err(|e| PodError::CannotStart(message(&e)))?;
    let pieces: BoxStream<'static, Result<LogOutput, Error>> = attached.output;
    // Ends with the container, or when nobody reads any more.
    tokio::spawn(forward(pieces, output));
    Ok(())
}

async fn forward(mut pieces: BoxStream<'static, Result<LogOutput, Error>>, output: Output) {
    while let Some(Ok(piece)) = pieces.next().await {
        if output.send(piece.into_bytes()).await.is_err() {
            break;
        }
    }
    // A program whose output nobody reads would stand still.
    while let Some(Ok(_)) = pieces.next().await {}
}

#[async_trait]
impl Pod for DockerPod {
    fn parts(&self) -> &[PodPart] {
        &self.parts
    }

    fn address(&self) -> Option<IpAddr> {
        self.address
    }

    async fn wait(&self, at: usize) -> PodExit {
        let docker = self.docker.clone().with_timeout(WAITS_FOR);
        let id = &self.parts[at].runtime_id;
        let mut end = docker.wait_container(id, None::<WaitContainerOptions>);
        let code = match end.next().await {
            Some(Ok(end)) => i32::try_from(end.status_code).ok(),
            Some(Err(Error::DockerContainerWaitError { code, .. })) => i32::try_from(code).ok(),
            Some(Err(_)) | None => None,
        };
        PodExit {
            code,
            reason: self.reason(id, code).await,
        }
    }

    async fn stop(&self, at: usize, grace: Duration) {
        let docker = self.docker.clone().with_timeout(grace + STOPS_WITHIN);
        let seconds = i32::try_from(grace.as_secs()).unwrap_or(i32::MAX);
        let options = StopContainerOptionsBuilder::default().t(seconds).build();
        let id = &self.parts[at].runtime_id;
        match docker.stop_container(id, Some(options)).await {
            Err(e) if !matches!(status(&e), Some(304 | 404)) => {
                tracing::warn!(container = id, "cannot stop: {}", message(&e));
            }
            _ => {}
        }
    }

    async fn remove(&self) {
        let parts = self.parts.iter();
        join_all(parts.map(|part| stop::remove(&self.docker, &part.runtime_id))).await;
    }
}

impl DockerPod {
    /// What ECS says of a container that died for want of memory or was lost.
    async fn reason(&self, id: &str, code: Option<i32>) -> Option<String> {
        let found = self
            .docker
            .inspect_container(id, None::<InspectContainerOptions>)
            .await;
        match found {
            Ok(found) => {
                let killed = found.state.and_then(|state| state.oom_killed);
                let text = "OutOfMemoryError: Container killed due to memory usage";
                killed.unwrap_or(false).then(|| text.to_owned())
            }
            Err(_) if code.is_some() => None,
            Err(e) => Some(format!("DockerStateError: {}", message(&e))),
        }
    }
}
