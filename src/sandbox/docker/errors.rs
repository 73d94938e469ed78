//! The engine's errors in the sandbox's words.
//!
//! Invariant: people read the engine's own message, without our library's decoration.

use crate::sandbox::SandboxError;
use bollard::errors::Error;

/// Contract §4.4, PROVISIONING or any phase: the container is gone, out of memory, or its image has no shell.
pub const FOUND_DEAD: &str = "Build container found dead before completing the build. build container died because it was out of \
    memory, or the Docker image is not supported. ErrorCode: 500";

pub fn found_dead() -> SandboxError {
    SandboxError::Died(FOUND_DEAD.to_owned())
}

pub fn message(e: &Error) -> String {
    match e {
        Error::DockerResponseServerError { message, .. } => message.trim_end().to_owned(),
        Error::DockerStreamError { error } => error.trim_end().to_owned(),
        other => other.to_string(),
    }
}

pub fn status(e: &Error) -> Option<u16> {
    match e {
        Error::DockerResponseServerError { status_code, .. } => Some(*status_code),
        _ => None,
    }
}

/// Of a call about one container: gone or not running is death (404, 409; when it died this very moment also 500), and so is an
/// engine that does not answer; the rest is a failure in the engine's words.
pub fn about_container(e: &Error) -> SandboxError {
    let text = message(e);
    match status(e) {
        Some(404 | 409) => found_dead(),
        Some(_) if text.contains("is not running") => found_dead(),
        Some(_) => SandboxError::Failed(text),
        None => SandboxError::Died(text),
    }
}

/// Of a call about a path in a container: 404 is either.
pub fn about_path(e: &Error, path: &str) -> SandboxError {
    match status(e) {
        Some(404) if !message(e).starts_with("No such container") => {
            SandboxError::NoSuchPath(path.to_owned())
        }
        _ => about_container(e),
    }
}
