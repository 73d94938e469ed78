//! What a container is made of.
//!
//! Invariant: the image's ENTRYPOINT is kept, its CMD and USER are not; the container lives without doing anything unless its keeper
//! is told to (`keeper.rs`).

use super::engine::EngineInfo;
use super::sandboxes::{SANDBOX, ownership};
use super::volumes::{self, LAYERS_AT, Lease};
use crate::sandbox::{DIRECTORIES, SandboxSpec};
use bollard::models::{ContainerCreateBody, HostConfig, HostConfigLogConfig};

/// The keeper: a shell that waits for input, which seldom comes; nothing else is needed. It ignores TERM, which is for the build's own
/// processes.
const STAY: [&str; 3] = ["/bin/sh", "-c", "trap '' TERM; exec /bin/sh"];

/// The user of containers: root whatever the image says, by number since an image may have no names.
pub const ROOT: &str = "0";

pub fn body(
    spec: &SandboxSpec,
    image: &str,
    instance: &str,
    network: &str,
    engine: &EngineInfo,
    layers: Option<&Lease>,
) -> ContainerCreateBody {
    let mut labels = ownership(instance);
    labels.insert(SANDBOX.to_owned(), spec.id.clone());
    ContainerCreateBody {
        image: Some(image.to_owned()),
        cmd: Some(STAY.map(str::to_owned).into()),
        user: Some(ROOT.to_owned()),
        open_stdin: Some(true),
        volumes: Some(anonymous(spec.privileged && layers.is_none())),
        labels: Some(labels),
        host_config: Some(HostConfig {
            network_mode: Some(network.to_owned()),
            // A first process that reaps orphans and dies when told to.
            init: Some(true),
            privileged: Some(spec.privileged),
            mounts: Some(volumes::mounts(spec, instance, layers)),
            log_config: Some(HostConfigLogConfig {
                typ: Some("none".to_owned()),
                config: None,
            }),
            ..limits(spec, engine)
        }),
        ..Default::default()
    }
}

/// The first directories are volumes, since the engine makes those with the container: an upload would cost it another process.
/// A Docker engine inside gets a real file system for its layers; it cannot stack them on ours.
fn anonymous(for_layers: bool) -> Vec<String> {
    let engine_inside = for_layers.then_some(LAYERS_AT);
    DIRECTORIES
        .into_iter()
        .chain(engine_inside)
        .map(str::to_owned)
        .collect()
}

/// A bound at or above what the machine has is no bound. Witness: contract §9.4, "never refuse a build because the host is smaller".
fn limits(spec: &SandboxSpec, engine: &EngineInfo) -> HostConfig {
    let memory = spec
        .memory_bytes
        .filter(|&bytes| bytes < engine.memory_bytes);
    let memory = memory.and_then(|bytes| i64::try_from(bytes).ok());
    let cpus = spec.cpus.filter(|&cpus| cpus < engine.cpus);
    HostConfig {
        memory,
        // No swap beyond the memory.
        memory_swap: memory,
        nano_cpus: cpus.map(|cpus| i64::from(cpus) * 1_000_000_000),
        ..Default::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn engine() -> EngineInfo {
        EngineInfo {
            host: String::new(),
            version: String::new(),
            memory_bytes: 8 << 30,
            cpus: 4,
        }
    }

    fn config(memory: Option<u64>, cpus: Option<u32>) -> HostConfig {
        let spec = SandboxSpec {
            memory_bytes: memory,
            cpus,
            ..Default::default()
        };
        limits(&spec, &engine())
    }

    // Witness: contract §9.4, "set container memory/CPU limits to min(table, host)".
    #[test]
    fn limits_are_clipped_to_the_machine() {
        let small = config(Some(4 << 30), Some(2));
        assert_eq!(small.memory, Some(4 << 30));
        assert_eq!(small.memory_swap, Some(4 << 30));
        assert_eq!(small.nano_cpus, Some(2_000_000_000));
        assert_eq!(config(Some(144 << 30), Some(72)), HostConfig::default());
        assert_eq!(config(None, None), HostConfig::default());
    }

    // Witness: contract §9.2, privileged mode; §9.3, entrypoint kept. Not every machine that runs these tests can start one.
    #[test]
    fn a_container_is_privileged_when_asked_and_keeps_its_entrypoint() {
        for privileged in [false, true] {
            let spec = SandboxSpec {
                privileged,
                ..Default::default()
            };
            let body = body(&spec, "image", "instance", "network", &engine(), None);
            assert_eq!(body.entrypoint, None);
            assert_eq!(
                body.host_config.and_then(|c| c.privileged),
                Some(privileged)
            );
        }
    }
}
