//! New rows of tasks: of a service's set, or on somebody's wish.
//!
//! Invariant: a task is made of a definition as it is at that moment; what it overrides is on its row.

use super::rows::{Container, Definition, Service, ServiceKey, Set, Task, TaskKey, TaskStatus};
use super::scheduler::{failures, turn};
use crate::aws::{Time, ids};
use ecs_api::input::RunTaskInput;
use ecs_api::model::{
    ContainerDefinition, ContainerOverride, LaunchType, NetworkMode, PropagateTags, Tag,
    TaskOverride,
};

pub fn of_service(
    key: &ServiceKey,
    service: &Service,
    set: &Set,
    definition: &Definition,
    now: Time,
) -> Task {
    let tags = match service.settings.propagate_tags {
        Some(PropagateTags::Service) => service.tags.clone(),
        Some(PropagateTags::TaskDefinition) => definition.tags.clone(),
        _ => Vec::new(),
    };
    Task {
        owner: Some((key.2.clone(), set.id.clone())),
        started_by: Some(set.id.clone()),
        launch_type: set.launch_type,
        capacity_provider: set
            .strategy
            .first()
            .map(|item| item.capacity_provider.clone()),
        platform_version: set.platform_version.clone(),
        network: set.network.clone(),
        load_balancers: set.load_balancers.clone(),
        tags,
        ..new(format!("service:{}", key.2), definition, None, now)
    }
}

pub fn of_wish(wish: &RunTaskInput, definition: &Definition, now: Time) -> Task {
    let family = definition.shape.family.clone().unwrap_or_default();
    let group = wish
        .group
        .clone()
        .unwrap_or_else(|| format!("family:{family}"));
    let mut tags: Vec<Tag> = wish.tags.clone().unwrap_or_default();
    if wish.propagate_tags == Some(PropagateTags::TaskDefinition) {
        let more = definition.tags.iter();
        let more = more.filter(|tag| wish.tags.iter().flatten().all(|own| own.key != tag.key));
        tags.extend(more.cloned());
    }
    let strategy = wish.capacity_provider_strategy.iter().flatten().next();
    Task {
        started_by: wish.started_by.clone(),
        launch_type: match strategy {
            Some(_) => None,
            None => Some(wish.launch_type.unwrap_or(LaunchType::Ec2)),
        },
        capacity_provider: strategy.map(|item| item.capacity_provider.clone()),
        platform_version: wish.platform_version.clone(),
        network: wish.network_configuration.clone(),
        tags,
        ..new(group, definition, wish.overrides.clone(), now)
    }
}

fn new(group: String, definition: &Definition, overrides: Option<TaskOverride>, now: Time) -> Task {
    let shape = &definition.shape;
    let own_interface = shape.network_mode == Some(NetworkMode::Awsvpc);
    let containers = shape.container_definitions.iter().flatten();
    let over = |name: &Option<String>| {
        let overrides = overrides
            .iter()
            .flat_map(|o| o.container_overrides.iter().flatten());
        overrides.into_iter().find(|o| o.name == *name).cloned()
    };
    let containers = containers
        .map(|container| row_of(container, over(&container.name).unwrap_or_default()))
        .collect();
    Task {
        definition: shape.task_definition_arn.clone().unwrap_or_default(),
        owner: None,
        group,
        started_by: None,
        launch_type: None,
        capacity_provider: None,
        platform_version: None,
        network: None,
        load_balancers: Vec::new(),
        cpu: overrides
            .as_ref()
            .and_then(|o| o.cpu.clone())
            .or_else(|| shape.cpu.clone()),
        memory: overrides
            .as_ref()
            .and_then(|o| o.memory.clone())
            .or_else(|| shape.memory.clone()),
        overrides,
        tags: Vec::new(),
        status: TaskStatus::Provisioning,
        ending: None,
        containers,
        address: None,
        attachment: own_interface.then(ids::uuid),
        targets: Vec::new(),
        unwell: false,
        created: now,
        pull_started: None,
        pull_stopped: None,
        started: None,
        stopping: None,
        execution_stopped: None,
        stopped: None,
        version: 1,
    }
}

fn row_of(container: &ContainerDefinition, over: ContainerOverride) -> Container {
    let number = |given: Option<i32>| given.and_then(|given| u32::try_from(given).ok());
    Container {
        id: ids::uuid(),
        name: container.name.clone().unwrap_or_default(),
        image: container.image.clone().unwrap_or_default(),
        status: TaskStatus::Pending,
        runtime_id: None,
        exit_code: None,
        reason: None,
        bindings: Vec::new(),
        cpu: number(over.cpu.or(container.cpu)).unwrap_or(0),
        memory: number(over.memory.or(container.memory)),
        memory_reservation: number(over.memory_reservation.or(container.memory_reservation)),
    }
}

/// What the service says of a task that has failed.
pub fn note_failure(
    service_key: &ServiceKey,
    service: &mut Service,
    key: &TaskKey,
    task: &Task,
    now: Time,
) {
    let name = &service_key.2;
    let reason = task.ending.as_ref().map_or("", |ending| &ending.reason);
    let said = format!("(service {name}) (task {}) has stopped: {reason}", key.2);
    turn::note(service, now, said);
    let set = task.owner.as_ref().and_then(|(_, id)| service.set(id));
    if set.is_some_and(|set| set.row == failures::SAID_AFTER) {
        let said = format!("(service {name}) is unable to consistently start tasks successfully.");
        turn::note(service, now, said);
    }
}
