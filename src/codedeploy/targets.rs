//! Targets of deployments: their ids, which of them a list shows, and what the wire shows of one.
//!
//! Source: contract, codedeploy sections 2.1, 5.4, 6.7 and 7.6.

use super::errors;
use crate::aws::{Arn, Scope, Time};
use crate::engine::deployment::DeploymentState;
use crate::engine::deployment::appspec::function_name;
use crate::engine::deployment::ecs::target::{Color, EcsTarget, SetSeen};
use crate::engine::deployment::lifecycle::{EventStatus, Lifecycle, LifecycleEvent as Happened};
use crate::engine::deployment::plan::Work;
use crate::engine::deployment::state::{self, Target};
use codedeploy_api::error::{DeploymentNotStartedException, InvalidComputePlatformException};
use codedeploy_api::model::{
    DeploymentTarget, DeploymentTargetType, Diagnostics, ECSTarget, ECSTaskSet, InstanceStatus,
    InstanceSummary, LambdaFunctionInfo, LambdaTarget, LifecycleErrorCode, LifecycleEvent,
    LifecycleEventStatus, TargetGroupInfo, TargetLabel, TargetStatus,
};

/// The only target of a deployment to Lambda or ECS, once it is known.
pub fn only(state: &DeploymentState) -> Result<&Target, DeploymentNotStartedException> {
    let target = state.target.as_ref();
    target.ok_or_else(|| errors::deployment_not_started(&state.plan.id))
}

/// The target's id.
pub fn id(target: &Target) -> String {
    match target {
        Target::Lambda(target) => target.spec.target_id(),
        Target::Ecs(target) => target.id(),
    }
}

/// The operations for instances know no deployments to ECS.
pub fn has_instances(state: &DeploymentState) -> Result<(), InvalidComputePlatformException> {
    match state.plan.work {
        Work::Ecs(_) => Err(errors::no_instances_of_ecs(&state.plan.id)),
        Work::Lambda(_) => Ok(()),
    }
}

/// Whether this is the target's id, in the form we give; a function may be called by its name alone.
pub fn is_called(target: &Target, given: &str) -> bool {
    let by_name = match target {
        Target::Lambda(target) => given == function_name(&target.spec.function),
        Target::Ecs(_) => false,
    };
    by_name || given == id(target)
}

/// The name of its status, as filters give it.
pub fn has_status(target: &Target, names: &[&str]) -> bool {
    names.is_empty() || names.contains(&target.status().as_str())
}

/// The target as the current operations show it.
pub fn target(state: &DeploymentState, of: &Target) -> DeploymentTarget {
    match of {
        Target::Lambda(target) => lambda_target(state, target),
        Target::Ecs(target) => ecs_target(state, target),
    }
}

fn lambda_target(state: &DeploymentState, of: &state::LambdaTarget) -> DeploymentTarget {
    let spec = &of.spec;
    DeploymentTarget {
        deployment_target_type: Some(DeploymentTargetType::LambdaTarget),
        lambda_target: Some(LambdaTarget {
            deployment_id: Some(state.plan.id.clone()),
            target_id: Some(spec.target_id()),
            target_arn: Some(arn(&state.plan.scope, of)),
            status: TargetStatus::try_from(of.status.as_str()).ok(),
            last_updated_at: Some(of.updated.wire()),
            lifecycle_events: Some(events(&of.lifecycle)),
            lambda_function_info: Some(LambdaFunctionInfo {
                function_name: Some(function_name(&spec.function).to_owned()),
                function_alias: Some(spec.alias.clone()),
                current_version: Some(spec.current.clone()),
                target_version: Some(spec.target.clone()),
                target_version_weight: Some(f64::from(of.weight)),
            }),
        }),
        ..DeploymentTarget::default()
    }
}

fn ecs_target(state: &DeploymentState, of: &EcsTarget) -> DeploymentTarget {
    DeploymentTarget {
        deployment_target_type: Some(DeploymentTargetType::ECSTarget),
        ecs_target: Some(ECSTarget {
            deployment_id: Some(state.plan.id.clone()),
            target_id: Some(of.id()),
            target_arn: Some(service_arn(&state.plan.scope, of)),
            last_updated_at: Some(of.updated.wire()),
            lifecycle_events: Some(events(&of.lifecycle)),
            status: TargetStatus::try_from(of.status.as_str()).ok(),
            task_sets_info: Some(of.sets.iter().map(|set| task_set(of, set)).collect()),
        }),
        ..DeploymentTarget::default()
    }
}

/// As ECS spells it, once the service has been looked at.
fn service_arn(scope: &Scope, of: &EcsTarget) -> String {
    let known = of.setting.as_ref().map(|known| known.service_arn.clone());
    known.unwrap_or_else(|| {
        let resource = format!("service/{}/{}", of.place.cluster, of.place.service);
        Arn::regional("ecs", scope, resource).to_string()
    })
}

fn task_set(of: &EcsTarget, set: &SetSeen) -> ECSTaskSet {
    let group = of.setting.as_ref().map(|setting| match set.color {
        Color::Blue => &setting.blue_group,
        Color::Green => &setting.green_group,
    });
    ECSTaskSet {
        identifer: Some(set.id.clone()),
        desired_count: Some(i64::from(set.desired)),
        pending_count: Some(i64::from(set.pending)),
        running_count: Some(i64::from(set.running)),
        status: Some(set.status.clone()),
        traffic_weight: Some(f64::from(of.weight_of(set.color))),
        target_group: group.map(|group| TargetGroupInfo {
            name: Some(group.name.clone()),
        }),
        task_set_label: TargetLabel::try_from(set.color.as_str()).ok(),
    }
}

/// The target as the operations for instances show it, which are older than targets.
pub fn summary(state: &DeploymentState, of: &state::LambdaTarget) -> InstanceSummary {
    InstanceSummary {
        deployment_id: Some(state.plan.id.clone()),
        instance_id: Some(arn(&state.plan.scope, of)),
        status: InstanceStatus::try_from(of.status.as_str()).ok(),
        last_updated_at: Some(of.updated.wire()),
        lifecycle_events: Some(events(&of.lifecycle)),
        instance_type: None,
    }
}

fn arn(scope: &Scope, of: &state::LambdaTarget) -> String {
    let resource = format!("function:{}", of.spec.target_id());
    Arn::regional("lambda", scope, resource).to_string()
}

fn events(of: &Lifecycle) -> Vec<LifecycleEvent> {
    of.events().iter().map(event).collect()
}

fn event(of: &Happened) -> LifecycleEvent {
    LifecycleEvent {
        lifecycle_event_name: Some(of.name.clone()),
        diagnostics: of.diagnostics.as_deref().map(diagnostics),
        start_time: of.start.map(Time::wire),
        end_time: of.end.map(Time::wire),
        status: Some(match of.status {
            EventStatus::Pending => LifecycleEventStatus::Pending,
            EventStatus::InProgress => LifecycleEventStatus::InProgress,
            EventStatus::Succeeded => LifecycleEventStatus::Succeeded,
            EventStatus::Failed => LifecycleEventStatus::Failed,
            EventStatus::Skipped => LifecycleEventStatus::Skipped,
        }),
    }
}

fn diagnostics(why: &str) -> Diagnostics {
    Diagnostics {
        error_code: Some(LifecycleErrorCode::UnknownError),
        script_name: None,
        message: Some(why.to_owned()),
        log_tail: None,
    }
}
