//! The composition root: the one place where everything is built and joined.

use crate::aws::Time;
use crate::companions::{iam, sts};
use crate::config::{Config, Data};
use crate::engine::clock::{Clock, ClockTable};
use crate::server::Service;
use crate::server::route::Directory;
use crate::store::{Builder, Location, Store, StoreError};
use crate::{codebuild, codedeploy, codepipeline};
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
}

impl Tables {
    fn declare(builder: &mut Builder) -> Self {
        Self {
            clock: Clock::declare(builder),
            iam: iam::Tables::declare(builder),
            sts: sts::Tables::declare(builder),
        }
    }
}

impl App {
    /// Opens the store, builds companions, engines and services, and lets resume what was running.
    pub async fn start(config: Config) -> Result<Arc<Self>, StartError> {
        let (store, tables) = open(&config)?;
        let clock = Clock::open(&store, tables.clock.clone(), config.time_scale).await?;
        let services = services(&config)?;
        Ok(Self::join(config, services, store, tables, clock))
    }

    /// An application that keeps nothing, for tests of handlers.
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
        Arc::new(Self {
            directory: Directory::new(services),
            iam: iam::Iam::new(store.clone(), tables.iam),
            sts: sts::Sts::new(store.clone(), tables.sts),
            config,
            store,
            clock,
        })
    }

    /// The time that users see.
    pub fn now(&self) -> Time {
        self.clock.now()
    }

    /// Empties everything.
    pub async fn reset(&self) -> Result<(), StoreError> {
        self.store.reset().await
    }

    /// Call before the server ends: what is acknowledged is on disk, and the folder is free for another server.
    pub async fn close(&self) -> Result<(), StoreError> {
        self.clock.close().await?;
        self.store.close().await;
        Ok(())
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
