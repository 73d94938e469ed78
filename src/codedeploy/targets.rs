//! Targets of deployments: their ids, which of them a list shows, and what the wire shows of one.
//!
//! Source: contract, codedeploy sections 2.1, 5.4 and 6.7.

use super::errors;
use crate::aws::{Arn, Scope, Time};
use crate::engine::deployment::DeploymentState;
use crate::engine::deployment::appspec::function_name;
use crate::engine::deployment::lifecycle::{EventStatus, LifecycleEvent as Happened};
use crate::engine::deployment::state::LambdaTarget as Target;
use codedeploy_api::error::DeploymentNotStartedException;
use codedeploy_api::model::{
    DeploymentTarget, DeploymentTargetType, Diagnostics, InstanceStatus, InstanceSummary,
    LambdaFunctionInfo, LambdaTarget, LifecycleErrorCode, LifecycleEvent, LifecycleEventStatus,
    TargetStatus,
};

/// The only target of a Lambda deployment, once it is known.
pub fn only(state: &DeploymentState) -> Result<&Target, DeploymentNotStartedException> {
    let target = state.lambda();
    target.ok_or_else(|| errors::deployment_not_started(&state.plan.id))
}

/// Whether this is the target's id, in the form we give or as the function's name alone.
pub fn is_called(target: &Target, id: &str) -> bool {
    id == target.spec.target_id() || id == function_name(&target.spec.function)
}

/// The name of its status, as filters give it.
pub fn has_status(target: &Target, names: &[&str]) -> bool {
    names.is_empty() || names.contains(&target.status.as_str())
}

/// The target as the current operations show it.
pub fn target(state: &DeploymentState, of: &Target) -> DeploymentTarget {
    let spec = &of.spec;
    DeploymentTarget {
        deployment_target_type: Some(DeploymentTargetType::LambdaTarget),
        lambda_target: Some(LambdaTarget {
            deployment_id: Some(state.plan.id.clone()),
            target_id: Some(spec.target_id()),
            target_arn: Some(arn(&state.plan.scope, of)),
            status: TargetStatus::try_from(of.status.as_str()).ok(),
            last_updated_at: Some(of.updated.wire()),
            lifecycle_events: Some(events(of)),
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

/// The target as the operations for instances show it, which are older than targets.
pub fn summary(state: &DeploymentState, of: &Target) -> InstanceSummary {
    InstanceSummary {
        deployment_id: Some(state.plan.id.clone()),
        instance_id: Some(arn(&state.plan.scope, of)),
        status: InstanceStatus::try_from(of.status.as_str()).ok(),
        last_updated_at: Some(of.updated.wire()),
        lifecycle_events: Some(events(of)),
        instance_type: None,
    }
}

fn arn(scope: &Scope, of: &Target) -> String {
    let resource = format!("function:{}", of.spec.target_id());
    Arn::regional("lambda", scope, resource).to_string()
}

fn events(of: &Target) -> Vec<LifecycleEvent> {
    of.lifecycle.events().iter().map(event).collect()
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
