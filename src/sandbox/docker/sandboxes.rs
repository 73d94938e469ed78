//! Makes containers, and removes what an earlier server left.
//!
//! Invariant: every container and network made here carries the instance's label; nothing without it is ever removed.

use super::container::Container;
use super::engine::{self, EngineInfo};
use super::errors::{found_dead, message, status};
use super::network::{self, NetworkInfo};
use super::{copy, create, image, stop};
use crate::sandbox::images::Images;
use crate::sandbox::limits::Limits;
use crate::sandbox::names::safe_name;
use crate::sandbox::{DIRECTORIES, Kind, Output, Sandbox, SandboxError, SandboxSpec, Sandboxes};
use async_trait::async_trait;
use bollard::Docker;
use bollard::errors::Error;
use bollard::models::ContainerCreateBody;
use bollard::query_parameters::{
    CreateContainerOptionsBuilder, ListContainersOptionsBuilder, ListNetworksOptionsBuilder,
};
use camino::Utf8Path;
use futures::future::join_all;
use std::collections::HashMap;
use std::sync::Arc;
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;

/// The data folder's instance id.
pub const INSTANCE: &str = "slipway.instance";
/// The id in the sandbox's spec.
pub const SANDBOX: &str = "slipway.sandbox";

/// An image that is missing is pulled, a name that is taken is freed, a network that is gone is made again: each once.
const ATTEMPTS: usize = 4;

/// How containers are made.
#[derive(Clone, Debug, Default)]
pub struct DockerOptions {
    /// The data folder's instance id: `[A-Za-z0-9_.-]`, as it is part of the network's name.
    pub instance: String,
    pub images: Images,
    pub limits: Limits,
}

/// Makes containers of one engine.
pub struct DockerSandboxes {
    docker: Docker,
    engine: EngineInfo,
    options: DockerOptions,
    network: Mutex<Option<NetworkInfo>>,
}

impl DockerSandboxes {
    /// Connects to the engine at `DOCKER_HOST` or a usual socket; the error says who was asked and what was said.
    pub async fn connect(options: DockerOptions) -> Result<DockerSandboxes, String> {
        let (docker, engine) = engine::connect().await?;
        Ok(DockerSandboxes {
            docker,
            engine,
            options,
            network: Mutex::new(None),
        })
    }

    /// The engine that answered.
    pub fn engine(&self) -> &EngineInfo {
        &self.engine
    }

    /// The builds' network, made when absent. A server that listens at its gateway is reached from builds.
    pub async fn network(&self) -> Result<NetworkInfo, SandboxError> {
        let mut known = self.network.lock().await;
        if let Some(known) = &*known {
            return Ok(known.clone());
        }
        let found = network::ensure(&self.docker, &self.options.instance, None).await?;
        Ok(known.insert(found).clone())
    }

    async fn restore_network(&self) -> Result<(), SandboxError> {
        let mut known = self.network.lock().await;
        let found = network::ensure(&self.docker, &self.options.instance, known.as_ref()).await?;
        *known = Some(found);
        Ok(())
    }

    async fn body(&self, spec: &SandboxSpec) -> Result<ContainerCreateBody, SandboxError> {
        let image = self.options.images.resolve(&spec.image);
        let network = self.network().await?.name;
        let instance = &self.options.instance;
        Ok(create::body(spec, &image, instance, &network, &self.engine))
    }

    async fn make(
        &self,
        name: &str,
        body: &ContainerCreateBody,
        progress: &Output,
    ) -> Result<Container, SandboxError> {
        let id = self.create(name, body, progress).await?;
        self.start(&id).await
    }

    async fn create(
        &self,
        name: &str,
        body: &ContainerCreateBody,
        progress: &Output,
    ) -> Result<String, SandboxError> {
        let options = CreateContainerOptionsBuilder::default().name(name).build();
        for _ in 0..ATTEMPTS {
            let made = self
                .docker
                .create_container(Some(options.clone()), body.clone());
            match made.await {
                Ok(made) => return Ok(made.id),
                Err(e) if status(&e) == Some(409) => stop::remove(&self.docker, name).await,
                Err(e) if no_such_image(&e) => {
                    let image = body.image.as_deref().unwrap_or_default();
                    image::pull(&self.docker, image, progress).await?;
                }
                Err(e) => return Err(failed(&e)),
            };
        }
        Err(SandboxError::Failed(format!(
            "the engine keeps refusing to make the container {name}"
        )))
    }

    /// With the first directories, which cannot be made from inside where there is nothing but a shell.
    async fn start(&self, id: &str) -> Result<Container, SandboxError> {
        let container = Container {
            docker: self.docker.clone(),
            id: id.to_owned(),
            limits: self.options.limits,
            stopped: CancellationToken::new(),
        };
        let directories = DIRECTORIES.map(Utf8Path::new);
        copy::make_directories(&container, &directories).await?;
        match self.docker.start_container(id, None).await {
            Err(e) if no_such_network(&e) => {
                self.restore_network().await?;
                self.docker.start_container(id, None).await
            }
            started => started,
        }
        .map_err(|e| not_started(&e))?;
        Ok(container)
    }
}

#[async_trait]
impl Sandboxes for DockerSandboxes {
    fn kind(&self) -> Kind {
        Kind::Docker
    }

    async fn prepare(
        &self,
        spec: &SandboxSpec,
        progress: Output,
    ) -> Result<Arc<dyn Sandbox>, SandboxError> {
        let name = format!("slipway-{}-{}", self.options.instance, safe_name(&spec.id));
        let body = self.body(spec).await?;
        let unfinished = Unfinished::new(&self.docker, &name);
        let made = self.make(&name, &body, &progress).await;
        unfinished.decided();
        match made {
            Ok(container) => Ok(Arc::new(container)),
            Err(e) => {
                stop::remove(&self.docker, &name).await;
                Err(e)
            }
        }
    }

    async fn sweep(&self) -> Result<(), SandboxError> {
        let ours = HashMap::from([(
            "label",
            vec![format!("{INSTANCE}={}", self.options.instance)],
        )]);
        let options = ListContainersOptionsBuilder::default()
            .all(true)
            .filters(&ours);
        let containers = self.docker.list_containers(Some(options.build())).await;
        let containers = containers.map_err(|e| failed(&e))?;
        let ids = containers.iter().filter_map(|found| found.id.as_deref());
        join_all(ids.map(|id| stop::remove(&self.docker, id))).await;

        let options = ListNetworksOptionsBuilder::default().filters(&ours).build();
        let networks = self.docker.list_networks(Some(options)).await;
        for id in networks
            .map_err(|e| failed(&e))?
            .into_iter()
            .filter_map(|n| n.id)
        {
            match self.docker.remove_network(&id).await {
                Err(e) if status(&e) != Some(404) => return Err(failed(&e)),
                _ => {}
            }
        }
        *self.network.lock().await = None;
        Ok(())
    }
}

/// Removes a half-made container when its making is given up.
struct Unfinished<'a> {
    docker: &'a Docker,
    name: &'a str,
    decided: bool,
}

impl<'a> Unfinished<'a> {
    fn new(docker: &'a Docker, name: &'a str) -> Unfinished<'a> {
        Unfinished {
            docker,
            name,
            decided: false,
        }
    }

    fn decided(mut self) {
        self.decided = true;
    }
}

impl Drop for Unfinished<'_> {
    fn drop(&mut self) {
        if !self.decided {
            let (docker, name) = (self.docker.clone(), self.name.to_owned());
            tokio::spawn(async move { stop::remove(&docker, &name).await });
        }
    }
}

fn failed(e: &Error) -> SandboxError {
    SandboxError::Failed(message(e))
}

fn no_such_image(e: &Error) -> bool {
    status(e) == Some(404) && message(e).starts_with("No such image")
}

fn no_such_network(e: &Error) -> bool {
    let text = message(e);
    text.contains("network") && text.contains("not found")
}

/// The engine answers 400 when the image has no shell to start.
fn not_started(e: &Error) -> SandboxError {
    match status(e) {
        Some(400 | 404) => found_dead(),
        _ => failed(e),
    }
}
