//! Machines as instances.

use super::machines::Machine;
use crate::aws::Scope;
use ec2_api::model::{
    Instance, InstanceState, InstanceStateName, Placement, Reservation, Tag,
};
use std::collections::BTreeMap;

pub fn state_name(machine: &Machine) -> &'static str {
    match machine.running {
        true => "running",
        false => "stopped",
    }
}

pub fn state(running: bool) -> InstanceState {
    match running {
        true => of(16, InstanceStateName::Running),
        false => of(80, InstanceStateName::Stopped),
    }
}

pub fn of(code: i32, name: InstanceStateName) -> InstanceState {
    InstanceState {
        code: Some(code),
        name: Some(name),
    }
}

pub fn zone(scope: &Scope) -> String {
    format!("{}a", scope.region)
}

pub fn tags(tags: &BTreeMap<String, String>) -> Vec<Tag> {
    let tag = |(key, value): (&String, &String)| Tag {
        key: Some(key.clone()),
        value: Some(value.clone()),
    };
    tags.iter().map(tag).collect()
}

/// Each instance in a reservation of its own.
pub fn reservation(scope: &Scope, machine: &Machine) -> Reservation {
    let address = machine.address.map(|address| address.to_string());
    let name = address.as_ref().map(|address| {
        let dashed = address.replace(['.', ':'], "-");
        format!("ip-{dashed}.{}.compute.internal", scope.region)
    });
    let instance = Instance {
        instance_id: Some(machine.id.clone()),
        image_id: Some(machine.image.clone()),
        state: Some(state(machine.running)),
        private_ip_address: address,
        private_dns_name: name,
        launch_time: Some(machine.created.wire()),
        ami_launch_index: Some(0),
        placement: Some(Placement {
            availability_zone: Some(zone(scope)),
            ..Placement::default()
        }),
        tags: Some(tags(&machine.tags)),
        ..Instance::default()
    };
    Reservation {
        reservation_id: Some(machine.id.replacen("i-", "r-", 1)),
        owner_id: Some(scope.account.to_string()),
        groups: Some(Vec::new()),
        instances: Some(vec![instance]),
        ..Reservation::default()
    }
}
