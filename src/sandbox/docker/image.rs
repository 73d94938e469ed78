//! Pulling images.
//!
//! Invariant: when a pull fails, the error is the engine's own message.

use super::errors::message;
use crate::sandbox::{Output, SandboxError};
use bollard::Docker;
use bollard::errors::Error;
use bollard::models::CreateImageInfo;
use bollard::query_parameters::CreateImageOptionsBuilder;
use futures::StreamExt;
use std::time::Duration;

/// Until the registry has said what there is to load; the loading itself takes as long as it takes.
const REGISTRY_ANSWERS_WITHIN: Duration = Duration::from_secs(600);

/// Pulls `image`, a name with a tag or digest. Each line of progress ends with a newline; bytes of layers are not counted out.
pub async fn pull(docker: &Docker, image: &str, progress: &Output) -> Result<(), SandboxError> {
    let docker = docker.clone().with_timeout(REGISTRY_ANSWERS_WITHIN);
    let options = CreateImageOptionsBuilder::default()
        .from_image(image)
        .build();
    let mut steps = docker.create_image(Some(options), None, None);
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
