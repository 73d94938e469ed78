//! A service, its deployments and its task sets.

use super::super::companion::Ecs;
use super::super::names;
use super::super::rows::{
    Rollout, Service, ServiceKey, ServiceStatus, Set, Standing, Task, TaskKey, TaskStatus,
};
use super::super::scheduler::plan::{self, Wanted};
use super::super::scheduler::turn;
use ecs_api::model::{
    self, AvailabilityZoneRebalancing, Deployment, DeploymentConfiguration, DeploymentController,
    DeploymentRolloutState, PropagateTags, Scale, ScaleUnit, SchedulingStrategy, ServiceEvent,
    StabilityStatus, TaskSet,
};

/// How many tasks of a set there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub desired: u32,
    pub running: u32,
    pub pending: u32,
}

/// The counts of each set, in their order.
pub fn counts(ecs: &Ecs, key: &ServiceKey, row: &Service) -> Vec<Counts> {
    let ids = row.tasks.iter();
    let rows: Vec<(TaskKey, Task)> = ids
        .filter_map(|id| {
            let key = (key.0.clone(), key.1.clone(), id.clone());
            let task = ecs.tables.tasks.get(&key)?;
            Some((key, Task::clone(&task)))
        })
        .collect();
    let wanted = turn::wanted(row);
    let views = turn::views(row, &rows);
    let of = |(set, view): (&Set, &plan::SetView)| counted(&wanted, set, view, &rows);
    row.sets.iter().zip(&views).map(of).collect()
}

/// A task that is stopping is running as long as its containers do.
fn counted(wanted: &Wanted, set: &Set, view: &plan::SetView, rows: &[(TaskKey, Task)]) -> Counts {
    let count = |which: fn(TaskStatus) -> bool| {
        let found = rows.iter().filter(|(_, task)| {
            let owner = task.owner.as_ref();
            owner.is_some_and(|(_, id)| *id == set.id) && which(task.status)
        });
        u32::try_from(found.count()).unwrap_or(u32::MAX)
    };
    Counts {
        desired: plan::target(wanted, view),
        running: count(|status| status == TaskStatus::Running),
        pending: count(|status| status < TaskStatus::Running),
    }
}

fn number(count: u32) -> Option<i32> {
    Some(i32::try_from(count).unwrap_or(i32::MAX))
}

/// The service; `tags` says whether they are asked for.
pub fn service(ecs: &Ecs, key: &ServiceKey, row: &Service, tags: bool) -> model::Service {
    let counts = counts(ecs, key, row);
    let sum = |of: fn(&Counts) -> u32| number(counts.iter().map(of).sum());
    let settings = &row.settings;
    let primary = row.primary();
    let newest = primary.or(row.sets.first());
    let both = row.sets.iter().zip(&counts);
    let deployments = both.clone().map(|(set, counts)| deployment(set, *counts));
    let sets = both.map(|(set, counts)| task_set(key, row, set, *counts, false));
    let daemon = settings.scheduling_strategy == Some(SchedulingStrategy::Daemon);
    model::Service {
        service_arn: Some(names::service_arn(key)),
        service_name: Some(key.2.clone()),
        cluster_arn: Some(names::cluster_of(&key.0, &key.1)),
        load_balancers: Some(match newest {
            Some(set) => set.load_balancers.clone(),
            None => settings.load_balancers.clone().unwrap_or_default(),
        }),
        service_registries: Some(settings.service_registries.clone().unwrap_or_default()),
        status: Some(row.status.as_str().to_owned()),
        desired_count: match row.status {
            ServiceStatus::Active if daemon => Some(1),
            ServiceStatus::Active => number(row.desired),
            _ => Some(0),
        },
        running_count: sum(|counts| counts.running),
        pending_count: sum(|counts| counts.pending),
        launch_type: match newest {
            Some(set) => set.launch_type,
            None => settings.launch_type,
        },
        capacity_provider_strategy: settings
            .capacity_provider_strategy
            .clone()
            .filter(|s| !s.is_empty()),
        platform_version: match &settings.platform_version {
            Some(given) => Some(given.clone()),
            None => newest
                .and_then(|set| set.platform_version.clone())
                .map(|_| "LATEST".to_owned()),
        },
        platform_family: newest
            .and_then(|set| set.platform_version.clone())
            .map(|_| "Linux".to_owned()),
        task_definition: newest
            .map(|set| set.definition.clone())
            .or_else(|| settings.task_definition.clone()),
        deployment_configuration: Some(configuration(row)),
        task_sets: (!row.rolls()).then(|| sets.collect()),
        deployments: Some(match row.rolls() {
            true => deployments.collect(),
            false => Vec::new(),
        }),
        role_arn: settings.role.clone(),
        events: Some(row.events.iter().map(event).collect()),
        created_at: Some(row.created.wire()),
        placement_constraints: Some(settings.placement_constraints.clone().unwrap_or_default()),
        placement_strategy: Some(settings.placement_strategy.clone().unwrap_or_default()),
        network_configuration: newest.map_or_else(
            || settings.network_configuration.clone(),
            |set| set.network.clone(),
        ),
        health_check_grace_period_seconds: settings.health_check_grace_period_seconds.or_else(
            || {
                let any = newest.is_some_and(|set| !set.load_balancers.is_empty());
                any.then_some(0)
            },
        ),
        scheduling_strategy: Some(
            settings
                .scheduling_strategy
                .unwrap_or(SchedulingStrategy::Replica),
        ),
        deployment_controller: Some(DeploymentController::new(row.controller)),
        tags: tags.then(|| row.tags.clone()),
        created_by: Some(row.created_by.clone()),
        enable_ecs_managed_tags: Some(settings.enable_ecs_managed_tags.unwrap_or(false)),
        propagate_tags: Some(settings.propagate_tags.unwrap_or(PropagateTags::None)),
        enable_execute_command: Some(settings.enable_execute_command.unwrap_or(false)),
        availability_zone_rebalancing: Some(
            settings
                .availability_zone_rebalancing
                .unwrap_or(AvailabilityZoneRebalancing::Disabled),
        ),
        ..model::Service::default()
    }
}

fn configuration(row: &Service) -> DeploymentConfiguration {
    let wanted = turn::wanted(row);
    let given = row
        .settings
        .deployment_configuration
        .clone()
        .unwrap_or_default();
    DeploymentConfiguration {
        maximum_percent: number(wanted.maximum),
        minimum_healthy_percent: number(wanted.minimum),
        ..given
    }
}

fn event(event: &super::super::rows::Event) -> ServiceEvent {
    ServiceEvent {
        id: Some(event.id.clone()),
        created_at: Some(event.at.wire()),
        message: Some(event.message.clone()),
    }
}

fn deployment(set: &Set, counts: Counts) -> Deployment {
    Deployment {
        id: Some(set.id.clone()),
        status: Some(set.standing.as_str().to_owned()),
        task_definition: Some(set.definition.clone()),
        desired_count: number(counts.desired),
        pending_count: number(counts.pending),
        running_count: number(counts.running),
        failed_tasks: number(set.failed),
        created_at: Some(set.created.wire()),
        updated_at: Some(set.updated.wire()),
        capacity_provider_strategy: Some(set.strategy.clone()).filter(|s| !s.is_empty()),
        launch_type: set.launch_type,
        platform_version: set.platform_version.clone(),
        platform_family: set.platform_version.clone().map(|_| "Linux".to_owned()),
        network_configuration: set.network.clone(),
        rollout_state: Some(match set.rollout {
            Rollout::InProgress => DeploymentRolloutState::InProgress,
            Rollout::Completed => DeploymentRolloutState::Completed,
            Rollout::Failed => DeploymentRolloutState::Failed,
        }),
        rollout_state_reason: Some(set.rollout_reason.clone()),
        ..Deployment::default()
    }
}

/// A task set; `tags` says whether they are asked for.
pub fn task_set(key: &ServiceKey, row: &Service, set: &Set, counts: Counts, tags: bool) -> TaskSet {
    let draining = set.standing == Standing::Draining;
    let external = row.controller == model::DeploymentControllerType::External;
    TaskSet {
        id: Some(set.id.clone()),
        task_set_arn: Some(names::set_arn(key, &set.id)),
        service_arn: external.then(|| names::service_arn(key)),
        cluster_arn: external.then(|| names::cluster_of(&key.0, &key.1)),
        started_by: set.started_by.clone(),
        external_id: set.external_id.clone(),
        status: Some(set.standing.as_str().to_owned()),
        task_definition: Some(set.definition.clone()),
        computed_desired_count: number(counts.desired),
        pending_count: number(counts.pending),
        running_count: number(counts.running),
        created_at: Some(set.created.wire()),
        updated_at: Some(set.updated.wire()),
        launch_type: set.launch_type,
        capacity_provider_strategy: Some(set.strategy.clone()).filter(|s| !s.is_empty()),
        platform_version: set.platform_version.clone(),
        platform_family: set.platform_version.clone().map(|_| "Linux".to_owned()),
        network_configuration: set.network.clone(),
        load_balancers: Some(set.load_balancers.clone()),
        service_registries: Some(set.registries.clone()),
        scale: Some(Scale {
            value: Some(if draining { 0.0 } else { set.scale }),
            unit: Some(ScaleUnit::Percent),
        }),
        stability_status: Some(match set.stable {
            true => StabilityStatus::SteadyState,
            false => StabilityStatus::Stabilizing,
        }),
        stability_status_at: Some(set.stable_since.wire()),
        tags: Some(if tags { set.tags.clone() } else { Vec::new() }),
        ..TaskSet::default()
    }
}
