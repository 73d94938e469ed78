//! Rules of the instances that are to take the place of a group's.
//!
//! Source: contract, codedeploy sections 1.3, 5.1 and 8.1.

use crate::codedeploy::errors::{self, invalid_target_instances as refused};
use crate::codedeploy::tag_filters::Filter;
use codedeploy_api::error::CreateDeploymentError;
use codedeploy_api::input::CreateDeploymentInput;
use codedeploy_api::model::{
    DeploymentGroupInfo, DeploymentType, GreenFleetProvisioningAction, TargetInstances,
};

/// Filters of a list.
const MOST: usize = 10;
/// Lists of a set.
const MOST_GROUPS: usize = 3;

/// A group that does not say how instances are replaced is told so by its deployment.
pub fn check(
    group: &DeploymentGroupInfo,
    input: &CreateDeploymentInput,
) -> Result<(), CreateDeploymentError> {
    let style = group.deployment_style.as_ref();
    let kind = style.and_then(|style| style.deployment_type);
    let configuration = group.blue_green_deployment_configuration.as_ref();
    let (Some(DeploymentType::BlueGreen), Some(configuration)) = (kind, configuration) else {
        return Ok(());
    };
    let fleet = configuration.green_fleet_provisioning_option.as_ref();
    let action = fleet.and_then(|fleet| fleet.action);
    if action == Some(GreenFleetProvisioningAction::CopyAutoScalingGroup) {
        return Err(errors::no_copied_groups().into());
    }
    match &input.target_instances {
        Some(targets) => named(targets),
        None => Err(refused(
            "a BLUE_GREEN deployment with DISCOVER_EXISTING needs those that take the place of the group's",
        )
        .into()),
    }
}

fn named(targets: &TargetInstances) -> Result<(), CreateDeploymentError> {
    let groups = targets.auto_scaling_groups.as_deref().unwrap_or_default();
    if let Some(name) = groups.first() {
        return Err(refused(&format!("there is no Auto Scaling group {name}")).into());
    }
    let filters = targets.tag_filters.as_deref().unwrap_or_default();
    let set = targets.ec2_tag_set.as_ref();
    let set = set.and_then(|set| set.ec2_tag_set_list.as_deref());
    let set = set.unwrap_or_default();
    match (filters.is_empty(), set.is_empty()) {
        (true, true) => return Err(refused("tagFilters or ec2TagSet is needed").into()),
        (false, false) => {
            return Err(refused("only one of tagFilters and ec2TagSet can be given").into());
        }
        _ => {}
    }
    if filters.len() > MOST || set.len() > MOST_GROUPS || set.iter().any(|of| of.len() > MOST) {
        return Err(refused("there are too many tags").into());
    }
    for filter in filters.iter().chain(set.iter().flatten()) {
        Filter::of_ec2(filter).map_err(refused)?;
    }
    Ok(())
}
