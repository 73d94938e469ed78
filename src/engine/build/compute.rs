//! What the names of environments and computes mean on this machine.

use super::event::Failure;
use super::plan::{BuildPlan, Environment};
use crate::sandbox::{FileSystem, Kind, Layers, RegistryLogin, SandboxSpec};
use camino::Utf8Path;

const GIB: u64 = 1 << 30;

/// The sandbox a plan asks for, or why there is none here.
pub fn sandbox(id: &str, environment: &Environment) -> Result<SandboxSpec, Failure> {
    check_kind(&environment.kind)?;
    let (memory, cpus) = size(&environment.kind, &environment.compute);
    Ok(SandboxSpec {
        id: id.to_owned(),
        image: environment.image.clone(),
        privileged: environment.privileged,
        memory_bytes: memory.map(|gib| gib * GIB),
        cpus,
        layers: layers(environment),
        ..SandboxSpec::default()
    })
}

/// Without privileged mode there is no Docker engine inside.
fn layers(environment: &Environment) -> Option<Layers> {
    let kept = environment.layers.as_ref();
    let kept = kept.filter(|_| environment.privileged)?;
    Some(Layers {
        owner: kept.owner.clone(),
        generation: kept.generation.clone(),
    })
}

/// The file systems of a build; the same one for all projects of the account in the region.
pub fn file_systems(plan: &BuildPlan) -> Result<Vec<FileSystem>, Failure> {
    let all = plan.environment.file_systems.iter();
    all.map(|of| {
        let refused = |why: &str| {
            Failure::client(format!(
                "cannot mount {} at {}: {why}",
                of.location, of.mount_point
            ))
        };
        let at = Utf8Path::new(&of.mount_point);
        if !at.is_absolute() || at.file_name().is_none() {
            return Err(refused("the mount point is no absolute path"));
        }
        let (host, dir) = of.location.split_once(':').unwrap_or((&of.location, "/"));
        if host.is_empty() || !dir.starts_with('/') {
            return Err(refused("the location has not the form host:/directory"));
        }
        let (account, region) = (&plan.scope.account, &plan.scope.region);
        Ok(FileSystem {
            id: format!("{account} {region} {host}"),
            dir: dir.into(),
            at: at.to_owned(),
        })
    })
    .collect()
}

/// The login that a secret of a registry holds: a JSON object with `username` and `password`.
pub fn registry_login(secret: &str) -> Option<RegistryLogin> {
    let object: serde_json::Value = serde_json::from_str(secret).ok()?;
    let text = |name: &str| object.get(name)?.as_str().map(str::to_owned);
    Some(RegistryLogin {
        username: text("username")?,
        password: text("password")?,
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
fn size(kind: &str, compute: &str) -> (Option<u64>, Option<u32>) {
    let has_gpu = kind == "LINUX_GPU_CONTAINER";
    let (memory, cpus) = match compute {
        "BUILD_GENERAL1_SMALL" if has_gpu => (16, 4),
        "BUILD_GENERAL1_LARGE" if has_gpu => (255, 32),
        "BUILD_GENERAL1_SMALL" => (4, 2),
        "BUILD_GENERAL1_MEDIUM" => (8, 4),
        "BUILD_GENERAL1_LARGE" => (16, 8),
        "BUILD_GENERAL1_XLARGE" => (72, 36),
        "BUILD_GENERAL1_2XLARGE" => (144, 72),
        _ => return (lambda(compute), None),
    };
    (Some(memory), Some(cpus))
}

// Differs from AWS: builds on Lambda computes run in containers as other builds do, as root.
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
            registry: None,
            file_systems: Vec::new(),
            reserved: false,
            certificate: None,
            layers: None,
        }
    }

    // Witness: behaviour contract 9.3.
    #[test]
    fn a_secret_of_a_registry_has_a_name_and_a_password() {
        let login = registry_login(r#"{"username":"u","password":"p","more":1}"#).unwrap();
        assert_eq!((&*login.username, &*login.password), ("u", "p"));
        assert!(!format!("{login:?}").contains("\"p\""));
        for text in [
            "",
            "u:p",
            "[]",
            r#"{"username":"u"}"#,
            r#"{"username":1,"password":"p"}"#,
        ] {
            assert_eq!(registry_login(text), None, "{text}");
        }
    }

    // Witness: behaviour contract 9.1, LOCAL_DOCKER_LAYER_CACHE needs privilegedMode.
    #[test]
    fn layers_are_kept_in_privileged_mode_only() {
        let kept = super::super::plan::KeptLayers {
            owner: "project".to_owned(),
            generation: "1".to_owned(),
        };
        for privileged in [true, false] {
            let wanted = Environment {
                privileged,
                layers: Some(kept.clone()),
                ..environment("LINUX_CONTAINER", "BUILD_GENERAL1_SMALL")
            };
            let spec = sandbox("id", &wanted).unwrap();
            assert_eq!(spec.layers.is_some(), privileged);
        }
    }

    // Witness: behaviour contract 9.4.
    #[test]
    fn computes_have_their_sizes() {
        let of = |kind: &str, compute: &str| {
            let spec = sandbox("id", &environment(kind, compute)).unwrap();
            (spec.memory_bytes.map(|bytes| bytes / GIB), spec.cpus)
        };
        let size = |compute: &str| of("LINUX_CONTAINER", compute);
        for (compute, gib, cpus) in [
            ("BUILD_GENERAL1_SMALL", 4, 2),
            ("BUILD_GENERAL1_MEDIUM", 8, 4),
            ("BUILD_GENERAL1_LARGE", 16, 8),
        ] {
            assert_eq!(of("ARM_CONTAINER", compute), (Some(gib), Some(cpus)));
            assert_eq!(size(compute), (Some(gib), Some(cpus)));
        }
        let gpu = |compute: &str| of("LINUX_GPU_CONTAINER", compute);
        assert_eq!(gpu("BUILD_GENERAL1_SMALL"), (Some(16), Some(4)));
        assert_eq!(gpu("BUILD_GENERAL1_LARGE"), (Some(255), Some(32)));
        assert_eq!(size("BUILD_GENERAL1_XLARGE"), (Some(72), Some(36)));
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
