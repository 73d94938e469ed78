//! Changes of deployments as EventBridge events (contract codedeploy §9.2).

use super::deployments::{DeploymentKey, Fixed};
use super::store::Tables;
use crate::aws::{Arn, Time};
use crate::companions::events::Event;
use crate::engine::deployment::Status;
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
        Status::Created => return None,
        // It starts once; what somebody has continued goes on.
        Status::InProgress if from == Status::Ready => return None,
        Status::InProgress => "START",
        Status::Ready => "READY",
        Status::Succeeded => "SUCCESS",
        Status::Failed => "FAILURE",
        Status::Stopped => "STOP",
    };
    let name = |id: &str, otherwise: &Option<String>| {
        let key = (scope.clone(), id.to_owned());
        let name = tx.get(&tables.deployments.names, &key);
        let name = name.map(|name| (*name).clone());
        name.or_else(|| otherwise.clone()).unwrap_or_default()
    };
    let application = name(&fixed.application_id, &fixed.info.application_name);
    let group = name(&fixed.group_id, &fixed.info.deployment_group_name);
    let arn = |resource: String| Arn::regional("codedeploy", scope, resource).to_string();
    Some(Event {
        scope: scope.clone(),
        source: "aws.codedeploy".to_owned(),
        detail_type: "CodeDeploy Deployment State-change Notification".to_owned(),
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
    })
}
