//! Makes containers, and removes what an earlier server left.
//!
//! Invariant: every container and network made here carries the labels of its instance and its owner. Only what is this
//! instance's, or a dead process's, is ever removed.

use super::container::Container;
use super::engine::{self, EngineInfo};
use super::errors::{found_dead, message, status};
use super::network::{self, NetworkInfo};
use super::{create, image, owner, pods, stop, volumes};
use crate::sandbox::images::Images;
use crate::sandbox::limits::Limits;
use crate::sandbox::names::safe_name;
use crate::sandbox::pods::{Pod, PodError, PodSpec, Pods};
use crate::sandbox::{Kind, Output, RegistryLogin, Sandbox, SandboxError, SandboxSpec, Sandboxes};
use async_trait::async_trait;
use bollard::Docker;
use bollard::errors::Error;
use bollard::models::ContainerCreateBody;
use bollard::query_parameters::{
    CreateContainerOptionsBuilder, ListContainersOptionsBuilder, ListNetworksOptionsBuilder,
};
use futures::future::join_all;
use std::collections::HashMap;
use std::sync::Arc;
use tokio::sync::{Mutex, oneshot};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// The data folder's instance id.
pub const INSTANCE: &str = "slipway.instance";
/// The id in the sandbox's spec.
pub const SANDBOX: &str = "slipway.sandbox";

/// An image that is missing is pulled, a name that is taken is freed, a network that is gone is made again: each once.
const ATTEMPTS: usize = 4;

/// Who a container or network belongs to.
pub fn ownership(instance: &str) -> HashMap<String, String> {
    let instance = (INSTANCE.to_owned(), instance.to_owned());
    let owner = owner::this().map(|this| (owner::OWNER.to_owned(), this));
    [instance].into_iter().chain(owner).collect()
}

/// How containers are made.
#[derive(Clone, Debug, Default)]
pub struct DockerOptions {
    /// The data folder's instance id: `[A-Za-z0-9_.-]`, as it is part of the network's name.
    pub instance: String,
    pub images: Images,
    pub limits: Limits,
    /// The data folder goes with this process, and so do file systems.
    pub fleeting: bool,
    /// Where the engine answers; `None`: `DOCKER_HOST` or a usual socket.
    pub host: Option<String>,
}

/// Makes containers of one engine.
pub struct DockerSandboxes {
    maker: Arc<Maker>,
}

impl DockerSandboxes {
    /// Connects to the engine; the error says who was asked and what was said.
    pub async fn connect(options: DockerOptions) -> Result<DockerSandboxes, String> {
        let (docker, engine) = engine::connect(options.host.clone()).await?;
        let maker = Maker {
            docker,
            engine,
            options,
            network: Mutex::new(None),
            layers: volumes::Taken::default(),
        };
        Ok(DockerSandboxes {
            maker: Arc::new(maker),
        })
    }

    /// The engine that answered.
    pub fn engine(&self) -> &EngineInfo {
        &self.maker.engine
    }

    /// The builds' network, made when absent. A server that listens at its gateway is reached from builds.
    pub async fn network(&self) -> Result<NetworkInfo, SandboxError> {
        self.maker.network().await
    }
}

#[async_trait]
impl Sandboxes for DockerSandboxes {
    fn kind(&self) -> Kind {
        Kind::Docker
    }

    /// When given up, it is finished all the same, and what it made is removed: a call to the engine cannot be taken back.
    async fn prepare(
        &self,
        spec: &SandboxSpec,
        progress: Output,
    ) -> Result<Arc<dyn Sandbox>, SandboxError> {
        let (answer, made) = oneshot::channel();
        let (maker, spec) = (self.maker.clone(), spec.clone());
        tokio::spawn(async move {
            let made = maker.prepare(&spec, &progress).await;
            if let Err(Ok(unwanted)) = answer.send(made) {
                unwanted.remove().await;
            }
        });
        match made.await {
            Ok(made) => Ok(Arc::new(made?)),
            Err(_) => Err(SandboxError::Failed("preparing was interrupted".into())),
        }
    }

    async fn sweep(&self) -> Result<(), SandboxError> {
        let maker = &self.maker;
        maker.sweep().await.map_err(|e| failed(&e))?;
        volumes::sweep(&maker.docker, &maker.options.instance).await?;
        match maker.options.fleeting {
            true => self.empty().await,
            false => Ok(()),
        }
    }

    async fn empty(&self) -> Result<(), SandboxError> {
        volumes::empty(&self.maker.docker, &self.maker.options.instance).await
    }

    fn pods(&self) -> Option<Arc<dyn Pods>> {
        Some(Arc::new(DockerPods(self.maker.clone())))
    }
}

struct DockerPods(Arc<Maker>);

#[async_trait]
impl Pods for DockerPods {
    async fn start(&self, spec: PodSpec) -> Result<Arc<dyn Pod>, PodError> {
        let (answer, made) = oneshot::channel();
        let maker = self.0.clone();
        tokio::spawn(async move {
            let made = pods::start(&maker, spec).await;
            if let Err(Ok(unwanted)) = answer.send(made) {
                unwanted.remove().await;
            }
        });
        match made.await {
            Ok(made) => Ok(Arc::new(made?)),
            Err(_) => Err(PodError::CannotStart("starting was interrupted".into())),
        }
    }
}

pub(super) struct Maker {
    pub(super) docker: Docker,
    pub(super) engine: EngineInfo,
    pub(super) options: DockerOptions,
    network: Mutex<Option<NetworkInfo>>,
    layers: volumes::Taken,
}

impl Maker {
    pub(super) async fn network(&self) -> Result<NetworkInfo, SandboxError> {
        let mut known = self.network.lock().await;
        if let Some(known) = &*known {
            return Ok(known.clone());
        }
        let found = network::ensure(&self.docker, &self.options.instance, None).await?;
        Ok(known.insert(found).clone())
    }

    pub(super) async fn restore_network(&self) -> Result<(), SandboxError> {
        let mut known = self.network.lock().await;
        let found = network::ensure(&self.docker, &self.options.instance, known.as_ref()).await?;
        *known = Some(found);
        Ok(())
    }

    async fn prepare(
        &self,
        spec: &SandboxSpec,
        progress: &Output,
    ) -> Result<Container, SandboxError> {
        let (image, instance) = (
            self.options.images.resolve(&spec.image),
            &self.options.instance,
        );
        let network = self.network().await?.name;
        let layers = volumes::layers(&self.docker, instance, &self.layers, spec.layers.as_ref());
        let layers = layers.await?;
        let fleeting = self.options.fleeting;
        volumes::trees(&self.docker, instance, fleeting, &spec.file_systems).await?;
        let engine = &self.engine;
        let body = create::body(spec, &image, instance, &network, engine, layers.as_ref());
        let name = format!("slipway-{instance}-{}", safe_name(&spec.id));
        let login = spec.registry.as_ref();
        let id = self.create_as(&name, &image, login, body, progress).await?;
        let container = Container {
            layers: std::sync::Mutex::new(layers),
            ..self.container(id)
        };
        let begun = match self.start(&container.id).await {
            Ok(()) => volumes::link(&container, &spec.file_systems).await,
            refused => refused,
        };
        if begun.is_err() {
            stop::remove(&self.docker, &container.id).await;
        }
        begun.map(|()| container)
    }

    /// Gives the container's id.
    pub(super) async fn create(
        &self,
        name: &str,
        image: &str,
        body: ContainerCreateBody,
        progress: &Output,
    ) -> Result<String, SandboxError> {
        self.create_as(name, image, None, body, progress).await
    }

    /// The same; the registry of the image is asked as `login`.
    async fn create_as(
        &self,
        name: &str,
        image: &str,
        login: Option<&RegistryLogin>,
        body: ContainerCreateBody,
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
                    image::pull(&self.docker, image, login, progress).await?;
                }
                Err(e) => return Err(failed(&e)),
            }
        }
        Err(SandboxError::Failed(format!(
            "the engine keeps refusing to make the container {name}"
        )))
    }

    async fn start(&self, id: &str) -> Result<(), SandboxError> {
        match self.docker.start_container(id, None).await {
            Err(e) if no_such_network(&e) => {
                self.restore_network().await?;
                self.docker.start_container(id, None).await
            }
            started => started,
        }
        .map_err(|e| not_started(&e))
    }

    fn container(&self, id: String) -> Container {
        Container {
            docker: self.docker.clone(),
            id,
            limits: self.options.limits,
            stopped: CancellationToken::new(),
            silenced: CancellationToken::new(),
            commands: TaskTracker::new(),
            kept: true,
            layers: Default::default(),
        }
    }

    async fn sweep(&self) -> Result<(), Error> {
        let ours = HashMap::from([("label", vec![INSTANCE])]);
        let options = ListContainersOptionsBuilder::default()
            .all(true)
            .filters(&ours);
        let containers = self.docker.list_containers(Some(options.build())).await?;
        let left = containers.iter().filter(|c| self.is_left(&c.labels));
        let ids = left.filter_map(|container| container.id.as_deref());
        join_all(ids.map(|id| stop::remove(&self.docker, id))).await;

        let options = ListNetworksOptionsBuilder::default().filters(&ours).build();
        let networks = self.docker.list_networks(Some(options)).await?;
        let left = networks.into_iter().filter(|n| self.is_left(&n.labels));
        for id in left.filter_map(|network| network.id) {
            stop::remove_network(&self.docker, &id).await?;
        }
        *self.network.lock().await = None;
        Ok(())
    }

    /// Of an earlier server of this data folder, or of a killed one whose folder may never be opened again: an engine has
    /// addresses for a few dozen networks only.
    fn is_left(&self, labels: &Option<HashMap<String, String>>) -> bool {
        let label = |name| labels.as_ref()?.get(name).map(String::as_str);
        label(INSTANCE) == Some(self.options.instance.as_str())
            || label(owner::OWNER).is_some_and(owner::is_dead)
    }
}

fn failed(e: &Error) -> SandboxError {
    SandboxError::Failed(message(e))
}

fn no_such_image(e: &Error) -> bool {
    status(e) == Some(404) && message(e).starts_with("No such image")
}

pub(super) fn no_such_network(e: &Error) -> bool {
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
