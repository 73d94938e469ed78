//! Rows and what is live as the shapes of answers.

use super::companion::{Elbv2, balancer_arn, group_arn, listener_arn, rule_arn};
use super::rows::{
    Attributes, Balancer, BalancerKey, Group, GroupKey, Kind, Listener, ListenerKey, Rule, RuleKey,
    balancer_of, listener_of,
};
use elbv2_api::model::{
    self, AvailabilityZone, LoadBalancer, LoadBalancerState, LoadBalancerStateEnum,
    LoadBalancerTypeEnum, TargetGroup,
};

/// The hosted zone of load balancers in us-east-1, by type: an id that tools show and look up nowhere.
const ZONES: [&str; 2] = ["Z35SXDOTRQ7X7K", "Z26RNL4JYFTOTI"];

impl Elbv2 {
    pub(super) fn shown_balancer(&self, key: &BalancerKey, row: &Balancer) -> LoadBalancer {
        let (kind, zone) = match row.kind {
            Kind::Application => (LoadBalancerTypeEnum::Application, ZONES[0]),
            Kind::Network => (LoadBalancerTypeEnum::Network, ZONES[1]),
        };
        LoadBalancer {
            load_balancer_arn: Some(balancer_arn(key, row)),
            dns_name: Some(row.address.to_string()),
            canonical_hosted_zone_id: Some(zone.to_owned()),
            created_time: Some(row.created.wire()),
            load_balancer_name: Some(key.1.clone()),
            scheme: Some(row.scheme),
            state: Some(LoadBalancerState {
                code: Some(LoadBalancerStateEnum::Active),
                reason: self.reason(key),
            }),
            r#type: Some(kind),
            availability_zones: Some(zones(key, row)),
            security_groups: Some(row.security_groups.clone()),
            ip_address_type: Some(row.ip_address_type),
            ..LoadBalancer::default()
        }
    }

    /// What a user should know: listeners that are elsewhere than they were asked to be, and those that should speak TLS.
    fn reason(&self, key: &BalancerKey) -> Option<String> {
        let mut said = Vec::new();
        for (listener, _) in self.tables.listeners_of(key) {
            let Some(open) = self.board.open(&listener) else {
                continue;
            };
            let port = open.port;
            match &open.at {
                Ok(at) if at.port() != port => {
                    said.push(format!("the listener of port {port} listens at {at}"));
                }
                Ok(_) => {}
                Err(error) => said.push(format!(
                    "the listener of port {port} does not listen: {error}"
                )),
            }
            if open.secure && open.at.is_ok() {
                said.push(format!("the listener of port {port} speaks no TLS"));
            }
        }
        (!said.is_empty()).then(|| said.join("; "))
    }

    pub(super) fn shown_group(&self, key: &GroupKey, row: &Group) -> TargetGroup {
        let users = self.tables.users(key).into_iter();
        let mut owners: Vec<BalancerKey> =
            users.map(|rule| balancer_of(&listener_of(&rule))).collect();
        owners.dedup();
        let owners = owners.iter().filter_map(|owner| {
            let row = self.tables.balancers.get(owner)?;
            Some(balancer_arn(owner, &row))
        });
        TargetGroup {
            target_group_arn: Some(group_arn(key, row)),
            load_balancer_arns: Some(owners.collect()),
            ..row.definition.clone()
        }
    }

    pub(super) fn shown_listener(
        &self,
        key: &ListenerKey,
        row: &Listener,
        owner: &Balancer,
    ) -> model::Listener {
        let rules = self.tables.rules_of(key);
        let default = rules.iter().find(|(_, rule)| rule.priority.is_none());
        model::Listener {
            listener_arn: Some(listener_arn(key, owner)),
            load_balancer_arn: Some(balancer_arn(&balancer_of(key), owner)),
            default_actions: default.map(|(_, rule)| rule.actions.clone()),
            ..row.definition.clone()
        }
    }
}

pub fn shown_rule(key: &RuleKey, row: &Rule, owner: &Balancer) -> model::Rule {
    let priority = row.priority.map(|priority| priority.to_string());
    model::Rule {
        rule_arn: Some(rule_arn(key, owner)),
        is_default: Some(priority.is_none()),
        priority: Some(priority.unwrap_or_else(|| "default".to_owned())),
        conditions: Some(row.conditions.clone()),
        actions: Some(row.actions.clone()),
        transforms: Some(Vec::new()),
    }
}

/// A zone for each subnet: nothing here knows where subnets are.
pub fn zones(key: &BalancerKey, row: &Balancer) -> Vec<AvailabilityZone> {
    let zone = |(at, subnet): (usize, &String)| AvailabilityZone {
        zone_name: Some(format!("{}{}", key.0.region, letter(at))),
        subnet_id: Some(subnet.clone()),
        load_balancer_addresses: Some(Vec::new()),
        outpost_id: None,
        source_nat_ipv6_prefixes: None,
    };
    row.subnets.iter().enumerate().map(zone).collect()
}

fn letter(at: usize) -> char {
    let at = u8::try_from(at % 26).unwrap_or(0);
    char::from(b'a' + at)
}

/// Attributes as one of the three kinds of answers has them.
pub fn pairs<T>(
    attributes: Attributes,
    shape: impl Fn(Option<String>, Option<String>) -> T,
) -> Vec<T> {
    let all = attributes.into_iter();
    all.map(|(key, value)| shape(Some(key), Some(value)))
        .collect()
}
