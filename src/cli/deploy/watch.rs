//! A deployment as it goes: its targets' lifecycle events, and how it ends.

use crate::cli::progress::{Progress, Status};
use crate::cli::remote::caller::{Api, CallError, Remote};
use crate::cli::remote::changes::{Changes, Subject};
use codedeploy_api::model::{DeploymentInfo, DeploymentTarget, LifecycleEvent};
use codedeploy_api::output::{
    BatchGetDeploymentTargetsOutput, GetDeploymentOutput, ListDeploymentTargetsOutput,
};
use serde_json::json;
use std::collections::HashSet;

/// How a deployment has ended.
pub struct End {
    pub succeeded: bool,
    status: String,
    /// Why it did not succeed, the deployment's own reason last.
    whys: Vec<String>,
    rollback: Option<String>,
}

/// Targets that are asked for at a time.
const BATCH: usize = 25;

/// Shows the deployment until it is over.
pub async fn watch(remote: &Remote, id: &str, progress: &mut Progress) -> anyhow::Result<End> {
    let mut changes = Changes::new(remote);
    let mut told = HashSet::new();
    let mut whys = Vec::new();
    changes.follow([Subject::Deployment(id.to_owned())]);
    loop {
        changes.next().await?;
        // The deployment first: when it is over, its targets do not change any more.
        let info = deployment(remote, id).await?;
        for target in targets(remote, id).await? {
            let target = Target::of(&target);
            show(&target, progress, &mut told, &mut whys);
        }
        if info.complete_time.is_some() {
            return Ok(End::of(&info, whys));
        }
    }
}

async fn deployment(remote: &Remote, id: &str) -> Result<DeploymentInfo, CallError> {
    let input = json!({ "deploymentId": id });
    let output: GetDeploymentOutput = remote
        .call(Api::CodeDeploy, "GetDeployment", &input)
        .await?;
    Ok(output.deployment_info.unwrap_or_default())
}

/// None before the deployment knows them.
async fn targets(remote: &Remote, id: &str) -> Result<Vec<DeploymentTarget>, CallError> {
    let mut ids: Vec<String> = Vec::new();
    let mut token: Option<String> = None;
    loop {
        let mut input = json!({ "deploymentId": id });
        if let Some(token) = &token {
            input["nextToken"] = json!(token);
        }
        let listed = remote
            .call(Api::CodeDeploy, "ListDeploymentTargets", &input)
            .await;
        let page: ListDeploymentTargetsOutput = match listed {
            Err(error) if CallError::is(&error, "DeploymentNotStartedException") => {
                return Ok(Vec::new());
            }
            listed => listed?,
        };
        ids.extend(page.target_ids.into_iter().flatten());
        token = page.next_token;
        if token.is_none() {
            break;
        }
    }
    let mut targets = Vec::new();
    for batch in ids.chunks(BATCH) {
        let input = json!({"deploymentId": id, "targetIds": batch});
        let output: BatchGetDeploymentTargetsOutput = remote
            .call(Api::CodeDeploy, "BatchGetDeploymentTargets", &input)
            .await?;
        targets.extend(output.deployment_targets.into_iter().flatten());
    }
    Ok(targets)
}

/// What all kinds of targets have.
struct Target<'a> {
    id: &'a str,
    events: &'a [LifecycleEvent],
}

impl<'a> Target<'a> {
    fn of(target: &'a DeploymentTarget) -> Self {
        let (id, events) = if let Some(of) = &target.instance_target {
            (&of.target_id, &of.lifecycle_events)
        } else if let Some(of) = &target.lambda_target {
            (&of.target_id, &of.lifecycle_events)
        } else if let Some(of) = &target.ecs_target {
            (&of.target_id, &of.lifecycle_events)
        } else {
            (&None, &None)
        };
        Self {
            id: id.as_deref().unwrap_or_default(),
            events: events.as_deref().unwrap_or_default(),
        }
    }
}

fn show(
    target: &Target<'_>,
    progress: &mut Progress,
    told: &mut HashSet<String>,
    whys: &mut Vec<String>,
) {
    for event in target.events {
        let name = event.lifecycle_event_name.as_deref().unwrap_or_default();
        let step = format!("{} / {name}", target.id);
        let status = event.status.map(|status| status.to_string());
        match status.as_deref() {
            Some("InProgress") => progress.step(&step, Status::Running, ""),
            Some("Succeeded") => progress.step(&step, Status::Succeeded, ""),
            Some("Failed") => {
                let diagnostics = event.diagnostics.as_ref();
                let message = diagnostics.and_then(|of| of.message.as_deref());
                let message = message.unwrap_or("failed");
                progress.step(&step, Status::Failed, message);
                if told.insert(step.clone()) {
                    let tail = diagnostics.and_then(|of| of.log_tail.as_deref());
                    tail.unwrap_or_default()
                        .lines()
                        .for_each(|line| progress.log(line));
                    whys.push(format!("{step}: {message}"));
                }
            }
            _ => {}
        }
    }
}

impl End {
    fn of(info: &DeploymentInfo, mut whys: Vec<String>) -> Self {
        let status = info
            .status
            .map(|status| status.to_string())
            .unwrap_or_default();
        let error = info.error_information.as_ref();
        whys.extend(error.and_then(|error| error.message.clone()));
        let rollback = info.rollback_info.as_ref();
        Self {
            succeeded: status == "Succeeded",
            status,
            whys,
            rollback: rollback.and_then(|of| of.rollback_deployment_id.clone()),
        }
    }

    pub fn summary(&self, application: &str, id: &str) -> String {
        let mut text = format!("{application} {id} {}", self.status);
        if !self.succeeded && !self.whys.is_empty() {
            text.push_str(&format!(": {}", self.whys.join("; ")));
        }
        if let Some(by) = &self.rollback {
            text.push_str(&format!("; {by} rolls it back"));
        }
        text
    }
}
