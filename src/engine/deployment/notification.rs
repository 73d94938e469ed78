//! What triggers publish: the live format of AWS's messages, which differs from the documented one.
//!
//! Source: contract, codedeploy section 9.1. Members come in AWS's order; counts, errors and rollbacks are JSON texts in strings.

use super::effect::Effect;
use super::rollback;
use super::state::{DeploymentState, Status, TargetStatus};
use crate::aws::Time;
use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use serde::Serialize;
use serde_json::json;

/// SNS takes no longer subjects.
pub(super) const LONGEST_SUBJECT: usize = 99;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Message<'a> {
    region: &'a str,
    account_id: &'a str,
    event_trigger_name: &'a str,
    application_name: &'a str,
    deployment_id: &'a str,
    deployment_group_name: &'a str,
    create_time: String,
    /// An explicit null until done.
    complete_time: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    deployment_overview: Option<String>,
    status: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_information: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rollback_information: Option<String>,
}

/// One message for each trigger that wants to hear of the event.
pub(super) fn of(state: &DeploymentState, event: &str) -> Vec<Effect> {
    let wants = state
        .plan
        .triggers
        .iter()
        .filter(|trigger| trigger.events.iter().any(|wanted| wanted == event));
    wants
        .map(|trigger| Effect::Publish {
            topic: trigger.topic.clone(),
            subject: subject(state),
            message: message(state, &trigger.name),
        })
        .collect()
}

/// `CREATED`, `IN_PROGRESS`, …
fn status(of: Status) -> &'static str {
    match of {
        Status::Created => "CREATED",
        Status::InProgress => "IN_PROGRESS",
        Status::Ready => "READY",
        Status::Baking => "BAKING",
        Status::Succeeded => "SUCCEEDED",
        Status::Failed => "FAILED",
        Status::Stopped => "STOPPED",
    }
}

fn subject(state: &DeploymentState) -> String {
    let plan = &state.plan;
    let text = format!(
        "{}: AWS CodeDeploy {} in {} to {}",
        status(state.status),
        plan.id,
        plan.scope.region,
        plan.application
    );
    text.chars().take(LONGEST_SUBJECT).collect()
}

fn message(state: &DeploymentState, trigger: &str) -> String {
    let plan = &state.plan;
    let message = Message {
        region: plan.scope.region.as_str(),
        account_id: plan.scope.account.as_str(),
        event_trigger_name: trigger,
        application_name: &plan.application,
        deployment_id: &plan.id,
        deployment_group_name: &plan.group,
        create_time: date(plan.created),
        complete_time: state.completed.map(date),
        deployment_overview: state.is_over().then(|| overview(state)),
        status: status(state.status),
        error_information: error(state),
        rollback_information: rollback_of(state),
    };
    serde_json::to_string(&message).expect("texts are JSON")
}

fn overview(state: &DeploymentState) -> String {
    let count = |wanted: TargetStatus| {
        let statuses = state.target_statuses().into_iter();
        statuses.filter(|status| *status == wanted).count()
    };
    format!(
        r#"{{"Succeeded":{},"Failed":{},"Skipped":{},"InProgress":{},"Pending":{}}}"#,
        count(TargetStatus::Succeeded),
        count(TargetStatus::Failed),
        count(TargetStatus::Skipped),
        count(TargetStatus::InProgress),
        count(TargetStatus::Pending),
    )
}

fn error(state: &DeploymentState) -> Option<String> {
    let fault = state.error.as_ref()?;
    let (code, message) = (json!(fault.code.as_str()), json!(fault.message));
    Some(format!(
        r#"{{"ErrorCode":{code},"ErrorMessage":{message}}}"#
    ))
}

/// Empty on what did not succeed, whole on what rolls it back.
fn rollback_of(state: &DeploymentState) -> Option<String> {
    let links = rollback::links(state);
    if let Some((of, message)) = links.and_then(|links| Some((links.of?, links.message))) {
        let (of, message) = (json!(of), json!(message));
        return Some(format!(
            r#"{{"RollbackMessage":{message},"RollbackTriggeringDeploymentId":{of}}}"#
        ));
    }
    state.error.is_some().then(|| "{}".to_owned())
}

/// `Thu Oct 13 15:50:45 UTC 2022`
pub(super) fn date(time: Time) -> String {
    let whole = DateTime::from_secs(time.millis().div_euclid(1000));
    let http = whole.fmt(Format::HttpDate).unwrap_or_default();
    let parts: Vec<&str> = http
        .split([' ', ','])
        .filter(|part| !part.is_empty())
        .collect();
    match parts[..] {
        [weekday, day, month, year, clock, _] => {
            format!("{weekday} {month} {day} {clock} UTC {year}")
        }
        _ => http,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Witness: contract codedeploy §9.1.
    #[test]
    fn dates_are_written_as_aws_writes_them() {
        assert_eq!(
            date(Time::from_millis(1_665_676_245_123)),
            "Thu Oct 13 15:50:45 UTC 2022"
        );
    }
}
