//! Deployments as the wire shows them.
//!
//! Invariant: what the contract's section 5.2 shows always is there, everything else only when it applies.

use super::CodeDeploy;
use super::deployments::Fixed;
use crate::aws::{Scope, Time};
use crate::engine::deployment::server::fleet::Originals;
use crate::engine::deployment::state::{Target, TargetStatus};
use crate::engine::deployment::{DeploymentState, Fault, Status, rollback};
use codedeploy_api::model::{
    DeploymentInfo, DeploymentOverview, DeploymentStatus, ErrorCode, ErrorInformation,
    LastDeploymentInfo, RollbackInfo,
};

/// The deployment, under its application's and group's present names. `relatedDeployments` is of follow-ups to instances that Auto
/// Scaling has launched meanwhile, of which there are none.
pub fn info(service: &CodeDeploy, scope: &Scope, of: (Fixed, DeploymentState)) -> DeploymentInfo {
    let (fixed, state) = of;
    let names = &service.tables.deployments.names;
    let name = |id: &str, otherwise: Option<String>| {
        let name = names.get(&(scope.clone(), id.to_owned()));
        name.map(|name| (*name).clone()).or(otherwise)
    };
    let info = fixed.info;
    DeploymentInfo {
        application_name: name(&fixed.application_id, info.application_name),
        deployment_group_name: name(&fixed.group_id, info.deployment_group_name),
        status: Some(status(state.status)),
        error_information: state.error.as_ref().map(error),
        create_time: Some(fixed.created.wire()),
        start_time: state.started.map(Time::wire),
        complete_time: state.completed.map(Time::wire),
        deployment_overview: shows_overview(&state).then(|| overview(&state)),
        rollback_info: rollback_info(&state),
        instance_termination_wait_time_started: Some(originals_wait(&state)),
        deployment_status_messages: Some(messages(&state)),
        ..info
    }
}

/// Whether what was replaced has begun to wait for its end.
fn originals_wait(state: &DeploymentState) -> bool {
    match &state.target {
        Some(Target::Ecs(target)) => target.progress.retiring,
        Some(Target::Server(fleet)) => fleet.originals != Originals::Kept,
        Some(Target::Lambda(_)) | None => false,
    }
}

/// What could not be cleaned up.
fn messages(state: &DeploymentState) -> Vec<String> {
    match &state.target {
        Some(Target::Ecs(target)) => target.messages.clone(),
        Some(Target::Server(fleet)) => fleet.messages.clone(),
        Some(Target::Lambda(_)) | None => Vec::new(),
    }
}

/// Counts of instances are shown while they change, those of other targets at the end.
fn shows_overview(state: &DeploymentState) -> bool {
    state.is_over() || state.fleet().is_some()
}

/// As a group shows it.
pub fn last(fixed: &Fixed, state: &DeploymentState) -> LastDeploymentInfo {
    LastDeploymentInfo {
        deployment_id: Some(state.plan.id.clone()),
        status: Some(status(state.status)),
        end_time: state.completed.map(Time::wire),
        create_time: Some(fixed.created.wire()),
    }
}

fn status(of: Status) -> DeploymentStatus {
    match of {
        Status::Created => DeploymentStatus::Created,
        Status::InProgress => DeploymentStatus::InProgress,
        Status::Baking => DeploymentStatus::Baking,
        Status::Ready => DeploymentStatus::Ready,
        Status::Succeeded => DeploymentStatus::Succeeded,
        Status::Failed => DeploymentStatus::Failed,
        Status::Stopped => DeploymentStatus::Stopped,
    }
}

fn error(fault: &Fault) -> ErrorInformation {
    ErrorInformation {
        code: ErrorCode::try_from(fault.code.as_str()).ok(),
        message: Some(fault.message.clone()),
    }
}

fn overview(state: &DeploymentState) -> DeploymentOverview {
    let count = |wanted: TargetStatus| {
        let statuses = state.target_statuses().into_iter();
        let count = statuses.filter(|status| *status == wanted).count();
        i64::try_from(count).ok()
    };
    DeploymentOverview {
        pending: count(TargetStatus::Pending),
        in_progress: count(TargetStatus::InProgress),
        succeeded: count(TargetStatus::Succeeded),
        failed: count(TargetStatus::Failed),
        skipped: count(TargetStatus::Skipped),
        ready: count(TargetStatus::Ready),
    }
}

fn rollback_info(state: &DeploymentState) -> Option<RollbackInfo> {
    let links = rollback::links(state)?;
    Some(RollbackInfo {
        rollback_deployment_id: links.by,
        rollback_triggering_deployment_id: links.of,
        rollback_message: Some(links.message),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    // Witness: contract codedeploy §5.6, §10.1 F29: a code that the model does not know would not be shown.
    #[test]
    fn every_code_is_one_of_the_models() {
        let source = include_str!("../engine/deployment/fault.rs");
        let is_code = |text: &&str| {
            let letters = text
                .bytes()
                .all(|byte| byte.is_ascii_uppercase() || byte == b'_');
            letters && text.len() > 2
        };
        let codes: Vec<&str> = source.split('"').filter(is_code).collect();
        assert!(codes.len() > 20, "{codes:?}");
        for code in codes {
            assert!(ErrorCode::try_from(code).is_ok(), "{code}");
        }
    }
}
