//! The composition root: the one place where everything is built and joined.

mod neighbours;
mod tables;

use crate::aws::Time;
use crate::codebuild::{self, CodeBuild};
use crate::codedeploy::agents::keys::Keys;
use crate::codedeploy::{self, CodeDeploy};
use crate::codepipeline::{self, CodePipeline};
use crate::companions::{
    Companions, cloudwatch, ec2, ecs, elbv2, events, iam, lambda, logs, s3, secretsmanager, sns,
    ssm, sts,
};
use crate::config::{Builds, Config, Data};
use crate::engine::batch::perform::BatchPerformer;
use crate::engine::build::perform::bystander::Bystander;
use crate::engine::build::perform::{BuildOptions, BuildPerformer};
use crate::engine::clock::Clock;
use crate::engine::deployment::perform::DeploymentPerformer;
use crate::engine::driver::{Driver, DriverTables};
use crate::engine::pipeline::Pipelines;
use crate::engine::pipeline::perform::Performer;
use crate::git::Git;
use crate::sandbox::choose::{Chosen, choose};
use crate::sandbox::docker::{DockerOptions, DockerSandboxes};
use crate::sandbox::images::Images;
use crate::sandbox::limits::Limits;
use crate::sandbox::process::{HostOptions, HostSandboxes};
use crate::sandbox::{Kind, SandboxError};
use crate::server::Service;
use crate::server::route::Directory;
use crate::server::s3::Door;
use crate::store::{Store, StoreError};
use crate::world::{self, Neighbours, PipelineNews, Services};
use slipway_runtime::MissingHandlers;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use tables::{Tables, open};

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
    pub secretsmanager: secretsmanager::SecretsManager,
    pub sns: sns::Sns,
    pub ssm: ssm::Ssm,
    pub cloudwatch: cloudwatch::CloudWatch,
    pub lambda: lambda::Lambda,
    pub ecs: ecs::Ecs,
    pub elbv2: elbv2::Elbv2,
    pub ec2: ec2::Ec2,
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
        app.lambda.clear().await?;
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
        let address = Arc::new(OnceLock::new());
        let companions = neighbours::companions(
            &config,
            &store,
            &clock,
            &address,
            tables.companions,
            &chosen,
        )?;
        let events = events::Events::new(tables.events);
        let reached = among(Arc::new(companions.clone()));
        let world = Neighbours::new(reached.clone(), chosen.sandboxes);
        // Set before anybody asks: nothing runs yet.
        let _ = address.set(Arc::downgrade(&world));
        let options = options(&config, &store);
        let (limits, git) = (options.limits, options.git.clone());
        let builds = BuildPerformer::new(world.clone(), clock.clone(), options);
        let finished = Arc::new(codebuild::service::Finished {
            tables: tables.codebuild.clone(),
            events: events.clone(),
        });
        let codebuild = CodeBuild {
            engine: Driver::new(
                tables.builds,
                store.clone(),
                clock.clone(),
                finished.clone(),
                Arc::new(builds.clone()),
            ),
            batches: Driver::new(
                tables.batches,
                store.clone(),
                clock.clone(),
                finished,
                Arc::new(BatchPerformer::new(world.clone(), limits)),
            ),
            store: store.clone(),
            tables: tables.codebuild,
            git,
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
                Arc::new(DeploymentPerformer::new(
                    world.clone(),
                    tables.guarded.looks.clone(),
                )),
            ),
            store: store.clone(),
            tables: tables.codedeploy,
            commands: tables.guarded.hosts.clone(),
            keys: Keys::new(store.folder(), names(&config)),
        };
        let kept = codepipeline::service::Kept {
            tables: tables.codepipeline,
            events: events.clone(),
        };
        let codepipeline = pipelines(tables.pipelines, kept, (&store, &clock), &world);
        world.introduce(Services {
            codebuild: codebuild.clone(),
            codedeploy: codedeploy.clone(),
            codepipeline: codepipeline.clone(),
        });
        world.watches(tables.watched);
        world.guards(tables.guarded);
        listen(&*reached, &world);
        Ok(Arc::new(Self {
            directory: Directory::new(services),
            s3_door: Door::new(companions.s3.clone(), &S3_DOMAINS),
            s3: companions.s3.clone(),
            logs: companions.logs.clone(),
            events,
            secretsmanager: companions.secretsmanager.clone(),
            sns: companions.sns.clone(),
            ssm: companions.ssm.clone(),
            cloudwatch: companions.cloudwatch.clone(),
            lambda: companions.lambda.clone(),
            ecs: companions.ecs.clone(),
            elbv2: companions.elbv2.clone(),
            ec2: companions.ec2.clone(),
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

    /// Somebody who is shown where commands of builds fail; the first one stays.
    pub fn attend_builds(&self, bystander: Arc<dyn Bystander>) {
        self.builds.attend(bystander);
    }

    /// A fleet has changed or gone: builds that wait for it look again.
    pub fn fleet_changed(&self) {
        self.builds.fleet_changed();
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
        if let Err(error) = self.world.empty().await {
            tracing::warn!(%error, "file systems of builds cannot be removed");
        }
        if let Err(error) = self.lambda.sweep() {
            tracing::warn!(%error, "code of functions that are gone is left on disk until the next start");
        }
        if let Err(error) = self.s3.sweep().await {
            tracing::warn!(%error, "bodies of objects that are gone are left on disk until the next start");
        }
        self.resume().await;
        emptied
    }

    /// Call before the server ends: what runs is left to the next start but its sandboxes, what is acknowledged is on disk, and
    /// the folder is free for another server.
    pub async fn close(&self) -> Result<(), StoreError> {
        self.halt().await;
        if let Err(error) = self.world.sweep().await {
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
        self.lambda.resume().await;
        self.elbv2.resume().await;
        self.ecs.resume().await;
        self.cloudwatch.resume().await;
        self.codebuild.engine.resume().await;
        self.codebuild.batches.resume().await;
        self.codedeploy.engine.resume().await;
        self.codepipeline.engine.resume().await;
        self.world.catch_up().await;
    }

    /// Ends what runs; the outboxes keep what is not finished.
    async fn halt(&self) {
        self.codepipeline.engine.halt().await;
        self.codebuild.batches.halt().await;
        self.codedeploy.engine.halt().await;
        self.codebuild.engine.halt().await;
        self.builds.close().await;
        self.lambda.halt().await;
        self.ecs.halt().await;
        self.elbv2.halt().await;
        self.sns.halt().await;
    }
}

/// CodePipeline on its engine.
fn pipelines(
    rows: DriverTables<Pipelines>,
    kept: codepipeline::service::Kept,
    (store, clock): (&Store, &Clock),
    world: &Arc<Neighbours>,
) -> CodePipeline {
    let tables = kept.tables.clone();
    let performer = Arc::new(Performer::new(world.clone()));
    CodePipeline {
        engine: Driver::new(
            rows,
            store.clone(),
            clock.clone(),
            Arc::new(kept),
            performer,
        ),
        store: store.clone(),
        tables,
    }
}

/// Pipelines and deployments hear of objects, alarms and services.
fn listen(companions: &dyn Companions, world: &Arc<Neighbours>) {
    let news = Arc::new(PipelineNews(world.clone()));
    companions.listen_objects(news.clone());
    companions.listen_alarms(news.clone());
    companions.containers().listen_services(news);
}

/// Names and addresses under which agents may call the server, beside those that every server has.
fn names(config: &Config) -> Vec<String> {
    let addresses = config.agent_listen.into_iter().map(|address| address.ip());
    let addresses = addresses.filter(|address| !address.is_unspecified() && !address.is_loopback());
    let addresses = addresses.map(|address| address.to_string());
    config.hosts.iter().cloned().chain(addresses).collect()
}

/// What builds are allowed, and where their repositories lead.
fn options(config: &Config, store: &Store) -> BuildOptions {
    BuildOptions {
        caches: Some(caches(config, store)),
        git: Git {
            rewrites: config.git_rewrites.clone(),
            ..Git::default()
        },
        ..BuildOptions::default()
    }
}

fn caches(config: &Config, store: &Store) -> PathBuf {
    let own = || store.folder().join("caches");
    config.caches.clone().unwrap_or_else(own).into()
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
        fleeting: matches!(config.data, Data::Memory),
        host: None,
    }
}

fn host(store: &Store) -> HostOptions {
    HostOptions::new(store.folder().join("builds"))
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
        secretsmanager::service()?,
        sns::service()?,
        ssm::service()?,
        cloudwatch::service()?,
        lambda::service()?,
        ecs::service()?,
        elbv2::service()?,
        ec2::service()?,
    ];
    Ok(all
        .into_iter()
        .filter(|service| config.services.includes(service.name))
        .collect())
}
