//! What is told of single instances: messages of triggers, and records that become events.
//!
//! Source: contract, codedeploy section 9.1, "Instance message", and 9.2.

use super::fleet::Instance;
use crate::aws::Time;
use crate::engine::deployment::effect::Effect;
use crate::engine::deployment::notification::{LONGEST_SUBJECT, date};
use crate::engine::deployment::record::Record;
use crate::engine::deployment::state::{DeploymentState, TargetStatus};
use crate::engine::deployment::turn::Turn;
use serde::Serialize;
use serde_json::json;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Message<'a> {
    region: &'a str,
    account_id: &'a str,
    event_trigger_name: &'a str,
    deployment_id: &'a str,
    /// Its ARN.
    instance_id: &'a str,
    last_updated_at: String,
    instance_status: &'a str,
    lifecycle_events: String,
}

/// Tells of an instance, by the name that triggers give the event.
pub(super) fn tell(turn: &mut Turn, number: usize, event: &str) {
    let state = &turn.state;
    let Some(one) = state.fleet().and_then(|fleet| fleet.instances.get(number)) else {
        return;
    };
    let moved = Record::InstanceMoved {
        id: one.id.clone(),
        arn: one.arn.clone(),
        to: one.status,
        at: turn.now,
    };
    let mut triggers = state.plan.triggers.iter();
    let mut effects = Vec::new();
    while let Some(trigger) =
        triggers.find(|trigger| trigger.events.iter().any(|wanted| wanted == event))
    {
        effects.push(Effect::Publish {
            topic: trigger.topic.clone(),
            subject: subject(state, one),
            message: message(state, one, &trigger.name),
        });
    }
    effects.into_iter().for_each(|effect| turn.ask(effect));
    turn.record(moved);
}

fn status(of: TargetStatus) -> &'static str {
    match of {
        TargetStatus::InProgress => "IN_PROGRESS",
        TargetStatus::Succeeded => "SUCCEEDED",
        TargetStatus::Failed => "FAILED",
        TargetStatus::Skipped => "SKIPPED",
        TargetStatus::Ready => "READY",
        _ => "PENDING",
    }
}

fn subject(state: &DeploymentState, one: &Instance) -> String {
    let plan = &state.plan;
    let text = format!(
        "{}: AWS CodeDeploy {} in {} to {}",
        status(one.status),
        plan.id,
        plan.scope.region,
        one.id
    );
    text.chars().take(LONGEST_SUBJECT).collect()
}

fn message(state: &DeploymentState, one: &Instance, trigger: &str) -> String {
    let scope = &state.plan.scope;
    let message = Message {
        region: scope.region.as_str(),
        account_id: scope.account.as_str(),
        event_trigger_name: trigger,
        deployment_id: &state.plan.id,
        instance_id: &one.arn,
        last_updated_at: date(one.updated),
        instance_status: status(one.status),
        lifecycle_events: events(one),
    };
    serde_json::to_string(&message).expect("texts are JSON")
}

/// A JSON text, as everything nested is in live messages.
fn events(one: &Instance) -> String {
    let events = one.lifecycle.events().iter().map(|event| {
        json!({
            "LifecycleEvent": event.name,
            "LifecycleEventStatus": event.status.as_str(),
            "StartTime": event.start.map(date),
            "EndTime": event.end.map(|end: Time| date(end)),
        })
    });
    json!(events.collect::<Vec<_>>()).to_string()
}

#[cfg(test)]
mod tests {
    use super::super::script::play;
    use super::*;

    // Witness: contract codedeploy §9.1, "Instance message": its members in their order, and lifecycle events as a JSON text.
    #[test]
    fn messages_about_instances_have_every_member() {
        let server = play("1 trigger | ok fail");
        let told = server.run.effects.iter().filter_map(|effect| match effect {
            Effect::Publish { message, .. } if message.contains("instanceId") => Some(message),
            _ => None,
        });
        let told: Vec<&String> = told.collect();
        assert_eq!(told.len(), 2);
        let members = [
            "region",
            "accountId",
            "eventTriggerName",
            "deploymentId",
            "instanceId",
            "lastUpdatedAt",
            "instanceStatus",
            "lifecycleEvents",
        ];
        let places = members.map(|name| told[1].find(&format!(r#""{name}":"#)).unwrap());
        assert!(places.is_sorted(), "{}", told[1]);
        let read = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
        let message = read(told[1]);
        assert_eq!(message.as_object().unwrap().len(), members.len());
        assert!(
            message["instanceId"].as_str().unwrap().starts_with("arn:"),
            "{message}"
        );
        assert_eq!(message["lastUpdatedAt"], "Tue Nov 14 22:13:20 UTC 2023");
        assert_eq!(message["instanceStatus"], "FAILED");
        let events = read(message["lifecycleEvents"].as_str().unwrap());
        let event = &events[0];
        let mut names: Vec<&String> = event.as_object().unwrap().keys().collect();
        names.sort();
        assert_eq!(
            names,
            [
                "EndTime",
                "LifecycleEvent",
                "LifecycleEventStatus",
                "StartTime"
            ]
        );
        assert_eq!(event["LifecycleEvent"], "ApplicationStop");
        assert_eq!(event["StartTime"], "Tue Nov 14 22:13:20 UTC 2023");
    }
}
