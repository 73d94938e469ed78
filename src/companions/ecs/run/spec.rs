//! A task definition and what its task overrides, to a pod.
//!
//! Invariant: what cannot be had is an error that says so; nothing is left out silently.

use super::super::companion::Ecs;
use super::super::definition::memory_mib;
use super::super::rows::{Definition, Task, TaskKey};
use super::{log, secrets};
use crate::sandbox::pods::{PodContainer, PodNetwork, PodPort, PodSpec};
use ecs_api::model::{
    ContainerCondition, ContainerDefinition, ContainerOverride, KeyValuePair, NetworkMode,
    PortMapping, TransportProtocol,
};
use std::time::Duration;
use tokio::task::JoinHandle;

/// Between the request to stop and the kill. Witness: API reference, `stopTimeout`: 30 seconds when it is not given.
const GRACE: Duration = Duration::from_secs(30);

/// What is to be known of a pod's containers, in the pod's order.
pub struct Prepared {
    pub essential: Vec<bool>,
    pub graces: Vec<Duration>,
    /// Each ends when the container's output is in its log.
    pub logs: Vec<JoinHandle<()>>,
}

pub async fn prepare(
    ecs: &Ecs,
    key: &TaskKey,
    task: &Task,
    definition: &Definition,
) -> Result<(PodSpec, Prepared), String> {
    let network = network(definition);
    let ordered = ordered(definition, network)?;
    let mut prepared = Prepared {
        essential: Vec::new(),
        graces: Vec::new(),
        logs: Vec::new(),
    };
    let mut containers = Vec::new();
    for container in ordered {
        let over = overrides(task, container);
        let mut made = made(task, container, &over, network)?;
        made.labels = labels(key, task, container);
        made.env.extend(secrets::resolve(ecs, key, container)?);
        let logged = log::open(ecs, key, container).await?;
        if let Some((output, written)) = logged {
            made.output = Some(output);
            prepared.logs.push(written);
        }
        prepared.essential.push(container.essential != Some(false));
        let grace = container
            .stop_timeout
            .and_then(|seconds| u64::try_from(seconds).ok());
        prepared
            .graces
            .push(grace.map_or(GRACE, Duration::from_secs));
        containers.push(made);
    }
    let spec = PodSpec {
        id: format!("{}/{}", key.1, key.2),
        network,
        containers,
    };
    Ok((spec, prepared))
}

fn network(definition: &Definition) -> PodNetwork {
    match definition.shape.network_mode {
        Some(NetworkMode::Awsvpc) => PodNetwork::Shared,
        Some(NetworkMode::Host) => PodNetwork::Host,
        Some(NetworkMode::None) => PodNetwork::Nowhere,
        Some(NetworkMode::Bridge) | None => PodNetwork::Published,
    }
}

/// Those that others depend on first; where all share one address, an essential one holds it and starts before all.
///
/// Differs from AWS: `dependsOn` of ECS containers orders their start; nobody waits for `COMPLETE`, and `SUCCESS` and `HEALTHY` are refused.
fn ordered(
    definition: &Definition,
    network: PodNetwork,
) -> Result<Vec<&ContainerDefinition>, String> {
    let mut waiting: Vec<&ContainerDefinition> = definition
        .shape
        .container_definitions
        .iter()
        .flatten()
        .collect();
    let mut order: Vec<&ContainerDefinition> = Vec::new();
    let needs = |container: &ContainerDefinition| container.depends_on.clone().unwrap_or_default();
    for need in waiting.iter().flat_map(|container| needs(container)) {
        if matches!(
            need.condition,
            ContainerCondition::Success | ContainerCondition::Healthy
        ) {
            return Err(format!(
                "ResourceInitializationError: slipway does not wait for the condition {} of container {}",
                need.condition.as_str(),
                need.container_name
            ));
        }
    }
    while !waiting.is_empty() {
        let free = waiting.iter().position(|container| {
            let needs = needs(container);
            needs.iter().all(|need| {
                let mut left = waiting.iter();
                left.all(|other| other.name.as_ref() != Some(&need.container_name))
            })
        });
        // In a circle of dependencies somebody has to begin.
        order.push(waiting.remove(free.unwrap_or(0)));
    }
    if network == PodNetwork::Shared
        && let Some(at) = order.iter().position(|one| one.essential != Some(false))
    {
        order[..=at].rotate_right(1);
    }
    Ok(order)
}

fn overrides(task: &Task, container: &ContainerDefinition) -> ContainerOverride {
    let given = task
        .overrides
        .iter()
        .flat_map(|o| o.container_overrides.iter().flatten());
    let mut given = given.filter(|over| over.name == container.name);
    given.next().cloned().unwrap_or_default()
}

fn made(
    task: &Task,
    container: &ContainerDefinition,
    over: &ContainerOverride,
    network: PodNetwork,
) -> Result<PodContainer, String> {
    refuse(container)?;
    let mib = |given: Option<i32>| {
        given
            .and_then(|mib| u64::try_from(mib).ok())
            .map(|mib| mib << 20)
    };
    let of_task = task
        .memory
        .as_deref()
        .and_then(memory_mib)
        .map(|mib| u64::from(mib) << 20);
    let reserved = over.memory_reservation.or(container.memory_reservation);
    let cpu = over.cpu.or(container.cpu).unwrap_or(0);
    let ports = container.port_mappings.iter().flatten();
    Ok(PodContainer {
        name: container.name.clone().unwrap_or_default(),
        image: container.image.clone().unwrap_or_default(),
        entry_point: container
            .entry_point
            .clone()
            .filter(|words| !words.is_empty()),
        command: over
            .command
            .clone()
            .or(container.command.clone())
            .filter(|words| !words.is_empty()),
        env: environment(container, over),
        user: container.user.clone(),
        dir: container.working_directory.clone(),
        hostname: container.hostname.clone(),
        cpu_units: u32::try_from(cpu).unwrap_or(0),
        // The whole task's memory bounds each of its containers.
        memory_bytes: mib(over.memory.or(container.memory)).or(of_task),
        memory_reservation_bytes: mib(reserved),
        privileged: container.privileged.unwrap_or(false),
        read_only: container.readonly_root_filesystem.unwrap_or(false),
        labels: Default::default(),
        ports: ports.filter_map(|mapping| port(mapping, network)).collect(),
        output: None,
    })
}

/// Differs from AWS: ECS tasks have no volumes, environment files, FireLens or GPUs; tasks whose definition asks for them fail to start.
fn refuse(container: &ContainerDefinition) -> Result<(), String> {
    let any = |list: bool, what: &'static str| list.then_some(what);
    let asked = [
        any(
            container.mount_points.iter().flatten().next().is_some(),
            "volumes",
        ),
        any(
            container.volumes_from.iter().flatten().next().is_some(),
            "volumes",
        ),
        any(
            container
                .environment_files
                .iter()
                .flatten()
                .next()
                .is_some(),
            "environment files",
        ),
        any(container.firelens_configuration.is_some(), "FireLens"),
        any(
            container
                .resource_requirements
                .iter()
                .flatten()
                .next()
                .is_some(),
            "GPUs and accelerators",
        ),
    ];
    match asked.into_iter().flatten().next() {
        None => Ok(()),
        Some(what) => Err(format!(
            "ResourceInitializationError: slipway has no {what} for tasks"
        )),
    }
}

fn port(mapping: &PortMapping, network: PodNetwork) -> Option<PodPort> {
    let number = |port: Option<i32>| port.and_then(|port| u16::try_from(port).ok());
    let container = number(mapping.container_port)?;
    Some(PodPort {
        container,
        host: match network {
            PodNetwork::Published => number(mapping.host_port).unwrap_or(0),
            _ => container,
        },
        udp: mapping.protocol == Some(TransportProtocol::Udp),
    })
}

/// What is overridden comes last, once for each name.
fn environment(container: &ContainerDefinition, over: &ContainerOverride) -> Vec<(String, String)> {
    let pair =
        |pair: &KeyValuePair| Some((pair.name.clone()?, pair.value.clone().unwrap_or_default()));
    let own = container.environment.iter().flatten().filter_map(pair);
    let over: Vec<(String, String)> = over.environment.iter().flatten().filter_map(pair).collect();
    let mut all: Vec<(String, String)> = own
        .filter(|(name, _)| over.iter().all(|(other, _)| other != name))
        .collect();
    all.extend(over);
    all
}

/// As the ECS agent labels containers. Witness: Developer Guide, "Amazon ECS container agent".
fn labels(
    key: &TaskKey,
    task: &Task,
    container: &ContainerDefinition,
) -> std::collections::BTreeMap<String, String> {
    let (family, revision) = super::super::names::definition(&key.0, &task.definition)
        .map(|(family, revision)| (family, revision.unwrap_or_default()))
        .unwrap_or_default();
    let mut labels = container.docker_labels.clone().unwrap_or_default();
    let name = container.name.clone().unwrap_or_default();
    let own = [
        ("cluster", key.1.clone()),
        ("container-name", name),
        ("task-arn", super::super::names::task_arn(key)),
        ("task-definition-family", family),
        ("task-definition-version", revision.to_string()),
    ];
    labels.extend(own.map(|(name, value)| (format!("com.amazonaws.ecs.{name}"), value)));
    labels
}
