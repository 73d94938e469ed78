//! The composition root: the one place where everything is built and joined.

use crate::aws::Time;
use crate::codebuild::{self, CodeBuild};
use crate::codedeploy;
use crate::codepipeline::{self, CodePipeline};
use crate::companions::{Companions, iam, sts};
use crate::config::{Config, Data};
use crate::engine::build::Build;
use crate::engine::clock::{Clock, ClockTable};
use crate::engine::driver::{Driver, DriverTables};
use crate::engine::pipeline::perform::{self, SourceIndex};
use crate::engine::pipeline::{Pipelines, perform::Performer};
use crate::server::Service;
use crate::server::route::Directory;
use crate::store::{Builder, Location, Store, StoreError};
use crate::world::{Neighbours, Services, SourceNews};
use slipway_runtime::MissingHandlers;
use std::sync::Arc;

/// Everything a call may reach.
pub struct App {
    pub config: Config,
    pub directory: Directory,
    pub store: Store,
    pub clock: Clock,
    pub iam: iam::Iam,
    pub sts: sts::Sts,
    pub companions: Arc<dyn Companions>,
    pub codebuild: CodeBuild,
    pub codepipeline: CodePipeline,
    pub world: Arc<Neighbours>,
}

/// Why the server cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("{0}")]
    Service(#[from] MissingHandlers),
}

/// What is declared before the store is opened.
struct Tables {
    clock: ClockTable,
    iam: iam::Tables,
    sts: sts::Tables,
    codebuild: codebuild::store::Tables,
    codepipeline: codepipeline::store::Tables,
    builds: DriverTables<Build>,
    pipelines: DriverTables<Pipelines>,
    sources: SourceIndex,
}

impl Tables {
    fn declare(builder: &mut Builder) -> Self {
        let (pipelines, sources) = perform::declare(builder);
        Self {
            clock: Clock::declare(builder),
            iam: iam::Tables::declare(builder),
            sts: sts::Tables::declare(builder),
            codebuild: codebuild::store::Tables::declare(builder),
            codepipeline: codepipeline::store::Tables::declare(builder),
            builds: Driver::<Build>::declare(builder),
            pipelines,
            sources,
        }
    }
}

impl App {
    /// Opens the store, builds companions, engines and services, and lets resume what was running.
    pub async fn start(config: Config) -> Result<Arc<Self>, StartError> {
        let (store, tables) = open(&config)?;
        let clock = Clock::open(&store, tables.clock.clone(), config.time_scale).await?;
        let services = services(&config)?;
        let app = Self::join(config, services, store, tables, clock);
        app.resume().await;
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
        Self::join(config, services, store, tables, Clock::system())
    }

    fn join(
        config: Config,
        services: Vec<Service>,
        store: Store,
        tables: Tables,
        clock: Clock,
    ) -> Arc<Self> {
        let companions = stand_in::companions();
        let world = Neighbours::new(companions.clone(), stand_in::sandboxes());
        let codebuild = CodeBuild {
            engine: Driver::new(
                tables.builds,
                store.clone(),
                clock.clone(),
                Arc::new(codebuild::service::Finished(tables.codebuild.clone())),
                Arc::new(stand_in::Builds),
            ),
            store: store.clone(),
            tables: tables.codebuild,
        };
        let codepipeline = CodePipeline {
            engine: Driver::new(
                tables.pipelines,
                store.clone(),
                clock.clone(),
                Arc::new(codepipeline::service::Kept(tables.codepipeline.clone())),
                Arc::new(Performer::new(world.clone())),
            ),
            store: store.clone(),
            tables: tables.codepipeline,
        };
        world.introduce(Services {
            codebuild: codebuild.clone(),
            codepipeline: codepipeline.clone(),
        });
        companions.listen_objects(SourceNews::new(&world, tables.sources));
        Arc::new(Self {
            directory: Directory::new(services),
            iam: iam::Iam::new(store.clone(), tables.iam),
            sts: sts::Sts::new(store.clone(), tables.sts),
            config,
            store,
            clock,
            companions,
            codebuild,
            codepipeline,
            world,
        })
    }

    /// The time that users see.
    pub fn now(&self) -> Time {
        self.clock.now()
    }

    /// Empties everything.
    pub async fn reset(&self) -> Result<(), StoreError> {
        self.halt().await;
        let emptied = self.store.reset().await;
        self.resume().await;
        emptied
    }

    /// Call before the server ends: what runs is left to the next start, what is acknowledged is on disk, and the folder is
    /// free for another server.
    pub async fn close(&self) -> Result<(), StoreError> {
        self.halt().await;
        self.clock.close().await?;
        self.store.close().await;
        Ok(())
    }

    /// Goes on with what the engines were doing.
    async fn resume(&self) {
        self.codebuild.engine.resume().await;
        self.codepipeline.engine.resume().await;
        self.world.catch_up().await;
    }

    /// Ends what runs; the outboxes keep what is not finished.
    async fn halt(&self) {
        self.codepipeline.engine.halt().await;
        self.codebuild.engine.halt().await;
    }
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
        sts::service()?,
    ];
    Ok(all
        .into_iter()
        .filter(|service| config.services.includes(service.name))
        .collect())
}

mod stand_in {
    use crate::aws::*;
    use crate::companions::*;
    use crate::engine::EffectId;
    use crate::engine::build::Build;
    use crate::engine::driver::{Mailbox, Perform};
    use crate::sandbox::*;
    use std::sync::Arc;
    pub struct Nothing;
    pub struct Builds;
    pub fn companions() -> Arc<dyn Companions> {
        Arc::new(Nothing)
    }
    pub fn sandboxes() -> Arc<dyn Sandboxes> {
        Arc::new(Nothing)
    }
    #[async_trait::async_trait]
    impl Perform<Build> for Builds {
        async fn perform(
            &self,
            _: &<Build as crate::engine::Machine>::Key,
            _: EffectId,
            _: <Build as crate::engine::Machine>::Effect,
            _: &Mailbox<Build>,
        ) -> Option<<Build as crate::engine::Machine>::Event> {
            std::future::pending().await
        }
    }
    #[async_trait::async_trait]
    impl Sandboxes for Nothing {
        fn kind(&self) -> Kind {
            Kind::Host
        }
        async fn prepare(
            &self,
            _: &SandboxSpec,
            _: Output,
        ) -> Result<Arc<dyn Sandbox>, SandboxError> {
            Err(SandboxError::Failed("none".into()))
        }
        async fn sweep(&self) -> Result<(), SandboxError> {
            Ok(())
        }
    }
    #[async_trait::async_trait]
    impl Companions for Nothing {
        async fn bucket(&self, n: &str) -> Result<BucketInfo, ObjectError> {
            Err(ObjectError::NoSuchBucket(n.into()))
        }
        async fn stat_object(&self, _: &Scope, _: &ObjectRef) -> Result<ObjectInfo, ObjectError> {
            Err(ObjectError::Failed("x".into()))
        }
        async fn read_object(
            &self,
            _: &Scope,
            _: &ObjectRef,
        ) -> Result<(ObjectInfo, ByteStream), ObjectError> {
            Err(ObjectError::Failed("x".into()))
        }
        async fn write_object(
            &self,
            _: &Scope,
            _: &ObjectRef,
            _: ObjectMeta,
            _: ByteStream,
        ) -> Result<ObjectInfo, ObjectError> {
            Err(ObjectError::Failed("x".into()))
        }
        async fn list_objects(
            &self,
            _: &Scope,
            _: &str,
            _: &str,
            _: Option<&str>,
            _: usize,
        ) -> Result<Vec<ObjectInfo>, ObjectError> {
            Err(ObjectError::Failed("x".into()))
        }
        fn listen_objects(&self, _: Arc<dyn ObjectListener>) {}
        async fn open_log_stream(&self, _: &Scope, _: &str, _: &str) -> Result<(), ObjectError> {
            Ok(())
        }
        async fn append_log(
            &self,
            _: &Scope,
            _: &str,
            _: &str,
            _: Vec<LogLine>,
        ) -> Result<(), ObjectError> {
            Ok(())
        }
        async fn check_role(&self, _: &str, _: &str) -> Result<(), RoleError> {
            Ok(())
        }
        async fn assume_role(
            &self,
            r: &str,
            _: &str,
            _: &str,
        ) -> Result<SessionCredentials, RoleError> {
            Err(RoleError::NoSuchRole(r.into()))
        }
    }
}
