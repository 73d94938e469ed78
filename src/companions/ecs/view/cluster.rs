//! A cluster, and what is in it.

use super::super::companion::Ecs;
use super::super::names;
use super::super::rows::{Cluster, ClusterKey, TaskStatus};
use crate::store::Direction;
use ecs_api::model::{
    self, ClusterField, ClusterServiceConnectDefaults, ClusterSettingName, KeyValuePair,
};

/// The cluster with what `include` asks for.
pub fn cluster(
    ecs: &Ecs,
    key: &ClusterKey,
    row: &Cluster,
    include: &[ClusterField],
) -> model::Cluster {
    let wants = |field: ClusterField| include.contains(&field);
    let running = tasks(ecs, key, &[TaskStatus::Running]);
    let pending = tasks(
        ecs,
        key,
        &[
            TaskStatus::Provisioning,
            TaskStatus::Pending,
            TaskStatus::Activating,
        ],
    );
    let services =
        ecs.tables
            .living_services
            .range(key.clone()..=key.clone(), Direction::Forward, usize::MAX);
    model::Cluster {
        cluster_arn: Some(names::cluster_arn(key)),
        cluster_name: Some(key.1.clone()),
        configuration: row
            .configuration
            .clone()
            .filter(|_| wants(ClusterField::Configurations)),
        status: Some(if row.active { "ACTIVE" } else { "INACTIVE" }.to_owned()),
        registered_container_instances_count: Some(0),
        running_tasks_count: Some(running),
        pending_tasks_count: Some(pending),
        active_services_count: i32::try_from(services.len()).ok(),
        statistics: Some(match wants(ClusterField::Statistics) {
            true => statistics(running, pending, services.len()),
            false => Vec::new(),
        }),
        tags: Some(match wants(ClusterField::Tags) {
            true => row.tags.clone(),
            false => Vec::new(),
        }),
        settings: Some(match wants(ClusterField::Settings) {
            true => settings(row),
            false => Vec::new(),
        }),
        capacity_providers: Some(row.capacity_providers.clone()),
        default_capacity_provider_strategy: Some(row.strategy.clone()),
        service_connect_defaults: row.namespace.clone().map(|namespace| {
            ClusterServiceConnectDefaults {
                namespace: Some(namespace),
            }
        }),
        ..model::Cluster::default()
    }
}

fn tasks(ecs: &Ecs, key: &ClusterKey, statuses: &[TaskStatus]) -> i32 {
    let count = |status: &TaskStatus| {
        let at = (key.0.clone(), key.1.clone(), status.as_str().to_owned());
        let found = &ecs.tables.by_status;
        found
            .range(at.clone()..=at, Direction::Forward, usize::MAX)
            .len()
    };
    i32::try_from(statuses.iter().map(count).sum::<usize>()).unwrap_or(i32::MAX)
}

/// Container insights are off unless they were turned on.
fn settings(row: &Cluster) -> Vec<model::ClusterSetting> {
    match row.settings.is_empty() {
        false => row.settings.clone(),
        true => vec![model::ClusterSetting {
            name: Some(ClusterSettingName::ContainerInsights),
            value: Some("disabled".to_owned()),
        }],
    }
}

/// By launch type; this machine's containers count as instances of EC2.
fn statistics(running: i32, pending: i32, services: usize) -> Vec<KeyValuePair> {
    let pair = |name: &str, value: String| KeyValuePair {
        name: Some(name.to_owned()),
        value: Some(value),
    };
    vec![
        pair("runningEC2TasksCount", running.to_string()),
        pair("pendingEC2TasksCount", pending.to_string()),
        pair("activeEC2ServiceCount", services.to_string()),
        pair("drainingEC2ServiceCount", "0".to_owned()),
    ]
}
