//! What the names of environments and computes mean on this machine.

use super::event::Failure;
use super::plan::Environment;
use crate::sandbox::{Kind, SandboxSpec};

const GIB: u64 = 1 << 30;

/// The sandbox a plan asks for, or why there is none here.
pub fn sandbox(id: &str, environment: &Environment) -> Result<SandboxSpec, Failure> {
    check_kind(&environment.kind)?;
    let (memory, cpus) = size(&environment.compute);
    Ok(SandboxSpec {
        id: id.to_owned(),
        image: environment.image.clone(),
        privileged: environment.privileged,
        memory_bytes: memory.map(|gib| gib * GIB),
        cpus,
    })
}

fn check_kind(kind: &str) -> Result<(), Failure> {
    if kind.starts_with("WINDOWS") || kind.starts_with("MAC") {
        return Err(Failure::client(format!(
            "environments of type {kind} cannot be run: slipway runs Linux environments"
        )));
    }
    Ok(())
}

/// GiB of memory and processors; unknown names have no bounds.
fn size(compute: &str) -> (Option<u64>, Option<u32>) {
    let (memory, cpus) = match compute {
        "BUILD_GENERAL1_SMALL" => (4, 2),
        "BUILD_GENERAL1_MEDIUM" => (8, 4),
        "BUILD_GENERAL1_LARGE" => (16, 8),
        "BUILD_GENERAL1_XLARGE" => (72, 36),
        "BUILD_GENERAL1_2XLARGE" => (144, 72),
        _ => return (lambda(compute), None),
    };
    (Some(memory), Some(cpus))
}

/// `BUILD_LAMBDA_4GB` and the like.
fn lambda(compute: &str) -> Option<u64> {
    let size = compute.strip_prefix("BUILD_LAMBDA_")?.strip_suffix("GB")?;
    size.parse().ok().filter(|gib| (1..=10).contains(gib))
}

/// The home directory, as a container would show it.
pub fn home(kind: Kind) -> &'static str {
    match kind {
        Kind::Docker => "/root",
        // A folder of the sandbox, so that builds do not touch the home of whoever runs the server.
        Kind::Host => "/codebuild/output/home",
    }
}

/// The container is gone before the build is.
pub const FOUND_DEAD: &str = "Build container found dead before completing the build. build container died because it was out of memory, or the Docker image is not supported. ErrorCode: 500";

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(kind: &str, compute: &str) -> Environment {
        Environment {
            kind: kind.to_owned(),
            compute: compute.to_owned(),
            image: "image".to_owned(),
            privileged: true,
            variables: Vec::new(),
        }
    }

    // Witness: behaviour contract 9.4.
    #[test]
    fn computes_have_their_sizes() {
        let size = |compute: &str| {
            let spec = sandbox("id", &environment("LINUX_CONTAINER", compute)).unwrap();
            (spec.memory_bytes.map(|bytes| bytes / GIB), spec.cpus)
        };
        assert_eq!(size("BUILD_GENERAL1_SMALL"), (Some(4), Some(2)));
        assert_eq!(size("BUILD_GENERAL1_2XLARGE"), (Some(144), Some(72)));
        assert_eq!(size("BUILD_LAMBDA_10GB"), (Some(10), None));
        assert_eq!(size("ATTRIBUTE_BASED_COMPUTE"), (None, None));
        assert_eq!(size("BUILD_LAMBDA_xGB"), (None, None));
    }

    // Witness: behaviour contract 9.4; the message is our reading.
    #[test]
    fn other_systems_than_linux_are_refused() {
        for kind in [
            "WINDOWS_CONTAINER",
            "WINDOWS_SERVER_2022_CONTAINER",
            "WINDOWS_EC2",
            "MAC_ARM",
        ] {
            let failure = sandbox("id", &environment(kind, "BUILD_GENERAL1_SMALL")).unwrap_err();
            assert!(failure.context.message.contains(kind));
        }
        for kind in [
            "LINUX_CONTAINER",
            "ARM_CONTAINER",
            "LINUX_LAMBDA_CONTAINER",
            "LINUX_EC2",
        ] {
            assert!(sandbox("id", &environment(kind, "BUILD_GENERAL1_SMALL")).is_ok());
        }
    }
}
