//! Applications and deployment groups as the wire shows them.
//!
//! Invariant: a member that was never set is absent, except for those that the contract's section 3.4.2 always shows.

use super::store::{Application, Group};
use codedeploy_api::model::{
    AlarmConfiguration, ApplicationInfo, AutoRollbackConfiguration,
    BlueGreenDeploymentConfiguration, ComputePlatform, DeploymentGroupInfo, LastDeploymentInfo,
};

pub fn application(name: &str, row: &Application) -> ApplicationInfo {
    ApplicationInfo {
        application_id: Some(row.id.clone()),
        application_name: Some(name.to_owned()),
        create_time: Some(row.created.wire()),
        linked_to_git_hub: Some(false),
        git_hub_account_name: None,
        compute_platform: Some(row.platform),
    }
}

/// The group under its application's present name and its own; `last` shows a deployment by its id.
pub fn group(
    application: (&str, &Application),
    name: &str,
    group: &Group,
    last: impl Fn(&str) -> Option<LastDeploymentInfo>,
) -> DeploymentGroupInfo {
    let Group { id, definition, .. } = group;
    let platform = application.1.platform;
    let definition = definition.clone();
    let ec2_filters = definition.ec2_tag_filters.unwrap_or_default();
    let filters = definition.on_premises_instance_tag_filters;
    let hook = definition.termination_hook_enabled;
    DeploymentGroupInfo {
        application_name: Some(application.0.to_owned()),
        deployment_group_id: Some(id.clone()),
        deployment_group_name: Some(name.to_owned()),
        compute_platform: Some(platform),
        ec2_tag_filters: definition.ec2_tag_set.is_none().then_some(ec2_filters),
        on_premises_instance_tag_filters: definition
            .on_premises_tag_set
            .is_none()
            .then(|| filters.unwrap_or_default()),
        auto_scaling_groups: Some(definition.auto_scaling_groups.unwrap_or_default()),
        trigger_configurations: Some(definition.trigger_configurations.unwrap_or_default()),
        alarm_configuration: Some(alarms(definition.alarm_configuration.unwrap_or_default())),
        auto_rollback_configuration: definition.auto_rollback_configuration.map(rollback),
        last_attempted_deployment: group.last_attempted.as_deref().and_then(&last),
        last_successful_deployment: group.last_successful.as_deref().and_then(&last),
        blue_green_deployment_configuration: match platform {
            ComputePlatform::Ecs => definition.blue_green_deployment_configuration.map(waits),
            _ => definition.blue_green_deployment_configuration,
        },
        ecs_services: definition.ecs_services.filter(|of| !of.is_empty()),
        termination_hook_enabled: match platform {
            ComputePlatform::Server => Some(hook.unwrap_or(false)),
            ComputePlatform::Lambda | ComputePlatform::Ecs => hook,
        },
        ..definition
    }
}

/// `aws ecs deploy` subscripts both waits without a guard.
fn waits(of: BlueGreenDeploymentConfiguration) -> BlueGreenDeploymentConfiguration {
    let or_none = |minutes: Option<i32>| Some(minutes.unwrap_or(0));
    let (mut ready, mut terminate) = (
        of.deployment_ready_option,
        of.terminate_blue_instances_on_deployment_success,
    );
    if let Some(ready) = &mut ready {
        ready.wait_time_in_minutes = or_none(ready.wait_time_in_minutes);
    }
    if let Some(terminate) = &mut terminate {
        terminate.termination_wait_time_in_minutes =
            or_none(terminate.termination_wait_time_in_minutes);
    }
    BlueGreenDeploymentConfiguration {
        deployment_ready_option: ready,
        terminate_blue_instances_on_deployment_success: terminate,
        ..of
    }
}

fn alarms(of: AlarmConfiguration) -> AlarmConfiguration {
    AlarmConfiguration {
        enabled: Some(of.enabled.unwrap_or(false)),
        ignore_poll_alarm_failure: Some(of.ignore_poll_alarm_failure.unwrap_or(false)),
        alarms: Some(of.alarms.unwrap_or_default()),
    }
}

fn rollback(of: AutoRollbackConfiguration) -> AutoRollbackConfiguration {
    AutoRollbackConfiguration {
        enabled: Some(of.enabled.unwrap_or(false)),
        events: Some(of.events.unwrap_or_default()),
    }
}
