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
    use super::super::plan::Trigger;
    use super::super::script::{Run, plan};
    use super::*;

    // Witness: contract codedeploy §9.1.
    #[test]
    fn dates_are_written_as_aws_writes_them() {
        assert_eq!(
            date(Time::from_millis(1_665_676_245_123)),
            "Thu Oct 13 15:50:45 UTC 2022"
        );
    }

    /// Every event that a trigger may have, of deployments and of instances.
    const EVENTS: [&str; 10] = [
        "DeploymentStart",
        "DeploymentSuccess",
        "DeploymentFailure",
        "DeploymentStop",
        "DeploymentRollback",
        "DeploymentReady",
        "InstanceStart",
        "InstanceSuccess",
        "InstanceFailure",
        "InstanceReady",
    ];

    /// What a trigger of this one event hears: the statuses at the beginning of subjects, and of messages.
    fn heard(script: &str, event: &str) -> Vec<String> {
        let (words, happens) = script.split_once('|').unwrap();
        let mut plan = plan(words);
        plan.triggers = vec![Trigger {
            name: "one".to_owned(),
            topic: "topic".to_owned(),
            events: vec![event.to_owned()],
        }];
        let mut run = Run::new(plan);
        run.words(happens);
        let told = run.effects.iter().filter_map(|effect| match effect {
            Effect::Publish {
                subject, message, ..
            } => Some((subject, message)),
            _ => None,
        });
        let status = |(subject, message): (&String, &String)| {
            let message: serde_json::Value = serde_json::from_str(message).unwrap();
            let status = message["status"].as_str().unwrap();
            let rest = "AWS CodeDeploy d-AAAAAAAAA in us-east-1 to app";
            assert_eq!(*subject, format!("{status}: {rest}"));
            assert_eq!(message["eventTriggerName"], "one");
            status.to_owned()
        };
        told.map(status).collect()
    }

    #[track_caller]
    fn check(script: &str, expected: [&[&str]; 6]) {
        for (at, event) in EVENTS.iter().enumerate() {
            let expected = expected.get(at).copied().unwrap_or_default();
            assert_eq!(heard(script, event), expected, "{script}: {event}");
        }
    }

    // Witness: contract codedeploy §9.1: each event with its status, on both platforms that have no instances, which hear nothing of
    // instances.
    #[test]
    fn each_event_is_told_with_its_status() {
        let (created, none): (&[&str], &[&str]) = (&["CREATED"], &[]);
        check(
            "canary | ok ok ok 5m ok",
            [created, &["SUCCEEDED"], none, none, none, none],
        );
        check("| ok fail", [created, none, &["FAILED"], none, none, none]);
        check(
            "alarms | ok ring",
            [created, none, none, &["STOPPED"], none, none],
        );
        check(
            "rolling | ok ok ok",
            [created, &["SUCCEEDED"], none, none, &["IN_PROGRESS"], none],
        );
        let all = "ok ok ok ok ok ok ok ok ok ok";
        check(
            &format!("ecs hold | {all}"),
            [created, &["SUCCEEDED"], none, none, none, &["READY"]],
        );
        check(
            "ecs | ok fail",
            [created, none, &["FAILED"], none, none, none],
        );
        check(
            "ecs hold | ok ok ok ok 1h",
            [created, none, none, &["STOPPED"], none, &["READY"]],
        );
        check(
            "ecs keep | ok ok ok ok ok ok ok stop",
            [created, none, none, &["STOPPED"], none, none],
        );
        check(
            "ecs rolling | ok ok ok ok ok ok",
            [created, &["SUCCEEDED"], none, none, &["IN_PROGRESS"], none],
        );
    }

    // Witness: contract codedeploy §9.1: one message per matching trigger.
    #[test]
    fn each_trigger_that_wants_it_has_a_message_of_its_own() {
        let mut plan = plan("ecs");
        let trigger = |name: &str, events: &[&str]| Trigger {
            name: name.to_owned(),
            topic: format!("topic of {name}"),
            events: events.iter().map(|event| (*event).to_owned()).collect(),
        };
        plan.triggers = vec![
            trigger("one", &["DeploymentStart", "DeploymentFailure"]),
            trigger("two", &["DeploymentSuccess"]),
            trigger("three", &["InstanceStart", "DeploymentStart"]),
        ];
        let run = Run::new(plan);
        let told = run.effects.iter().filter_map(|effect| match effect {
            Effect::Publish { topic, .. } => Some(topic.as_str()),
            _ => None,
        });
        assert_eq!(told.collect::<Vec<_>>(), ["topic of one", "topic of three"]);
    }

    // Witness: contract codedeploy §9.1: the recorded failure of a deployment to ECS and its rollback, member by member.
    #[test]
    fn a_failure_on_ecs_and_its_rollback_are_told_as_recorded() {
        let mut old = Run::new(plan("ecs hooks rollback trigger"));
        old.words("ok ok ok ok ok 1m fail");
        let mut new = Run::new(rollback::plan(old.state()).unwrap());
        new.words("ok ok ok ok");
        assert!(new.state().is_over());
        let told = old.effects.iter().chain(&new.effects);
        let told = told.filter_map(|effect| match effect {
            Effect::Publish { message, .. } => Some(message.as_str()),
            _ => None,
        });
        let told: Vec<&str> = told.collect();
        let base = |id: &str, created: &str| {
            format!(
                r#""region":"us-east-1","accountId":"000000000000","eventTriggerName":"all","applicationName":"app","deploymentId":"{id}","deploymentGroupName":"group","createTime":"Tue Nov 14 {created} UTC 2023""#
            )
        };
        let (old, new) = (
            base("d-AAAAAAAAA", "22:13:20"),
            base("d-BBBBBBBBB", "22:14:20"),
        );
        let done = r#""completeTime":"Tue Nov 14 22:14:20 UTC 2023""#;
        let counts = |succeeded: u8, failed: u8| {
            format!(
                r#""deploymentOverview":"{{\"Succeeded\":{succeeded},\"Failed\":{failed},\"Skipped\":0,\"InProgress\":0,\"Pending\":0}}""#
            )
        };
        let error = r#""errorInformation":"{\"ErrorCode\":\"HOOK_EXECUTION_FAILURE\",\"ErrorMessage\":\"The deployment failed because one or more of the lifecycle event validation functions failed.\"}""#;
        let back = r#""rollbackInformation":"{\"RollbackMessage\":\"Deployment d-BBBBBBBBB is triggered to roll back deployment d-AAAAAAAAA.\",\"RollbackTriggeringDeploymentId\":\"d-AAAAAAAAA\"}""#;
        assert_eq!(
            told,
            [
                format!(r#"{{{old},"completeTime":null,"status":"CREATED"}}"#),
                format!(
                    r#"{{{old},{done},{},"status":"FAILED",{error},"rollbackInformation":"{{}}"}}"#,
                    counts(0, 1)
                ),
                format!(r#"{{{new},"completeTime":null,"status":"CREATED",{back}}}"#),
                format!(r#"{{{new},"completeTime":null,"status":"IN_PROGRESS",{back}}}"#),
                format!(
                    r#"{{{new},{done},{},"status":"SUCCEEDED",{back}}}"#,
                    counts(1, 0)
                ),
            ]
        );
    }
}
