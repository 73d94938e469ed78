//! The composition root: the one place where everything is built and joined.

use crate::aws::Time;
use crate::codebuild::{self, CodeBuild};
use crate::codedeploy::{self, CodeDeploy};
use crate::codepipeline::{self, CodePipeline};
use crate::companions::embedded::Embedded;
use crate::companions::{Companions, cloudwatch, events, iam, logs, s3, sns, sts};
use crate::config::{Builds, Config, Data};
use crate::engine::build::Build;
use crate::engine::build::perform::{BuildOptions, BuildPerformer};
use crate::engine::clock::{Clock, ClockTable};
use crate::engine::deployment::perform::{AlarmIndex, DeploymentPerformer};
use crate::engine::deployment::{self, Deployment};
use crate::engine::driver::{Driver, DriverTables};
use crate::engine::pipeline::perform::{self, Watched};
use crate::engine::pipeline::{Pipelines, perform::Performer};
use crate::sandbox::choose::{Chosen, choose};
use crate::sandbox::docker::{DockerOptions, DockerSandboxes};
use crate::sandbox::images::Images;
use crate::sandbox::limits::Limits;
use crate::sandbox::process::{HostOptions, HostSandboxes};
use crate::sandbox::{Kind, SandboxError};
use crate::server::Service;
use crate::server::post::Poster;
use crate::server::route::Directory;
use crate::server::s3::Door;
use crate::store::{Builder, Location, Store, StoreError};
use crate::world::{self, Neighbours, PipelineNews, Services};
use futures::future::BoxFuture;
use slipway_runtime::MissingHandlers;
use std::sync::{Arc, OnceLock, Weak};
use std::time::Duration;

/// Everything a call may reach.
pub struct App {
    pub config: Config,
    pub directory: Directory,
    pub store: Store,
    pub clock: Clock,
    pub iam: iam::Iam,
    pub sts: sts::Sts,
    pub s3: s3::S3,
    /// S3 behind HTTP.
    pub s3_door: Door,
    pub logs: logs::Logs,
    pub events: events::Events,
    pub sns: sns::Sns,
    pub cloudwatch: cloudwatch::CloudWatch,
    pub companions: Arc<dyn Companions>,
    pub codebuild: CodeBuild,
    pub codedeploy: CodeDeploy,
    pub codepipeline: CodePipeline,
    pub world: Arc<Neighbours>,
    /// The engine that builds' containers run in, if they do.
    pub docker: Option<Arc<DockerSandboxes>>,
    /// What a person should know about where builds run.
    pub warning: Option<String>,
    builds: BuildPerformer,
}

/// Why the server cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("{0}")]
    Service(#[from] MissingHandlers),
    #[error("the objects cannot be kept: {0}")]
    Objects(#[from] std::io::Error),
    #[error("{0}")]
    Builds(String),
    #[error("what builds left behind cannot be removed: {0}")]
    Leftovers(#[from] SandboxError),
}

/// What is declared before the store is opened.
struct Tables {
    clock: ClockTable,
    iam: iam::Tables,
    sts: sts::Tables,
    s3: s3::Tables,
    logs: logs::Tables,
    events: events::Tables,
    sns: sns::Tables,
    cloudwatch: cloudwatch::Tables,
    codebuild: codebuild::store::Tables,
    codedeploy: codedeploy::store::Tables,
    codepipeline: codepipeline::store::Tables,
    builds: DriverTables<Build>,
    deployments: DriverTables<Deployment>,
    guarded: AlarmIndex,
    pipelines: DriverTables<Pipelines>,
    watched: Watched,
}

impl Tables {
    fn declare(builder: &mut Builder) -> Self {
        let (pipelines, watched) = perform::declare(builder);
        let (deployments, guarded) = deployment::perform::declare(builder);
        Self {
            clock: Clock::declare(builder),
            iam: iam::Tables::declare(builder),
            sts: sts::Tables::declare(builder),
            s3: s3::Tables::declare(builder),
            logs: logs::Tables::declare(builder),
            events: events::Tables::declare(builder),
            sns: sns::Tables::declare(builder),
            cloudwatch: cloudwatch::Tables::declare(builder),
            codebuild: codebuild::store::Tables::declare(builder),
            codedeploy: codedeploy::store::Tables::declare(builder),
            codepipeline: codepipeline::store::Tables::declare(builder),
            builds: Driver::<Build>::declare(builder),
            deployments,
            guarded,
            pipelines,
            watched,
        }
    }
}

impl App {
    /// Opens the store, builds companions, engines and services, and lets resume what was running.
    pub async fn start(config: Config) -> Result<Arc<Self>, StartError> {
        let app = Self::open(config).await?;
        app.resume().await;
        Ok(app)
    }

    /// Everything but `resume`: nothing runs yet. What a crashed server left behind is removed, under the folder's lock.
    pub async fn open(config: Config) -> Result<Arc<Self>, StartError> {
        let (store, tables) = open(&config)?;
        let chosen = choose(kind(config.builds), docker(&config, &store), host(&store)).await;
        let chosen = chosen.map_err(StartError::Builds)?;
        Self::furnish(config, store, tables, chosen, |companions| companions).await
    }

    /// The same with builds in sandboxes of the caller's choice, for tests.
    pub async fn open_in(
        config: Config,
        sandboxes: impl FnOnce(&Store) -> Chosen,
    ) -> Result<Arc<Self>, StartError> {
        Self::open_among(config, sandboxes, |companions| companions).await
    }

    /// The same with companions that `among` puts before this server's own, for tests.
    pub async fn open_among(
        config: Config,
        sandboxes: impl FnOnce(&Store) -> Chosen,
        among: impl FnOnce(Arc<dyn Companions>) -> Arc<dyn Companions>,
    ) -> Result<Arc<Self>, StartError> {
        let (store, tables) = open(&config)?;
        let chosen = sandboxes(&store);
        Self::furnish(config, store, tables, chosen, among).await
    }

    async fn furnish(
        config: Config,
        store: Store,
        tables: Tables,
        chosen: Chosen,
        among: impl FnOnce(Arc<dyn Companions>) -> Arc<dyn Companions>,
    ) -> Result<Arc<Self>, StartError> {
        let clock = Clock::open(&store, tables.clock.clone(), config.time_scale).await?;
        let services = services(&config)?;
        let app = Self::join(config, services, store, tables, clock, chosen, among)?;
        app.world.sweep().await?;
        app.s3.sweep().await?;
        Ok(app)
    }

    /// An application that keeps nothing, for tests of handlers; nothing runs by itself.
    pub fn in_memory() -> Arc<Self> {
        let config = Config::in_memory();
        let services =
            services(&config).expect("every operation has a handler or is named as not built");
        Self::serving(config, services)
    }

    /// An application that answers `services` and keeps nothing, for tests of the front.
    pub fn serving(config: Config, services: Vec<Service>) -> Arc<Self> {
        let (store, tables) = open(&config).expect("a temporary folder can be made");
        let chosen = Chosen {
            sandboxes: Arc::new(HostSandboxes::new(host(&store))),
            docker: None,
            warning: None,
        };
        let clock = Clock::system();
        let joined = Self::join(config, services, store, tables, clock, chosen, |of| of);
        joined.expect("a temporary folder can be written to")
    }

    fn join(
        config: Config,
        services: Vec<Service>,
        store: Store,
        tables: Tables,
        clock: Clock,
        chosen: Chosen,
        among: impl FnOnce(Arc<dyn Companions>) -> Arc<dyn Companions>,
    ) -> Result<Arc<Self>, StartError> {
        let s3 = s3::S3::open(store.clone(), tables.s3)?;
        let time = clock.clone();
        let now: Arc<dyn Fn() -> Time + Send + Sync> = Arc::new(move || time.now());
        let address = Arc::new(OnceLock::new());
        let outside = outside(&config, &clock, &now, &address);
        let sns = sns::Sns::new(store.clone(), tables.sns, outside);
        let publisher = Arc::new(sns.clone());
        let companions = Embedded {
            now: now.clone(),
            s3: s3.clone(),
            cloudwatch: cloudwatch::CloudWatch::new(
                store.clone(),
                tables.cloudwatch,
                publisher,
                now,
            ),
            sns,
            logs: logs::Logs::new(store.clone(), tables.logs),
            iam: iam::Iam::new(store.clone(), tables.iam),
            sts: sts::Sts::new(store.clone(), tables.sts),
        };
        let events = events::Events::new(tables.events);
        let reached = among(Arc::new(companions.clone()));
        let world = Neighbours::new(reached.clone(), chosen.sandboxes);
        // Set before anybody asks: nothing runs yet.
        let _ = address.set(Arc::downgrade(&world));
        let builds = BuildPerformer::new(world.clone(), clock.clone(), BuildOptions::default());
        let codebuild = CodeBuild {
            engine: Driver::new(
                tables.builds,
                store.clone(),
                clock.clone(),
                Arc::new(codebuild::service::Finished(tables.codebuild.clone())),
                Arc::new(builds.clone()),
            ),
            store: store.clone(),
            tables: tables.codebuild,
        };
        let codedeploy = CodeDeploy {
            engine: Driver::new(
                tables.deployments,
                store.clone(),
                clock.clone(),
                Arc::new(codedeploy::service::Kept {
                    tables: tables.codedeploy.clone(),
                    events: events.clone(),
                }),
                Arc::new(DeploymentPerformer::new(world.clone())),
            ),
            store: store.clone(),
            tables: tables.codedeploy,
        };
        let codepipeline = CodePipeline {
            engine: Driver::new(
                tables.pipelines,
                store.clone(),
                clock.clone(),
                Arc::new(codepipeline::service::Kept {
                    tables: tables.codepipeline.clone(),
                    events: events.clone(),
                }),
                Arc::new(Performer::new(world.clone())),
            ),
            store: store.clone(),
            tables: tables.codepipeline,
        };
        world.introduce(Services {
            codebuild: codebuild.clone(),
            codedeploy: codedeploy.clone(),
            codepipeline: codepipeline.clone(),
        });
        world.watches(tables.watched);
        world.guards(tables.guarded);
        let news = Arc::new(PipelineNews(world.clone()));
        companions.listen_objects(news.clone());
        companions.listen_alarms(news);
        Ok(Arc::new(Self {
            directory: Directory::new(services),
            s3_door: Door::new(s3, &S3_DOMAINS),
            s3: companions.s3.clone(),
            logs: companions.logs.clone(),
            events,
            sns: companions.sns.clone(),
            cloudwatch: companions.cloudwatch.clone(),
            iam: companions.iam.clone(),
            sts: companions.sts.clone(),
            companions: reached,
            docker: chosen.docker,
            warning: chosen.warning,
            config,
            store,
            clock,
            codebuild,
            codedeploy,
            codepipeline,
            world,
            builds,
        }))
    }

    /// This server's own URL, as programs on this machine reach it. No slash at the end.
    pub fn origin(&self) -> String {
        let address = self.world.address().unwrap_or(self.config.listen);
        format!("http://{}", world::reachable(address))
    }

    /// The time that users see.
    pub fn now(&self) -> Time {
        self.clock.now()
    }

    /// Empties everything.
    pub async fn reset(&self) -> Result<(), StoreError> {
        self.halt().await;
        let emptied = self.store.reset().await;
        if let Err(error) = self.s3.sweep().await {
            tracing::warn!(%error, "bodies of objects that are gone are left on disk until the next start");
        }
        self.resume().await;
        emptied
    }

    /// Call before the server ends: what runs is left to the next start, what is acknowledged is on disk, and the folder is
    /// free for another server.
    pub async fn close(&self) -> Result<(), StoreError> {
        self.halt().await;
        if self.config.data == Data::Memory
            && let Err(error) = self.world.sweep().await
        {
            tracing::warn!(%error, "what builds left behind cannot be removed");
        }
        self.clock.close().await?;
        self.store.close().await;
        Ok(())
    }

    /// Goes on with what the engines were doing.
    pub async fn resume(&self) {
        if let Err(error) = self.logs.resume(self.now()).await {
            tracing::warn!(%error, "old log lines cannot be removed now; the next start tries again");
        }
        self.sns.resume();
        self.cloudwatch.resume().await;
        self.codebuild.engine.resume().await;
        self.codedeploy.engine.resume().await;
        self.codepipeline.engine.resume().await;
        self.world.catch_up().await;
    }

    /// Ends what runs; the outboxes keep what is not finished.
    async fn halt(&self) {
        self.codepipeline.engine.halt().await;
        self.codedeploy.engine.halt().await;
        self.codebuild.engine.halt().await;
        self.builds.close().await;
        self.sns.halt().await;
    }
}

/// What SNS uses of the rest: links lead to where the server listens, or would.
fn outside(
    config: &Config,
    clock: &Clock,
    now: &Arc<dyn Fn() -> Time + Send + Sync>,
    world: &Arc<OnceLock<Weak<Neighbours>>>,
) -> sns::Outside {
    let (world, listen, clock) = (world.clone(), config.listen, clock.clone());
    sns::Outside {
        post: Arc::new(Poster),
        wait: Arc::new(move |span: Duration| -> BoxFuture<'static, ()> {
            let clock = clock.clone();
            Box::pin(async move { clock.sleep_until(clock.now() + span).await })
        }),
        now: now.clone(),
        address: Arc::new(move || {
            let world = world.get().and_then(Weak::upgrade);
            let address = world.and_then(|world| world.address()).unwrap_or(listen);
            match address.ip().is_unspecified() {
                true => format!("http://127.0.0.1:{}", address.port()),
                false => format!("http://{address}"),
            }
        }),
    }
}

/// Hosts below which a label names a bucket.
const S3_DOMAINS: [&str; 2] = ["s3.localhost", "localhost"];

fn kind(builds: Builds) -> Option<Kind> {
    match builds {
        Builds::Auto => None,
        Builds::Docker => Some(Kind::Docker),
        Builds::Host => Some(Kind::Host),
    }
}

fn docker(config: &Config, store: &Store) -> DockerOptions {
    DockerOptions {
        instance: store.instance().to_owned(),
        images: Images::new(config.images.clone()),
        limits: Limits::default(),
    }
}

fn host(store: &Store) -> HostOptions {
    HostOptions::new(store.folder().join("builds"))
}

fn open(config: &Config) -> Result<(Store, Tables), StoreError> {
    let mut builder = Builder::new();
    let tables = Tables::declare(&mut builder);
    let location = match &config.data {
        Data::Folder(folder) => Location::Folder(folder.clone()),
        Data::Memory => Location::Memory,
    };
    Ok((builder.open(location)?, tables))
}

/// The services that the settings name, each with what is built of it.
fn services(config: &Config) -> Result<Vec<Service>, MissingHandlers> {
    let all = [
        codepipeline::service()?,
        codebuild::service()?,
        codedeploy::service()?,
        iam::service()?,
        logs::service()?,
        sts::service()?,
        sns::service()?,
        cloudwatch::service()?,
    ];
    Ok(all
        .into_iter()
        .filter(|service| config.services.includes(service.name))
        .collect())
}
