//! A task and its containers.

use super::super::names;
use super::super::rows::{Binding, Container, Task, TaskKey, TaskStatus};
use ecs_api::model::{
    self, Attachment, Connectivity, HealthStatus, KeyValuePair, NetworkBinding, NetworkInterface,
    TaskOverride, TransportProtocol,
};

/// The task; `tags` says whether they are asked for.
pub fn task(key: &TaskKey, row: &Task, tags: bool) -> model::Task {
    let containers = row.containers.iter().map(|one| container(key, row, one));
    let wire = |time: Option<crate::aws::Time>| time.map(crate::aws::Time::wire);
    let fargate = row.platform_version.is_some();
    model::Task {
        attachments: Some(attachment(row).into_iter().collect()),
        availability_zone: Some(format!("{}a", key.0.region)),
        capacity_provider_name: row.capacity_provider.clone(),
        cluster_arn: Some(names::cluster_of(&key.0, &key.1)),
        connectivity: row.started.map(|_| Connectivity::Connected),
        connectivity_at: wire(row.pull_stopped),
        containers: Some(containers.collect()),
        cpu: row.cpu.clone(),
        created_at: Some(row.created.wire()),
        desired_status: Some(
            if row.ending.is_some() {
                "STOPPED"
            } else {
                "RUNNING"
            }
            .to_owned(),
        ),
        enable_execute_command: Some(false),
        execution_stopped_at: wire(row.execution_stopped),
        group: Some(row.group.clone()),
        health_status: Some(HealthStatus::Unknown),
        last_status: Some(row.status.as_str().to_owned()),
        launch_type: row.launch_type,
        memory: row.memory.clone(),
        overrides: Some(overrides(row)),
        platform_version: row.platform_version.clone(),
        platform_family: fargate.then(|| "Linux".to_owned()),
        pull_started_at: wire(row.pull_started),
        pull_stopped_at: wire(row.pull_stopped),
        started_at: wire(row.started),
        started_by: row.started_by.clone(),
        stop_code: row.ending.as_ref().map(|ending| ending.code),
        stopped_at: wire(row.stopped),
        stopped_reason: row.ending.as_ref().map(|ending| ending.reason.clone()),
        stopping_at: wire(row.stopping),
        tags: Some(if tags { row.tags.clone() } else { Vec::new() }),
        task_arn: Some(names::task_arn(key)),
        task_definition_arn: Some(row.definition.clone()),
        version: Some(row.version),
        ..model::Task::default()
    }
}

fn overrides(row: &Task) -> TaskOverride {
    let given = row.overrides.clone().unwrap_or_default();
    TaskOverride {
        container_overrides: Some(given.container_overrides.clone().unwrap_or_default()),
        inference_accelerator_overrides: Some(Vec::new()),
        ..given
    }
}

/// The network interface of a task that has its own.
fn attachment(row: &Task) -> Option<Attachment> {
    let id = row.attachment.clone()?;
    let pair = |name: &str, value: String| KeyValuePair {
        name: Some(name.to_owned()),
        value: Some(value),
    };
    let network = row
        .network
        .as_ref()
        .and_then(|n| n.awsvpc_configuration.as_ref());
    let subnet = network.and_then(|network| network.subnets.first().cloned());
    let details = [
        subnet.map(|subnet| pair("subnetId", subnet)),
        row.address
            .clone()
            .map(|address| pair("privateIPv4Address", address)),
    ];
    let status = match (row.status, &row.address) {
        (TaskStatus::Stopped, _) => "DELETED",
        (_, Some(_)) => "ATTACHED",
        _ => "PRECREATED",
    };
    Some(Attachment {
        id: Some(id),
        r#type: Some("ElasticNetworkInterface".to_owned()),
        status: Some(status.to_owned()),
        details: Some(details.into_iter().flatten().collect()),
    })
}

fn container(key: &TaskKey, task: &Task, row: &Container) -> model::Container {
    let interface = task.address.clone().map(|address| NetworkInterface {
        attachment_id: task.attachment.clone(),
        private_ipv4_address: Some(address),
        ipv6_address: None,
    });
    model::Container {
        container_arn: Some(names::container_arn(key, &row.id)),
        task_arn: Some(names::task_arn(key)),
        name: Some(row.name.clone()),
        image: Some(row.image.clone()),
        runtime_id: row.runtime_id.clone(),
        last_status: Some(row.status.as_str().to_owned()),
        exit_code: row.exit_code,
        reason: row.reason.clone(),
        network_bindings: Some(match task.attachment {
            Some(_) => Vec::new(),
            None => row.bindings.iter().map(binding).collect(),
        }),
        network_interfaces: Some(interface.into_iter().collect()),
        health_status: Some(HealthStatus::Unknown),
        cpu: Some(row.cpu.to_string()),
        memory: row.memory.map(|memory| memory.to_string()),
        memory_reservation: row.memory_reservation.map(|memory| memory.to_string()),
        ..model::Container::default()
    }
}

fn binding(binding: &Binding) -> NetworkBinding {
    NetworkBinding {
        bind_ip: Some("127.0.0.1".to_owned()),
        container_port: Some(i32::from(binding.container)),
        host_port: Some(i32::from(binding.host)),
        protocol: Some(match binding.udp {
            true => TransportProtocol::Udp,
            false => TransportProtocol::Tcp,
        }),
        ..NetworkBinding::default()
    }
}
