//! Instances as the wire shows them.

use super::instance::{Instance, State};
use crate::aws::Scope;
use ec2_api::model::{
    Instance as Shown, InstanceState, InstanceStateName, Placement, Reservation, Tag,
};
use std::collections::BTreeMap;

pub fn state(of: State) -> InstanceState {
    InstanceState {
        code: Some(of.code()),
        name: InstanceStateName::try_from(of.as_str()).ok(),
    }
}

/// The zone that an instance is labelled to be in, as a name or as the letter of one of the region; all others are in one zone.
pub fn zone(scope: &Scope, of: &Instance) -> String {
    let label = of.machine.zone.as_deref().unwrap_or("a");
    match label.len() {
        1 => format!("{}{label}", scope.region),
        _ => label.to_owned(),
    }
}

fn tags(tags: &BTreeMap<String, String>) -> Vec<Tag> {
    let tag = |(key, value): (&String, &String)| Tag {
        key: Some(key.clone()),
        value: Some(value.clone()),
    };
    tags.iter().map(tag).collect()
}

/// Each instance in a reservation of its own.
pub fn reservation(scope: &Scope, of: &Instance) -> Reservation {
    let machine = &of.machine;
    let address = machine.address.filter(|_| of.state == State::Running);
    let address = address.map(|address| address.to_string());
    let name = address.as_ref().map(|address| {
        let dashed = address.replace(['.', ':'], "-");
        format!("ip-{dashed}.{}.compute.internal", scope.region)
    });
    let instance = Shown {
        instance_id: Some(machine.id.clone()),
        image_id: Some(machine.image.clone()),
        state: Some(state(of.state)),
        private_ip_address: address,
        private_dns_name: name,
        launch_time: Some(machine.created.wire()),
        ami_launch_index: Some(0),
        placement: Some(Placement {
            availability_zone: Some(zone(scope, of)),
            ..Placement::default()
        }),
        tags: Some(tags(&machine.tags)),
        ..Shown::default()
    };
    Reservation {
        reservation_id: Some(machine.id.replacen("i-", "r-", 1)),
        owner_id: Some(scope.account.to_string()),
        groups: Some(Vec::new()),
        instances: Some(vec![instance]),
        ..Reservation::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::{Account, Region, Time};
    use crate::sandbox::machines::Machine;

    /// Ours: the label `slipway.ec2.zone`.
    #[test]
    fn a_zone_is_a_name_or_a_letter_of_the_region() {
        let scope = Scope::new(
            Account::parse("000000000000").unwrap(),
            Region::parse("eu-west-1").unwrap(),
        );
        let labelled = |zone: Option<&str>| {
            let machine = Machine {
                id: "i-1".to_owned(),
                engine_id: String::new(),
                image: String::new(),
                running: true,
                address: None,
                created: Time::from_millis(0),
                zone: zone.map(str::to_owned),
                tags: BTreeMap::new(),
            };
            zone_of(&scope, machine)
        };
        assert_eq!(labelled(None), "eu-west-1a");
        assert_eq!(labelled(Some("c")), "eu-west-1c");
        assert_eq!(
            labelled(Some("eu-west-1-wl1-ber-wlz-1")),
            "eu-west-1-wl1-ber-wlz-1"
        );
    }

    fn zone_of(scope: &Scope, machine: Machine) -> String {
        zone(scope, &Instance::from(machine))
    }
}
