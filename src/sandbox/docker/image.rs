//! Pulling images.
//!
//! Invariant: when a pull fails, the error is the engine's own message.

use super::errors::message;
use crate::sandbox::{Output, RegistryLogin, SandboxError};
use bollard::Docker;
use bollard::auth::DockerCredentials;
use bollard::errors::Error;
use bollard::models::CreateImageInfo;
use bollard::query_parameters::CreateImageOptionsBuilder;
use futures::StreamExt;
use std::time::Duration;

/// Until the registry has said what there is to load; the loading itself takes as long as it takes.
const REGISTRY_ANSWERS_WITHIN: Duration = Duration::from_secs(600);

/// The registry of images whose names have none.
const DOCKER_HUB: &str = "https://index.docker.io/v1/";

/// Pulls `image`, a name with a tag or digest, from a registry that is asked as `login`. Each line of progress ends with a newline; bytes of layers are not counted out.
pub async fn pull(
    docker: &Docker,
    image: &str,
    login: Option<&RegistryLogin>,
    progress: &Output,
) -> Result<(), SandboxError> {
    let docker = docker.clone().with_timeout(REGISTRY_ANSWERS_WITHIN);
    let options = CreateImageOptionsBuilder::default()
        .from_image(image)
        .build();
    let login = login.map(|login| credentials(image, login));
    let mut steps = docker.create_image(Some(options), None, login);
    let mut last = String::new();
    while let Some(step) = steps.next().await {
        let line = line(&step.map_err(|e| cannot_pull(&e))?);
        if line != last && !line.is_empty() {
            // Nobody may be interested in progress.
            let _ = progress.send(format!("{line}\n").into()).await;
            last = line;
        }
    }
    Ok(())
}

fn credentials(image: &str, login: &RegistryLogin) -> DockerCredentials {
    DockerCredentials {
        username: Some(login.username.clone()),
        password: Some(login.password.clone()),
        serveraddress: Some(registry(image).to_owned()),
        ..Default::default()
    }
}

/// The first part of a name is a registry when it can be no folder.
fn registry(image: &str) -> &str {
    match image.split_once('/') {
        Some((host, _)) if host == "localhost" || host.contains(['.', ':']) => host,
        _ => DOCKER_HUB,
    }
}

fn cannot_pull(e: &Error) -> SandboxError {
    SandboxError::CannotPull(message(e))
}

/// Steps that repeat many times a second for one layer say nothing new.
fn line(step: &CreateImageInfo) -> String {
    let status = step.status.as_deref().unwrap_or_default();
    match (&step.id, status) {
        (_, "Downloading" | "Extracting") => String::new(),
        (Some(layer), status) => format!("{layer}: {status}"),
        (None, status) => status.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(steps: &str) -> Vec<String> {
        let steps = steps
            .lines()
            .map(|step| serde_json::from_str(step).unwrap());
        steps.map(|step| line(&step)).collect()
    }

    // Witness: Docker's reference grammar.
    #[test]
    fn the_registry_is_in_the_name_of_the_image() {
        for (image, host) in [
            ("busybox", DOCKER_HUB),
            ("library/busybox:1", DOCKER_HUB),
            ("localhost/a", "localhost"),
            ("localhost:5000/a:1", "localhost:5000"),
            ("registry.example.com/a/b@sha256:0", "registry.example.com"),
        ] {
            assert_eq!(registry(image), host, "{image}");
        }
    }

    // Witness: Docker API, ImageCreate.
    #[test]
    fn progress_has_a_line_for_each_step_but_not_for_bytes() {
        let steps = r#"{"status":"Pulling from library/alpine","id":"3.21"}
{"status":"Pulling fs layer","progressDetail":{},"id":"f18232174bc9"}
{"status":"Downloading","progressDetail":{"current":1,"total":2},"progress":"[=> ]","id":"f18232174bc9"}
{"status":"Pull complete","progressDetail":{},"id":"f18232174bc9"}
{"status":"Status: Downloaded newer image for alpine:3.21"}"#;
        assert_eq!(
            lines(steps),
            [
                "3.21: Pulling from library/alpine",
                "f18232174bc9: Pulling fs layer",
                "",
                "f18232174bc9: Pull complete",
                "Status: Downloaded newer image for alpine:3.21",
            ]
        );
    }
}
