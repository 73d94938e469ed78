//! Which kind of sandbox a server uses: Docker when it answers, this machine otherwise.
//!
//! Invariant: a kind that was asked for by name is never replaced by another one.

use super::docker::{DockerOptions, DockerSandboxes};
use super::process::{HostOptions, HostSandboxes};
use super::{Kind, Sandboxes};
use std::sync::Arc;

/// What builds run in.
pub struct Chosen {
    pub sandboxes: Arc<dyn Sandboxes>,
    /// The same once more when builds run in containers: it knows the builds' network.
    pub docker: Option<Arc<DockerSandboxes>>,
    /// For people, at start and in each build's log: builds run where they were not expected to.
    pub warning: Option<String>,
}

/// `None` is `auto`. The error says why the kind that was asked for cannot be had.
pub async fn choose(
    wanted: Option<Kind>,
    docker: DockerOptions,
    host: HostOptions,
) -> Result<Chosen, String> {
    let engine = match wanted {
        Some(Kind::Host) => Err("not asked".to_owned()),
        _ => DockerSandboxes::connect(docker).await,
    };
    let (kind, warning) = decide(wanted, engine.as_ref().err().map(String::as_str))?;
    let docker = engine.ok().filter(|_| kind == Kind::Docker).map(Arc::new);
    let sandboxes: Arc<dyn Sandboxes> = match &docker {
        Some(docker) => docker.clone(),
        None => Arc::new(HostSandboxes::new(host)),
    };
    Ok(Chosen {
        sandboxes,
        docker,
        warning,
    })
}

/// The kind, and a warning. `no_engine` says why no Docker engine answers, if none does.
pub fn decide(
    wanted: Option<Kind>,
    no_engine: Option<&str>,
) -> Result<(Kind, Option<String>), String> {
    match (wanted, no_engine) {
        (Some(Kind::Host), _) => Ok((Kind::Host, None)),
        (_, None) => Ok((Kind::Docker, None)),
        (Some(Kind::Docker), Some(why)) => Err(format!(
            "{why}. Start Docker, set DOCKER_HOST, or choose --builds host"
        )),
        (None, Some(why)) => Ok((Kind::Host, Some(host_warning(why)))),
    }
}

fn host_warning(why: &str) -> String {
    format!(
        "Builds run as processes of this machine, not in containers: {why}. They are not confined, use the tools installed here, and \
         ignore the image. Start Docker, or choose --builds host to run without this warning"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    // Witness: product.md §2, `--builds auto|docker|host`.
    #[test]
    fn docker_is_used_when_it_answers_and_nothing_else_is_asked_for() {
        let silent = Some("no Docker engine at unix:///x: no answer");
        assert_eq!(decide(None, None), Ok((Kind::Docker, None)));
        assert_eq!(decide(Some(Kind::Docker), None), Ok((Kind::Docker, None)));
        assert_eq!(decide(Some(Kind::Host), None), Ok((Kind::Host, None)));
        assert_eq!(decide(Some(Kind::Host), silent), Ok((Kind::Host, None)));
        let refused = decide(Some(Kind::Docker), silent).unwrap_err();
        assert!(
            refused.starts_with("no Docker engine at unix:///x"),
            "{refused}"
        );
    }

    // Witness: product.md §2, "otherwise the host with a clear warning".
    #[test]
    fn falling_back_to_the_host_is_said_with_its_reason() {
        let (kind, warning) = decide(None, Some("no Docker engine at unix:///x")).unwrap();
        assert_eq!(kind, Kind::Host);
        assert!(warning.unwrap().contains("no Docker engine at unix:///x"));
    }
}
