//! Which Docker engine answers, and what its machine has.
//!
//! Invariant: an engine that is returned has answered, and speaks the protocol version agreed on.

use bollard::{API_DEFAULT_VERSION, Docker};
use std::path::Path;
use std::time::Duration;

const DEFAULT_SOCKET: &str = "/var/run/docker.sock";

/// A local socket answers at once or not at all.
const ANSWERS_WITHIN: Duration = Duration::from_secs(5);

/// The engine's own limit for one answer; copies have theirs.
const ONE_CALL_SECONDS: u64 = 120;

/// An engine that answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EngineInfo {
    /// Where it answers: a socket path or a URL.
    pub host: String,
    pub version: String,
    pub memory_bytes: u64,
    pub cpus: u32,
}

/// Whether an engine answers at `DOCKER_HOST` or a usual socket; the error says who was asked and what was said.
pub async fn available() -> Result<EngineInfo, String> {
    Ok(connect(None).await?.1)
}

/// `at`: a socket or a URL that is used in place of those.
pub async fn connect(at: Option<String>) -> Result<(Docker, EngineInfo), String> {
    let host = at.unwrap_or_else(host);
    match tokio::time::timeout(ANSWERS_WITHIN, ask(&host)).await {
        Ok(Ok(found)) => Ok(found),
        Ok(Err(e)) => Err(format!("no Docker engine at {host}: {e}")),
        Err(_) => Err(format!(
            "no Docker engine at {host}: no answer within {} s",
            ANSWERS_WITHIN.as_secs()
        )),
    }
}

async fn ask(host: &str) -> Result<(Docker, EngineInfo), bollard::errors::Error> {
    let docker = open(host)?.negotiate_version().await?;
    let info = docker.info().await?;
    let found = EngineInfo {
        host: host.to_owned(),
        version: info.server_version.unwrap_or_default(),
        memory_bytes: info.mem_total.and_then(|n| n.try_into().ok()).unwrap_or(0),
        cpus: info.ncpu.and_then(|n| n.try_into().ok()).unwrap_or(0),
    };
    Ok((docker, found))
}

fn open(host: &str) -> Result<Docker, bollard::errors::Error> {
    match host.strip_prefix("unix://") {
        Some(path) => Docker::connect_with_unix(path, ONE_CALL_SECONDS, API_DEFAULT_VERSION),
        None => Docker::connect_with_host(host),
    }
}

/// `DOCKER_HOST` when set; otherwise the first socket that exists: the system's, a rootless engine's, a desktop's.
fn host() -> String {
    let var = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
    if let Some(host) = var("DOCKER_HOST") {
        return host;
    }
    let own = [
        ("XDG_RUNTIME_DIR", "docker.sock"),
        ("HOME", ".docker/run/docker.sock"),
    ];
    let path = [Some(DEFAULT_SOCKET.to_owned())]
        .into_iter()
        .chain(own.map(|(folder, socket)| Some(format!("{}/{socket}", var(folder)?))))
        .flatten()
        .find(|path| Path::new(path).exists());
    format!("unix://{}", path.as_deref().unwrap_or(DEFAULT_SOCKET))
}
