//! What follows from a change of state: topics are told, and the history says what came of it.
//!
//! Invariant: an action's row is there until its outcome is in the history; one that a crash interrupts is performed after the next
//! start, perhaps a second time.

use super::companion::CloudWatch;
use super::rows::{Action, Alarm, AlarmKey, Event, State, Tables};
use super::{history, notification};
use crate::aws::{Arn, Time};
use crate::store::{Direction, Txn};
use cloudwatch_api::model::{HistoryItemType, StateValue};
use serde_json::json;
use std::convert::Infallible;

/// Notes the actions that follow from a change, as part of its write. `alarm` is what it has become.
pub fn plan(tables: &Tables, tx: &mut Txn, key: &AlarmKey, alarm: &Alarm, old: &State) -> Vec<u64> {
    if !alarm.actions_enabled {
        return Vec::new();
    }
    let definition = &alarm.definition;
    let targets = match alarm.state.value {
        StateValue::Ok => &definition.ok_actions,
        StateValue::Alarm => &definition.alarm_actions,
        StateValue::InsufficientData => &definition.insufficient_data_actions,
    };
    let mut numbers = Vec::new();
    for target in targets.iter().flatten() {
        let action = Action {
            alarm: key.clone(),
            target: target.clone(),
            subject: notification::subject(key, alarm),
            message: notification::message(key, alarm, old),
        };
        numbers.push(tables.add_action(tx, action));
    }
    numbers
}

impl CloudWatch {
    /// Performs actions that a crash has left.
    pub async fn resume(&self) {
        let left = self
            .tables
            .actions
            .range(.., Direction::Forward, usize::MAX);
        self.perform(left.into_iter().map(|(number, _)| number).collect())
            .await;
    }

    /// Performs actions one after the other.
    pub(super) async fn perform(&self, numbers: Vec<u64>) {
        for number in numbers {
            let Some(action) = self.tables.actions.get(&number) else {
                continue;
            };
            let outcome = self.act(&action).await;
            let event = outcome_of(&action, outcome, (self.now)());
            self.settle(number, action.alarm.clone(), event).await;
        }
    }

    async fn act(&self, action: &Action) -> Result<(), String> {
        let service = Arn::parse(&action.target).map(|arn| arn.service);
        if service.as_deref() != Some("sns") {
            return Err("slipway performs actions that are SNS topics only".to_owned());
        }
        let scope = &action.alarm.0;
        let published =
            self.publisher
                .publish(scope, &action.target, &action.subject, &action.message);
        published.await.map(drop).map_err(|error| error.to_string())
    }

    async fn settle(&self, number: u64, alarm: AlarmKey, event: Event) {
        let (tables, now) = (self.tables.clone(), (self.now)());
        let settled = self.store.write(move |tx: &mut Txn| {
            tx.remove(&tables.actions, &number);
            history::note(&tables, tx, &alarm, now, event);
            Ok::<_, Infallible>(())
        });
        if let Err(error) = settled.await {
            tracing::warn!(%error, "an alarm's action is performed again after the next start");
        }
    }
}

fn outcome_of(action: &Action, outcome: Result<(), String>, now: Time) -> Event {
    let target = &action.target;
    let (state, summary) = match &outcome {
        Ok(()) => (
            "Succeeded",
            format!("Successfully executed action {target}"),
        ),
        Err(cause) => (
            "Failed",
            format!("Failed to execute action {target}. Received error: \"{cause}\""),
        ),
    };
    let data = json!({
        "actionState": state,
        "notificationResource": target,
        "stateUpdateTimestamp": now.millis(),
        "error": outcome.err(),
    });
    Event {
        kind: HistoryItemType::Action,
        summary: summary.chars().take(255).collect(),
        data: data.to_string(),
    }
}
