//! Task definitions: what may be registered, the defaults that are shown, and how one is found.
//!
//! Invariant: what is kept has passed every check here; a revision never changes but for its status and tags.
//!
//! Witness: the real service's texts as clients print them; otherwise "our reading".

use super::errors;
use super::names;
use super::rows::{Definition, DefinitionKey, Tables};
use crate::aws::Scope;
use crate::store::Txn;
use ecs_api::error::ClientException;
use ecs_api::input::RegisterTaskDefinitionInput;
use ecs_api::model::{
    Compatibility, ContainerDefinition, NetworkMode, PortMapping, TaskDefinition,
    TaskDefinitionStatus, TransportProtocol,
};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Processor units of Fargate, and the least and the most memory in MiB for each.
const FARGATE: [(u32, u32, u32); 7] = [
    (256, 512, 2048),
    (512, 1024, 4096),
    (1024, 2048, 8192),
    (2048, 4096, 16384),
    (4096, 8192, 30720),
    (8192, 16384, 61440),
    (16384, 32768, 122_880),
];

/// What the input becomes, without ARN, revision and who and when.
pub fn check(input: &RegisterTaskDefinitionInput) -> Result<TaskDefinition, ClientException> {
    if !names::is_name(&input.family) {
        return Err(errors::client("Family contains invalid characters."));
    }
    if input.container_definitions.is_empty() {
        return Err(errors::client("Container list cannot be empty."));
    }
    let mut seen = BTreeSet::new();
    for container in &input.container_definitions {
        check_container(input, container)?;
        if !seen.insert(container.name.clone()) {
            return Err(errors::client(
                "Container names must be unique within a task definition.",
            ));
        }
    }
    let mut containers = input.container_definitions.iter();
    if !containers.any(|container| container.essential != Some(false)) {
        return Err(errors::client(
            "A task definition must have at least one essential container.",
        ));
    }
    check_fargate(input)?;
    Ok(shape(input))
}

fn check_container(
    input: &RegisterTaskDefinitionInput,
    container: &ContainerDefinition,
) -> Result<(), ClientException> {
    let name = container.name.as_deref().unwrap_or_default();
    if name.is_empty() {
        return Err(errors::client(
            "Container.name should not be null or empty.",
        ));
    }
    if !names::is_name(name) {
        return Err(errors::client(format!(
            "Invalid container name '{name}': letters, numbers, underscores and hyphens are allowed."
        )));
    }
    if container.image.as_deref().unwrap_or_default().is_empty() {
        return Err(errors::client(
            "Container.image should not be null or empty.",
        ));
    }
    let bounded = container.memory.or(container.memory_reservation).is_some();
    if !bounded && input.memory.is_none() {
        return Err(errors::client(format!(
            "Invalid setting for container '{name}'. At least one of 'memory' or 'memoryReservation' must be specified."
        )));
    }
    if container.memory.is_some_and(|memory| memory < 6) {
        return Err(errors::client(format!(
            "Invalid setting for container '{name}'. 'memory' must be at least 6 MiB."
        )));
    }
    let mut ports = container.port_mappings.iter().flatten();
    ports.try_for_each(|port| check_port(input, port))
}

fn check_port(
    input: &RegisterTaskDefinitionInput,
    mapping: &PortMapping,
) -> Result<(), ClientException> {
    let valid = |port: Option<i32>| port.is_none_or(|port| (0..=65535).contains(&port));
    if mapping.container_port_range.is_some() {
        return Err(errors::client("slipway does not offer ranges of ports."));
    }
    if !valid(mapping.container_port) || !valid(mapping.host_port) {
        return Err(errors::client("Ports must be between 0 and 65535."));
    }
    let own = matches!(
        input.network_mode,
        Some(NetworkMode::Awsvpc | NetworkMode::Host)
    );
    let differs = mapping.host_port.is_some_and(|host| host != 0)
        && mapping.host_port != mapping.container_port;
    if own && differs {
        let mode = input.network_mode.map_or("", |mode| mode.as_str());
        return Err(errors::client(format!(
            "When networkMode={mode}, the host ports and container ports in port mappings must match."
        )));
    }
    Ok(())
}

fn check_fargate(input: &RegisterTaskDefinitionInput) -> Result<(), ClientException> {
    let mut wanted = input.requires_compatibilities.iter().flatten();
    if !wanted.any(|one| *one == Compatibility::Fargate) {
        return Ok(());
    }
    if input.network_mode != Some(NetworkMode::Awsvpc) {
        return Err(errors::client(
            "Fargate only supports network mode ‘awsvpc’.",
        ));
    }
    let absent = |what: &str| {
        errors::client(format!(
            "Fargate requires that '{what}' be defined at the task level."
        ))
    };
    let cpu = input.cpu.as_deref().ok_or_else(|| absent("cpu"))?;
    let memory = input.memory.as_deref().ok_or_else(|| absent("memory"))?;
    let known = FARGATE.iter().any(|(units, least, most)| {
        let memory = memory_mib(memory);
        cpu_units(cpu) == Some(*units)
            && memory.is_some_and(|memory| (*least..=*most).contains(&memory))
    });
    match known {
        true => Ok(()),
        false => Err(errors::client(
            "No Fargate configuration exists for given values.",
        )),
    }
}

/// `1024`, `1 vCPU`.
pub fn cpu_units(text: &str) -> Option<u32> {
    let lower = text.trim().to_ascii_lowercase();
    match lower.strip_suffix("vcpu") {
        None => lower.parse().ok(),
        Some(number) => {
            let number: f64 = number.trim().parse().ok()?;
            let units = number * 1024.0;
            (0.0..=1_000_000.0).contains(&units).then_some(units as u32)
        }
    }
}

/// `2048`, `2 GB`.
pub fn memory_mib(text: &str) -> Option<u32> {
    let lower = text.trim().to_ascii_lowercase();
    match lower.strip_suffix("gb") {
        None => lower.parse().ok(),
        Some(number) => {
            let number: f64 = number.trim().parse().ok()?;
            let mib = number * 1024.0;
            (0.0..=100_000_000.0).contains(&mib).then_some(mib as u32)
        }
    }
}

fn shape(input: &RegisterTaskDefinitionInput) -> TaskDefinition {
    let number = |text: &Option<String>, read: fn(&str) -> Option<u32>| {
        let text = text.as_ref()?;
        Some(read(text).map_or_else(|| text.clone(), |number| number.to_string()))
    };
    let containers = input.container_definitions.iter();
    let containers = containers.map(|container| with_defaults(container, input.network_mode));
    let fargate = input.network_mode == Some(NetworkMode::Awsvpc)
        && input.cpu.is_some()
        && input.memory.is_some();
    let compatibilities = [
        Some(Compatibility::Ec2),
        fargate.then_some(Compatibility::Fargate),
    ];
    TaskDefinition {
        family: Some(input.family.clone()),
        task_role_arn: input.task_role_arn.clone(),
        execution_role_arn: input.execution_role_arn.clone(),
        network_mode: input.network_mode,
        container_definitions: Some(containers.collect()),
        volumes: Some(input.volumes.clone().unwrap_or_default()),
        status: Some(TaskDefinitionStatus::Active),
        placement_constraints: Some(input.placement_constraints.clone().unwrap_or_default()),
        compatibilities: Some(compatibilities.into_iter().flatten().collect()),
        runtime_platform: input.runtime_platform.clone(),
        requires_compatibilities: input.requires_compatibilities.clone(),
        cpu: number(&input.cpu, cpu_units),
        memory: number(&input.memory, memory_mib),
        inference_accelerators: input.inference_accelerators.clone(),
        pid_mode: input.pid_mode,
        ipc_mode: input.ipc_mode,
        proxy_configuration: input.proxy_configuration.clone(),
        ephemeral_storage: input.ephemeral_storage.clone(),
        enable_fault_injection: input.enable_fault_injection,
        trusted_execution_configuration: input.trusted_execution_configuration.clone(),
        ..TaskDefinition::default()
    }
}

fn with_defaults(
    container: &ContainerDefinition,
    mode: Option<NetworkMode>,
) -> ContainerDefinition {
    let own = matches!(mode, Some(NetworkMode::Awsvpc | NetworkMode::Host));
    let ports = container.port_mappings.iter().flatten();
    let ports = ports.map(|port| PortMapping {
        host_port: match own {
            true => port.container_port,
            false => Some(port.host_port.unwrap_or(0)),
        },
        protocol: Some(port.protocol.unwrap_or(TransportProtocol::Tcp)),
        ..port.clone()
    });
    ContainerDefinition {
        cpu: Some(container.cpu.unwrap_or(0)),
        port_mappings: Some(ports.collect()),
        essential: Some(container.essential.unwrap_or(true)),
        environment: Some(container.environment.clone().unwrap_or_default()),
        mount_points: Some(container.mount_points.clone().unwrap_or_default()),
        volumes_from: Some(container.volumes_from.clone().unwrap_or_default()),
        system_controls: Some(container.system_controls.clone().unwrap_or_default()),
        ..container.clone()
    }
}

/// The key of the definition that a text means; without a revision the newest active one.
pub fn find(tables: &Tables, scope: &Scope, asked: &str) -> Option<DefinitionKey> {
    let (family, revision) = names::definition(scope, asked)?;
    let newest = || {
        let family = tables.families.get(&(scope.clone(), family.clone()))?;
        family.active.last().copied()
    };
    let revision = revision.or_else(newest)?;
    let key = (scope.clone(), family, revision);
    tables.definitions.contains(&key).then_some(key)
}

/// The active definition that is to be run.
pub fn runnable(
    tables: &Tables,
    scope: &Scope,
    asked: &str,
) -> Result<(DefinitionKey, Arc<Definition>), ClientException> {
    let key = find(tables, scope, asked).ok_or_else(errors::no_definition)?;
    let row = tables.definitions.get(&key);
    let row = row.ok_or_else(errors::no_definition)?;
    match row.shape.status {
        Some(TaskDefinitionStatus::Active) => Ok((key, row)),
        _ => Err(errors::inactive_definition()),
    }
}

/// The row behind an ARN that is kept in a row.
pub fn row(tables: &Tables, tx: &Txn, scope: &Scope, arn: &str) -> Option<Arc<Definition>> {
    let (family, revision) = names::definition(scope, arn)?;
    tx.get(&tables.definitions, &(scope.clone(), family, revision?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input(change: impl FnOnce(&mut RegisterTaskDefinitionInput)) -> RegisterTaskDefinitionInput {
        let container = ContainerDefinition {
            name: Some("web".to_owned()),
            image: Some("web:1".to_owned()),
            memory: Some(64),
            ..ContainerDefinition::default()
        };
        let mut input = RegisterTaskDefinitionInput::new("f", vec![container]);
        change(&mut input);
        input
    }

    fn said(change: impl FnOnce(&mut RegisterTaskDefinitionInput)) -> String {
        match check(&input(change)) {
            Ok(_) => String::new(),
            Err(error) => error.message,
        }
    }

    // Witness: the real service's texts.
    #[test]
    fn what_cannot_run_is_refused() {
        assert_eq!(said(|_| {}), "");
        assert!(said(|i| i.family = "a b".to_owned()).starts_with("Family"));
        assert!(said(|i| i.container_definitions.clear()).starts_with("Container list"));
        let memory = said(|i| i.container_definitions[0].memory = None);
        assert!(
            memory.contains("At least one of 'memory' or 'memoryReservation'"),
            "{memory}"
        );
        assert!(said(|i| i.container_definitions[0].image = None).starts_with("Container.image"));
        assert!(said(|i| i.container_definitions[0].essential = Some(false)).contains("essential"));
        let twice = said(|i| {
            i.container_definitions
                .extend(i.container_definitions.clone())
        });
        assert!(twice.contains("unique"), "{twice}");
        let fargate = |cpu: &str, memory: &str| {
            said(|i| {
                i.requires_compatibilities = Some(vec![Compatibility::Fargate]);
                i.network_mode = Some(NetworkMode::Awsvpc);
                i.cpu = Some(cpu.to_owned());
                i.memory = Some(memory.to_owned());
            })
        };
        assert_eq!(fargate("256", "512"), "");
        assert_eq!(fargate(".5 vCPU", "1 GB"), "");
        assert!(fargate("256", "100").starts_with("No Fargate configuration"));
        let bridge = said(|i| i.requires_compatibilities = Some(vec![Compatibility::Fargate]));
        assert!(bridge.starts_with("Fargate only supports"), "{bridge}");
        let port = PortMapping {
            container_port: Some(80),
            host_port: Some(8080),
            ..PortMapping::default()
        };
        let ports = said(|i| {
            i.network_mode = Some(NetworkMode::Awsvpc);
            i.container_definitions[0].port_mappings = Some(vec![port]);
        });
        assert!(ports.contains("must match"), "{ports}");
    }

    #[test]
    fn sizes_are_read_in_every_form() {
        assert_eq!(cpu_units("1024"), Some(1024));
        assert_eq!(cpu_units("1 vCPU"), Some(1024));
        assert_eq!(memory_mib("2 GB"), Some(2048));
        assert_eq!(memory_mib("512"), Some(512));
        assert_eq!(memory_mib("much"), None);
    }
}
