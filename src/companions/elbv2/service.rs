//! The table of contents: one line per operation.

use super::operations::*;
use crate::server::{Service, Typed, fault};
use slipway_runtime::MissingHandlers;

pub fn service() -> Result<Service, MissingHandlers> {
    let routes = elbv2_api::Elbv2Builder::new(Typed {
        dialect: fault::broken_query,
    })
    .add_tags(add_tags)
    .create_listener(create_listener)
    .create_load_balancer(create_load_balancer)
    .create_rule(create_rule)
    .create_target_group(create_target_group)
    .delete_listener(delete_listener)
    .delete_load_balancer(delete_load_balancer)
    .delete_rule(delete_rule)
    .delete_target_group(delete_target_group)
    .deregister_targets(deregister_targets)
    .describe_account_limits(describe_account_limits)
    .describe_capacity_reservation(describe_capacity_reservation)
    .describe_listener_attributes(describe_listener_attributes)
    .describe_listener_certificates(describe_listener_certificates)
    .describe_listeners(describe_listeners)
    .describe_load_balancer_attributes(describe_load_balancer_attributes)
    .describe_load_balancers(describe_load_balancers)
    .describe_rules(describe_rules)
    .describe_tags(describe_tags)
    .describe_target_group_attributes(describe_target_group_attributes)
    .describe_target_groups(describe_target_groups)
    .describe_target_health(describe_target_health)
    .modify_listener(modify_listener)
    .modify_listener_attributes(modify_listener_attributes)
    .modify_load_balancer_attributes(modify_load_balancer_attributes)
    .modify_rule(modify_rule)
    .modify_target_group(modify_target_group)
    .modify_target_group_attributes(modify_target_group_attributes)
    .register_targets(register_targets)
    .remove_tags(remove_tags)
    .set_ip_address_type(set_ip_address_type)
    .set_rule_priorities(set_rule_priorities)
    .set_security_groups(set_security_groups)
    .set_subnets(set_subnets)
    .build()?;
    let (name, signing_name) = ("elbv2", "elasticloadbalancing");
    let model = elbv2_api::ALL_MODEL_OPERATIONS;
    Ok(Service::new(
        name,
        signing_name,
        &elbv2_api::SERVICE,
        routes,
        model,
    ))
}
