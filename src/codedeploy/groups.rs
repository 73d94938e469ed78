//! Deployment groups: what a request makes of one, and the decisions that creating and changing one have in common.
//!
//! Invariant: of a member that is given the whole is replaced, one that is absent is kept. Source: contract, codedeploy
//! section 3.4.

// Differs from AWS: CodeDeploy knows no Auto Scaling: a deployment group that names an Auto Scaling group is refused.
// Differs from AWS: CodeDeploy does not look whether the listeners of a deployment group exist before it deploys, nor the target groups of one whose targets are instances.

use super::store::{Application, Group, GroupKey, Tables};
use super::tag_filters::{normal, normal_ec2};
use super::validate::groups::{self as rules, GroupError};
use super::{configs, errors, violations};
use crate::aws::Scope;
use crate::store::Read;
use codedeploy_api::input::{CreateDeploymentGroupInput, UpdateDeploymentGroupInput};
use codedeploy_api::model::{
    ComputePlatform, DeploymentGroupInfo, DeploymentOption, DeploymentStyle, DeploymentType,
    EC2TagSet, LoadBalancerInfo, OnPremisesTagSet, OutdatedInstancesStrategy,
};
use slipway_runtime::Violation;

/// The definition a new group begins with.
pub fn created(
    platform: ComputePlatform,
    input: &CreateDeploymentGroupInput,
) -> DeploymentGroupInfo {
    let asked = Asked::create(input);
    let bare = DeploymentGroupInfo {
        deployment_config_name: Some(configs::usual(platform)),
        outdated_instances_strategy: Some(OutdatedInstancesStrategy::Update),
        deployment_style: (platform == ComputePlatform::Server).then_some(DeploymentStyle {
            deployment_type: Some(DeploymentType::InPlace),
            deployment_option: Some(DeploymentOption::WithoutTrafficControl),
        }),
        ..DeploymentGroupInfo::default()
    };
    asked.over(bare)
}

/// The definition after a change.
pub fn updated(
    present: &DeploymentGroupInfo,
    input: &UpdateDeploymentGroupInput,
) -> DeploymentGroupInfo {
    Asked::update(input).over(present.clone())
}

/// The members of a request that are members of the definition.
struct Asked(DeploymentGroupInfo);

macro_rules! asked {
    ($input:ident, role: $role:expr) => {
        Self(DeploymentGroupInfo {
            deployment_config_name: $input
                .deployment_config_name
                .clone()
                .filter(|name| !name.is_empty()),
            ec2_tag_filters: $input.ec2_tag_filters.clone(),
            on_premises_instance_tag_filters: $input.on_premises_instance_tag_filters.clone(),
            service_role_arn: $role,
            trigger_configurations: $input.trigger_configurations.clone(),
            alarm_configuration: $input.alarm_configuration.clone(),
            auto_rollback_configuration: $input.auto_rollback_configuration.clone(),
            deployment_style: $input.deployment_style.clone(),
            outdated_instances_strategy: $input.outdated_instances_strategy,
            blue_green_deployment_configuration: $input.blue_green_deployment_configuration.clone(),
            load_balancer_info: $input.load_balancer_info.clone(),
            ec2_tag_set: $input.ec2_tag_set.clone(),
            on_premises_tag_set: $input.on_premises_tag_set.clone(),
            ecs_services: $input.ecs_services.clone(),
            ec2_deployment_options: $input.ec2_deployment_options.clone(),
            termination_hook_enabled: $input.termination_hook_enabled,
            ..DeploymentGroupInfo::default()
        })
    };
}

impl Asked {
    fn create(input: &CreateDeploymentGroupInput) -> Self {
        asked!(input, role: Some(input.service_role_arn.clone()))
    }

    fn update(input: &UpdateDeploymentGroupInput) -> Self {
        let role = input.service_role_arn.clone();
        asked!(input, role: role.filter(|role| !role.is_empty()))
    }

    /// Filters drop a set and a set drops filters; what is cleared is absent.
    fn over(self, before: DeploymentGroupInfo) -> DeploymentGroupInfo {
        let asked = self.0;
        let uses_ec2_set = asked.ec2_tag_set.as_ref().is_some_and(|set| !is_empty(set));
        let uses_ec2_filters = asked
            .ec2_tag_filters
            .as_ref()
            .is_some_and(|of| !of.is_empty());
        let uses_set = asked
            .on_premises_tag_set
            .as_ref()
            .is_some_and(|set| !is_empty_on_premises(set));
        let filters = asked.on_premises_instance_tag_filters.as_ref();
        let uses_filters = filters.is_some_and(|of| !of.is_empty());
        let ec2_filters = match uses_ec2_set {
            true => None,
            false => asked.ec2_tag_filters.or(before.ec2_tag_filters),
        };
        let ec2_set = match uses_ec2_filters {
            true => None,
            false => asked.ec2_tag_set.or(before.ec2_tag_set),
        };
        let filters = match uses_set {
            true => None,
            false => asked
                .on_premises_instance_tag_filters
                .or(before.on_premises_instance_tag_filters),
        };
        let set = match uses_filters {
            true => None,
            false => asked.on_premises_tag_set.or(before.on_premises_tag_set),
        };
        let load_balancer = asked.load_balancer_info.or(before.load_balancer_info);
        DeploymentGroupInfo {
            deployment_config_name: asked
                .deployment_config_name
                .or(before.deployment_config_name),
            ec2_tag_filters: ec2_filters.map(|of| of.into_iter().map(normal_ec2).collect()),
            ec2_tag_set: ec2_set.filter(|set| !is_empty(set)).map(normal_ec2_set),
            on_premises_instance_tag_filters: filters
                .map(|of| of.into_iter().map(normal).collect()),
            on_premises_tag_set: set.filter(|set| !is_empty_on_premises(set)).map(normal_set),
            service_role_arn: asked.service_role_arn.or(before.service_role_arn),
            trigger_configurations: asked
                .trigger_configurations
                .or(before.trigger_configurations),
            alarm_configuration: asked.alarm_configuration.or(before.alarm_configuration),
            auto_rollback_configuration: asked
                .auto_rollback_configuration
                .or(before.auto_rollback_configuration),
            deployment_style: asked.deployment_style.or(before.deployment_style),
            outdated_instances_strategy: asked
                .outdated_instances_strategy
                .or(before.outdated_instances_strategy),
            blue_green_deployment_configuration: asked
                .blue_green_deployment_configuration
                .or(before.blue_green_deployment_configuration),
            load_balancer_info: load_balancer.filter(|of| !balances_nothing(of)),
            ecs_services: asked.ecs_services.or(before.ecs_services),
            ec2_deployment_options: asked
                .ec2_deployment_options
                .or(before.ec2_deployment_options),
            termination_hook_enabled: asked
                .termination_hook_enabled
                .or(before.termination_hook_enabled),
            ..before
        }
    }
}

/// The checks after existence and duplicates, which a new group and a changed one share: what the model defers, the rules of
/// groups, and what the group refers to.
pub fn check<E: GroupError>(
    tables: &Tables,
    rows: &impl Read,
    scope: &Scope,
    application: &Application,
    group: &Group,
) -> Result<(), E> {
    rules::check::<E>(application.platform, &group.definition)?;
    let config = group.definition.deployment_config_name.as_deref();
    let config = config.unwrap_or_default();
    let found = configs::find(tables, rows, scope, config)?.compute_platform;
    if found != Some(application.platform) {
        return Err(errors::config_platform(config, found, application.platform).into());
    }
    for service in group.services(scope) {
        let owner = rows.row(&tables.ecs_services, &service);
        if owner.is_some_and(|owner| *owner != group.id) {
            return Err(errors::service_in_use(&service.1, &service.2).into());
        }
    }
    Ok(())
}

/// What a request to create or change a group says wrong by itself, after existence and duplicates.
pub fn check_request<E: GroupError>(
    operation: &str,
    deferred: &[Violation],
    ec2: (bool, &Option<EC2TagSet>),
    on_premises: (bool, &Option<OnPremisesTagSet>),
) -> Result<(), E> {
    violations::deferred(operation, deferred)?;
    if ec2.0 && ec2.1.as_ref().is_some_and(|set| !is_empty(set)) {
        return Err(rules::ec2_filters_and_set().into());
    }
    let set = on_premises.1.as_ref();
    if on_premises.0 && set.is_some_and(|set| !is_empty_on_premises(set)) {
        return Err(rules::filters_and_set().into());
    }
    Ok(())
}

/// The key of an application's group.
pub fn key(scope: &Scope, application: &Application, name: &str) -> GroupKey {
    (scope.clone(), application.id.clone(), name.to_owned())
}

fn is_empty(set: &EC2TagSet) -> bool {
    set.ec2_tag_set_list.as_ref().is_none_or(Vec::is_empty)
}

fn is_empty_on_premises(set: &OnPremisesTagSet) -> bool {
    set.on_premises_tag_set_list
        .as_ref()
        .is_none_or(Vec::is_empty)
}

fn normal_ec2_set(set: EC2TagSet) -> EC2TagSet {
    let list = set.ec2_tag_set_list.unwrap_or_default().into_iter();
    let list = list.map(|group| group.into_iter().map(normal_ec2).collect());
    EC2TagSet {
        ec2_tag_set_list: Some(list.collect()),
    }
}

fn normal_set(set: OnPremisesTagSet) -> OnPremisesTagSet {
    let list = set.on_premises_tag_set_list.unwrap_or_default().into_iter();
    let list = list.map(|group| group.into_iter().map(normal).collect());
    OnPremisesTagSet {
        on_premises_tag_set_list: Some(list.collect()),
    }
}

fn balances_nothing(info: &LoadBalancerInfo) -> bool {
    info.elb_info_list.as_ref().is_none_or(Vec::is_empty)
        && info
            .target_group_info_list
            .as_ref()
            .is_none_or(Vec::is_empty)
        && info
            .target_group_pair_info_list
            .as_ref()
            .is_none_or(Vec::is_empty)
}
