//! Rules of deployment groups, by the compute platform of their application.
//!
//! Source: contract, codedeploy sections 1.3, 2.3 and 3.4.1.

use super::super::tag_filters::Filter;
use super::balancing;
use codedeploy_api::error::*;
use codedeploy_api::model::{
    AlarmConfiguration, AutoRollbackConfiguration, BlueGreenDeploymentConfiguration,
    ComputePlatform, DeploymentGroupInfo, DeploymentOption, DeploymentReadyAction, DeploymentStyle,
    DeploymentType, ECSService, InstanceAction, TriggerConfig,
};
use slipway_runtime::CommonError;
use std::collections::BTreeSet;

macro_rules! group_error {
    ($($error:ident),* $(,)?) => {
        /// What creating and changing a group may both answer.
        pub trait GroupError: Sized + From<CommonError> $(+ From<$error>)* {}

        impl<E: Sized + From<CommonError> $(+ From<$error>)*> GroupError for E {}
    };
}

group_error! {
    AlarmsLimitExceededException,
    ApplicationDoesNotExistException,
    DeploymentConfigDoesNotExistException,
    DeploymentGroupAlreadyExistsException,
    ECSServiceMappingLimitExceededException,
    InvalidAlarmConfigException,
    InvalidAutoRollbackConfigException,
    InvalidAutoScalingGroupException,
    InvalidBlueGreenDeploymentConfigurationException,
    InvalidDeploymentConfigNameException,
    InvalidDeploymentStyleException,
    InvalidEC2TagCombinationException,
    InvalidEC2TagException,
    InvalidECSServiceException,
    InvalidInputException,
    InvalidLoadBalancerInfoException,
    InvalidOnPremisesTagCombinationException,
    InvalidRoleException,
    InvalidTagException,
    InvalidTargetGroupPairException,
    InvalidTrafficRoutingConfigurationException,
    InvalidTriggerConfigException,
    TagSetListLimitExceededException,
    TriggerTargetsLimitExceededException,
}

const MOST_TAGS: usize = 10;
const MOST_TAG_GROUPS: usize = 3;
const MOST_TRIGGERS: usize = 10;
const MOST_ALARMS: usize = 50;
const LONGEST_ALARM_NAME: usize = 255;
const LONGEST_TRIGGER_NAME: usize = 100;
/// Minutes until the original instances go, and until traffic must be shifted, on Server and on ECS.
const TERMINATION_WAIT: i32 = 2880;
const READY_WAIT: i32 = 2880;
const READY_WAIT_ECS: i32 = 7200;

type InvalidBlueGreen = InvalidBlueGreenDeploymentConfigurationException;

/// The rules of a definition by itself, in the order of the contract's section 1.5.
pub fn check<E: GroupError>(
    platform: ComputePlatform,
    group: &DeploymentGroupInfo,
) -> Result<(), E> {
    style(platform, group.deployment_style.as_ref())?;
    if platform == ComputePlatform::Lambda {
        functions(group)?;
    }
    ec2_tags::<E>(group)?;
    on_premises_tags::<E>(group)?;
    triggers::<E>(group.trigger_configurations.as_deref().unwrap_or_default())?;
    alarms::<E>(group.alarm_configuration.as_ref())?;
    rollback(group.auto_rollback_configuration.as_ref())?;
    let option = group
        .deployment_style
        .as_ref()
        .and_then(|style| style.deployment_option);
    let balanced = option == Some(DeploymentOption::WithTrafficControl);
    balancing::check::<E>(platform, balanced, group.load_balancer_info.as_ref())?;
    blue_green(platform, group)?;
    services(platform, group.ecs_services.as_deref().unwrap_or_default())?;
    Ok(())
}

pub fn ec2_filters_and_set() -> InvalidEC2TagCombinationException {
    InvalidEC2TagCombinationException::new("Only one of ec2TagFilters and ec2TagSet can be given")
}

pub fn filters_and_set() -> InvalidOnPremisesTagCombinationException {
    InvalidOnPremisesTagCombinationException::new(
        "Only one of onPremisesInstanceTagFilters and onPremisesTagSet can be given",
    )
}

fn style(
    platform: ComputePlatform,
    style: Option<&DeploymentStyle>,
) -> Result<(), InvalidDeploymentStyleException> {
    let refused = |why: String| Err(InvalidDeploymentStyleException::new(why));
    let name = platform.as_str();
    let Some(style) = style else {
        return refused(format!(
            "For {name} deployment group, deployment style must be specified: BLUE_GREEN and WITH_TRAFFIC_CONTROL"
        ));
    };
    let (Some(kind), Some(option)) = (style.deployment_type, style.deployment_option) else {
        return refused("Deployment type or deployment option cannot be null or empty".to_owned());
    };
    let shifts = (kind, option)
        == (
            DeploymentType::BlueGreen,
            DeploymentOption::WithTrafficControl,
        );
    match platform == ComputePlatform::Server || shifts {
        true => Ok(()),
        false => refused(format!(
            "For {name} deployment group, deployment type can only be BLUE_GREEN and deployment option WITH_TRAFFIC_CONTROL"
        )),
    }
}

/// Functions are named by revisions: a group says nothing of where it deploys to.
fn functions(group: &DeploymentGroupInfo) -> Result<(), InvalidInputException> {
    fn given<T>(list: Option<&Vec<T>>) -> bool {
        list.is_some_and(|list| !list.is_empty())
    }
    let members = [
        ("ec2TagFilters", given(group.ec2_tag_filters.as_ref())),
        ("ec2TagSet", group.ec2_tag_set.is_some()),
        (
            "onPremisesInstanceTagFilters",
            given(group.on_premises_instance_tag_filters.as_ref()),
        ),
        ("onPremisesTagSet", group.on_premises_tag_set.is_some()),
        ("loadBalancerInfo", group.load_balancer_info.is_some()),
        ("ecsServices", given(group.ecs_services.as_ref())),
    ];
    match members.iter().find(|(_, is_given)| *is_given) {
        Some((member, _)) => Err(not_for_functions(member)),
        None => Ok(()),
    }
}

/// The same of what a group does not keep.
pub fn scaling(
    platform: ComputePlatform,
    auto_scaling_groups: Option<&[String]>,
) -> Result<(), InvalidInputException> {
    let given = auto_scaling_groups.is_some_and(|names| !names.is_empty());
    match platform == ComputePlatform::Lambda && given {
        true => Err(not_for_functions("autoScalingGroups")),
        false => Ok(()),
    }
}

fn not_for_functions(member: &str) -> InvalidInputException {
    InvalidInputException::new(format!("{member} is not for the compute platform Lambda"))
}

fn ec2_tags<E>(group: &DeploymentGroupInfo) -> Result<(), E>
where
    E: From<InvalidEC2TagException> + From<TagSetListLimitExceededException>,
{
    let refused =
        |why: &str| InvalidEC2TagException::new(format!("The EC2 tag is not valid: {why}"));
    let set = group.ec2_tag_set.as_ref();
    let set = set.and_then(|set| set.ec2_tag_set_list.as_deref());
    let set = set.unwrap_or_default();
    let sizes: Vec<usize> = set.iter().map(Vec::len).collect();
    tag_groups::<E>(&sizes, || refused("a tag group has at most 10 tags").into())?;
    let filters = group.ec2_tag_filters.as_deref().unwrap_or_default();
    for filter in filters.iter().chain(set.iter().flatten()) {
        Filter::of_ec2(filter).map_err(refused)?;
    }
    Ok(())
}

fn on_premises_tags<E>(group: &DeploymentGroupInfo) -> Result<(), E>
where
    E: From<InvalidTagException> + From<TagSetListLimitExceededException>,
{
    let refused = |why: &str| {
        InvalidTagException::new(format!(
            "The tag of on-premises instances is not valid: {why}"
        ))
    };
    let set = group.on_premises_tag_set.as_ref();
    let set = set.and_then(|set| set.on_premises_tag_set_list.as_deref());
    let set = set.unwrap_or_default();
    let sizes: Vec<usize> = set.iter().map(Vec::len).collect();
    tag_groups::<E>(&sizes, || refused("a tag group has at most 10 tags").into())?;
    let filters = group.on_premises_instance_tag_filters.as_deref();
    for filter in filters
        .unwrap_or_default()
        .iter()
        .chain(set.iter().flatten())
    {
        Filter::of_instances(filter).map_err(refused)?;
    }
    Ok(())
}

fn tag_groups<E: From<TagSetListLimitExceededException>>(
    sizes: &[usize],
    too_many_tags: impl Fn() -> E,
) -> Result<(), E> {
    if sizes.len() > MOST_TAG_GROUPS {
        let text = format!("A tag set has at most {MOST_TAG_GROUPS} tag groups");
        return Err(TagSetListLimitExceededException::new(text).into());
    }
    match sizes.iter().any(|size| *size > MOST_TAGS) {
        true => Err(too_many_tags()),
        false => Ok(()),
    }
}

fn triggers<E>(triggers: &[TriggerConfig]) -> Result<(), E>
where
    E: From<InvalidTriggerConfigException> + From<TriggerTargetsLimitExceededException>,
{
    if triggers.len() > MOST_TRIGGERS {
        let text = format!("A deployment group has at most {MOST_TRIGGERS} triggers");
        return Err(TriggerTargetsLimitExceededException::new(text).into());
    }
    let refused = |why: String| Err(InvalidTriggerConfigException::new(why).into());
    let mut names = BTreeSet::new();
    for trigger in triggers {
        let name = trigger.trigger_name.as_deref().unwrap_or_default();
        let length = name.chars().count();
        if length == 0 || length > LONGEST_TRIGGER_NAME {
            return refused(format!(
                "The trigger name '{name}' is not valid: it has 1 to {LONGEST_TRIGGER_NAME} characters"
            ));
        }
        if !names.insert(name) {
            return refused(format!("The trigger name '{name}' is given more than once"));
        }
        if trigger
            .trigger_target_arn
            .as_deref()
            .unwrap_or_default()
            .is_empty()
        {
            return refused(format!("The trigger '{name}' needs a Topic ARN"));
        }
        if trigger.trigger_events.as_ref().is_none_or(Vec::is_empty) {
            return refused(format!("The trigger '{name}' needs at least one event"));
        }
    }
    Ok(())
}

/// Also of a deployment's own alarms.
pub fn alarms<E>(alarms: Option<&AlarmConfiguration>) -> Result<(), E>
where
    E: From<InvalidAlarmConfigException> + From<AlarmsLimitExceededException>,
{
    let Some(configuration) = alarms else {
        return Ok(());
    };
    let refused = |why: String| Err(InvalidAlarmConfigException::new(why).into());
    let Some(alarms) = configuration.alarms.as_deref() else {
        return refused(
            "An alarm configuration needs its list of alarms, if only an empty one".to_owned(),
        );
    };
    if alarms.len() > MOST_ALARMS {
        let text = format!("A deployment group has at most {MOST_ALARMS} alarms");
        return Err(AlarmsLimitExceededException::new(text).into());
    }
    let mut names = BTreeSet::new();
    for alarm in alarms {
        let name = alarm.name.as_deref().unwrap_or_default();
        let length = name.chars().count();
        if length == 0 || length > LONGEST_ALARM_NAME {
            return refused(format!(
                "The alarm name '{name}' is not valid: it has 1 to {LONGEST_ALARM_NAME} characters"
            ));
        }
        if !names.insert(name) {
            return refused(format!("The alarm name '{name}' is given more than once"));
        }
    }
    match configuration.enabled == Some(true) && alarms.is_empty() {
        true => refused("An alarm configuration that is enabled needs alarms".to_owned()),
        false => Ok(()),
    }
}

/// Also of a deployment's own.
pub fn rollback(
    rollback: Option<&AutoRollbackConfiguration>,
) -> Result<(), InvalidAutoRollbackConfigException> {
    let Some(rollback) = rollback else {
        return Ok(());
    };
    let has_events = rollback
        .events
        .as_ref()
        .is_some_and(|events| !events.is_empty());
    match rollback.enabled == Some(true) && !has_events {
        true => Err(InvalidAutoRollbackConfigException::new(
            "An automatic rollback that is enabled needs events",
        )),
        false => Ok(()),
    }
}

fn blue_green(
    platform: ComputePlatform,
    group: &DeploymentGroupInfo,
) -> Result<(), InvalidBlueGreen> {
    let refused = |why: &str| Err(InvalidBlueGreen::new(why));
    let style = group.deployment_style.as_ref();
    let kind = style.and_then(|style| style.deployment_type);
    let on_premises = group.on_premises_tag_set.is_some()
        || group
            .on_premises_instance_tag_filters
            .as_ref()
            .is_some_and(|filters| !filters.is_empty());
    if kind == Some(DeploymentType::BlueGreen) && on_premises {
        return refused("On-premises instances cannot be deployed to with BLUE_GREEN");
    }
    match (platform, &group.blue_green_deployment_configuration) {
        (ComputePlatform::Ecs, None) => {
            refused("For ECS deployment group, blueGreenDeploymentConfiguration must be specified")
        }
        (_, None) => Ok(()),
        (_, Some(configuration)) => blocks(platform, configuration),
    }
}

fn blocks(
    platform: ComputePlatform,
    configuration: &BlueGreenDeploymentConfiguration,
) -> Result<(), InvalidBlueGreen> {
    let refused = |why: String| Err(InvalidBlueGreen::new(why));
    let is_ecs = platform == ComputePlatform::Ecs;
    let fleet = &configuration.green_fleet_provisioning_option;
    if platform != ComputePlatform::Server && fleet.is_some() {
        return refused(
            "greenFleetProvisioningOption is for the compute platform Server".to_owned(),
        );
    }
    let terminate = &configuration.terminate_blue_instances_on_deployment_success;
    let ready = &configuration.deployment_ready_option;
    let (Some(terminate), Some(ready)) = (terminate, ready) else {
        let who = if is_ecs {
            "For ECS deployment group, "
        } else {
            ""
        };
        return refused(format!(
            "{who}terminateBlueInstancesOnDeploymentSuccess and deploymentReadyOption must be specified"
        ));
    };
    if is_ecs && terminate.action != Some(InstanceAction::Terminate) {
        return refused(
            "For ECS deployment group, the action TERMINATE must be specified".to_owned(),
        );
    }
    let wait = terminate.termination_wait_time_in_minutes.unwrap_or(0);
    if !(0..=TERMINATION_WAIT).contains(&wait) {
        return refused(format!(
            "terminationWaitTimeInMinutes {wait} is not from 0 to {TERMINATION_WAIT}"
        ));
    }
    let most = if is_ecs { READY_WAIT_ECS } else { READY_WAIT };
    let wait = ready.wait_time_in_minutes.unwrap_or(0);
    let stops = ready.action_on_timeout == Some(DeploymentReadyAction::StopDeployment);
    match wait < 0 || (stops && wait > most) {
        true => refused(format!("waitTimeInMinutes {wait} is not from 0 to {most}")),
        false => Ok(()),
    }
}

fn services(
    platform: ComputePlatform,
    services: &[ECSService],
) -> Result<(), InvalidECSServiceException> {
    let refused = |why: &str| Err(InvalidECSServiceException::new(why));
    match (platform, services) {
        (ComputePlatform::Ecs, []) => {
            refused("For ECS deployment group, ecsServices must be specified")
        }
        (ComputePlatform::Ecs, [service]) => {
            let is_plain = |name: &Option<String>| {
                name.as_deref()
                    .is_some_and(|name| !name.is_empty() && !name.contains([':', '/']))
            };
            match is_plain(&service.cluster_name) && is_plain(&service.service_name) {
                true => Ok(()),
                false => {
                    refused("An ECS service needs the names of its cluster and service, not ARNs")
                }
            }
        }
        (ComputePlatform::Ecs, _) => refused("A deployment group has exactly one ECS service"),
        (_, []) => Ok(()),
        _ => refused("ecsServices is for the compute platform ECS"),
    }
}
