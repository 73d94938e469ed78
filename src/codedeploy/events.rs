//! Changes of deployments as EventBridge events (contract codedeploy §9.2).

use super::deployments::{DeploymentKey, Fixed};
use super::store::Tables;
use crate::aws::{Arn, Scope, Time};
use crate::companions::events::Event;
use crate::engine::deployment::Status;
use crate::engine::deployment::state::TargetStatus;
use crate::store::Txn;
use serde_json::json;

/// The event that tells of a deployment's new status, if one does.
pub fn event(
    tables: &Tables,
    tx: &Txn,
    (scope, id): &DeploymentKey,
    fixed: &Fixed,
    (from, to): (Status, Status),
    at: Time,
) -> Option<Event> {
    let state = match to {
        // It starts once; what somebody has continued goes on.
        Status::InProgress if from == Status::Created => "START",
        Status::Created | Status::InProgress | Status::Baking => return None,
        Status::Ready => "READY",
        Status::Succeeded => "SUCCESS",
        Status::Failed => "FAILURE",
        Status::Stopped => "STOP",
    };
    let mut event = told(tables, tx, (scope, id), fixed, state, at);
    event.detail_type = "CodeDeploy Deployment State-change Notification".to_owned();
    Some(event)
}

/// The event that tells of the new status of an instance, by id and ARN, if one does.
pub fn instance_event(
    tables: &Tables,
    tx: &Txn,
    (scope, id): &DeploymentKey,
    fixed: &Fixed,
    (instance, arn, to): (&str, &str, TargetStatus),
    at: Time,
) -> Option<Event> {
    let state = match to {
        TargetStatus::InProgress => "START",
        TargetStatus::Succeeded => "SUCCESS",
        TargetStatus::Failed => "FAILURE",
        TargetStatus::Ready => "READY",
        TargetStatus::Pending | TargetStatus::Skipped => return None,
    };
    let mut event = told(tables, tx, (scope, id), fixed, state, at);
    event.detail_type = "CodeDeploy Instance State-change Notification".to_owned();
    event.detail["instanceId"] = json!(instance);
    event.resources.push(arn.to_owned());
    Some(event)
}

/// What the events have in common.
fn told(
    tables: &Tables,
    tx: &Txn,
    (scope, id): (&Scope, &str),
    fixed: &Fixed,
    state: &str,
    at: Time,
) -> Event {
    let name = |id: &str, otherwise: &Option<String>| {
        let key = (scope.clone(), id.to_owned());
        let name = tx.get(&tables.deployments.names, &key);
        let name = name.map(|name| (*name).clone());
        name.or_else(|| otherwise.clone()).unwrap_or_default()
    };
    let application = name(&fixed.application_id, &fixed.info.application_name);
    let group = name(&fixed.group_id, &fixed.info.deployment_group_name);
    let arn = |resource: String| Arn::regional("codedeploy", scope, resource).to_string();
    Event {
        scope: scope.clone(),
        source: "aws.codedeploy".to_owned(),
        detail_type: String::new(),
        resources: vec![
            arn(format!("application:{application}")),
            arn(format!("deploymentgroup:{application}/{group}")),
        ],
        detail: json!({
            "region": scope.region.as_str(),
            "deploymentId": id,
            "instanceGroupId": fixed.group_id,
            "deploymentGroup": group,
            "state": state,
            "application": application,
        }),
        time: at,
    }
}
