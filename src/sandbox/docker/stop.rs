//! The end of everything in a container.
//!
//! Invariant: when `stop` returns the container is dead or was never there.

use super::container::Container;
use super::create::ROOT;
use super::errors::{message, status};
use bollard::Docker;
use bollard::errors::Error;
use bollard::exec::{CreateExecOptions, StartExecOptions};
use bollard::query_parameters::{KillContainerOptions, RemoveContainerOptionsBuilder};
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout_at};

/// TERM to every process but the container's first; those two that keep it alive ignore it.
const ASK: [&str; 3] = ["/bin/sh", "-c", "kill -TERM -1"];

/// The first process, and the shell that keeps the container alive.
const OUR_OWN: usize = 2;

const BETWEEN_LOOKS: Duration = Duration::from_millis(50);

/// Five seconds of them.
const ATTEMPTS: usize = 100;

pub async fn stop(container: &Container, grace: Duration) {
    container.stopped.cancel();
    let deadline = Instant::now() + grace;
    let asked = !grace.is_zero() && ask(container).await.is_ok();
    if asked {
        wait_for_end(container, deadline).await;
    }
    kill(container).await;
    hear_out(container, deadline).await;
}

/// The last words of the dead are on their way to a reader that may be slow; it has until the deadline.
async fn hear_out(container: &Container, deadline: Instant) {
    container.commands.close();
    let _ = timeout_at(deadline, container.commands.wait()).await;
    container.silenced.cancel();
}

async fn ask(container: &Container) -> Result<(), bollard::errors::Error> {
    let options = CreateExecOptions {
        cmd: Some(ASK.to_vec()),
        user: Some(ROOT),
        ..Default::default()
    };
    let exec = container.docker.create_exec(&container.id, options).await?;
    let options = StartExecOptions {
        detach: true,
        ..Default::default()
    };
    container.docker.start_exec(&exec.id, Some(options)).await?;
    Ok(())
}

/// Until only our own processes are left, or the deadline, or until the engine cannot say.
async fn wait_for_end(container: &Container, deadline: Instant) {
    while Instant::now() < deadline {
        match container.docker.top_processes(&container.id, None).await {
            Ok(top) if top.processes.as_ref().is_some_and(|p| p.len() > OUR_OWN) => {}
            _ => return,
        }
        sleep(BETWEEN_LOOKS).await;
    }
}

async fn kill(container: &Container) {
    let killed = container
        .docker
        .kill_container(&container.id, None::<KillContainerOptions>)
        .await;
    match killed {
        Err(e) if !matches!(status(&e), Some(404 | 409)) => {
            tracing::warn!(container = container.id, "cannot kill: {}", message(&e));
        }
        _ => {}
    }
}

/// Removes a container, by id or name, dead or alive, with its volumes. Absent is well.
pub async fn remove(docker: &Docker, container: &str) {
    let options = RemoveContainerOptionsBuilder::default().force(true).v(true);
    let options = options.build();
    for _ in 0..ATTEMPTS {
        match docker
            .remove_container(container, Some(options.clone()))
            .await
        {
            Ok(()) => return,
            Err(e) if status(&e) == Some(404) => return,
            // It is being started, or somebody else is removing it.
            Err(e) => tracing::debug!(container, "cannot remove yet: {}", message(&e)),
        }
        sleep(BETWEEN_LOOKS).await;
    }
    tracing::warn!(container, "cannot remove this container");
}

/// Removes a network. Absent is well; the engine keeps the place of a container that has just gone for a moment longer.
pub async fn remove_network(docker: &Docker, network: &str) -> Result<(), Error> {
    let mut left = ATTEMPTS;
    loop {
        left -= 1;
        match docker.remove_network(network).await {
            Err(e) if status(&e) == Some(404) => return Ok(()),
            Err(e) if status(&e) == Some(403) && left > 0 => {
                tracing::debug!(network, "cannot remove yet: {}", message(&e));
            }
            removed => return removed,
        }
        sleep(BETWEEN_LOOKS).await;
    }
}
