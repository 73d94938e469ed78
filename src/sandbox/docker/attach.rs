//! A container that somebody else has made.
//!
//! Invariant: it is neither stopped nor removed here, as long as nobody calls what does that.

use super::container::Container;
use super::engine;
use super::errors::message;
use crate::sandbox::Sandbox;
use crate::sandbox::limits::Limits;
use bollard::query_parameters::InspectContainerOptions;
use std::sync::{Arc, Mutex};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// A running container, by name or id; the error says who was asked and what is wrong.
pub async fn attach(name: &str) -> Result<Arc<dyn Sandbox>, String> {
    let (docker, _) = engine::connect(None).await?;
    let found = docker
        .inspect_container(name, None::<InspectContainerOptions>)
        .await;
    let found = found.map_err(|error| message(&error))?;
    if found.state.and_then(|state| state.running) != Some(true) {
        return Err(format!("the container {name} does not run"));
    }
    let id = found
        .id
        .ok_or_else(|| format!("the container {name} has no id"))?;
    Ok(Arc::new(Container {
        docker,
        id,
        limits: Limits::default(),
        stopped: CancellationToken::new(),
        silenced: CancellationToken::new(),
        commands: TaskTracker::new(),
        kept: false,
        layers: Mutex::default(),
    }))
}
