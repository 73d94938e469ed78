//! The composition root: the one place where everything is built and joined.

use crate::aws::Time;
use crate::config::Config;
use crate::server::Service;
use crate::server::route::Directory;
use crate::{codebuild, codedeploy, codepipeline};
use slipway_runtime::MissingHandlers;
use std::sync::Arc;

/// Everything a call may reach.
#[derive(Debug)]
pub struct App {
    pub config: Config,
    pub directory: Directory,
}

/// Why the server cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("{0}")]
    Service(#[from] MissingHandlers),
}

impl App {
    /// Opens the store, builds companions, engines and services, and lets resume what was running.
    pub async fn start(config: Config) -> Result<Arc<Self>, StartError> {
        Self::build(config)
    }

    /// An application that keeps nothing, for tests of handlers.
    pub fn in_memory() -> Arc<Self> {
        Self::build(Config::in_memory()).expect("nothing is missing")
    }

    /// An application that answers `services` and keeps nothing, for tests of the front.
    pub fn serving(config: Config, services: Vec<Service>) -> Arc<Self> {
        let directory = Directory::new(services);
        Arc::new(Self { config, directory })
    }

    fn build(config: Config) -> Result<Arc<Self>, StartError> {
        let services = services(&config)?;
        Ok(Self::serving(config, services))
    }

    /// The server's clock.
    pub fn now(&self) -> Time {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        Time::from_millis(since.map_or(0, |since| since.as_millis() as i64))
    }

    /// Empties everything.
    pub async fn reset(&self) -> Result<(), StartError> {
        Ok(())
    }
}

/// The services that the settings name, each with what is built of it.
fn services(config: &Config) -> Result<Vec<Service>, MissingHandlers> {
    let all = [
        codepipeline::service()?,
        codebuild::service()?,
        codedeploy::service()?,
    ];
    Ok(all
        .into_iter()
        .filter(|service| config.services.includes(service.name))
        .collect())
}
