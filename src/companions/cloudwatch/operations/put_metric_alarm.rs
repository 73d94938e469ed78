//! `PutMetricAlarm`: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html>

use crate::aws::Time;
use crate::companions::cloudwatch::rows::{Alarm, Event, State};
use crate::companions::cloudwatch::{definition, errors, history, tags};
use crate::server::Call;
use cloudwatch_api::error::PutMetricAlarmError;
use cloudwatch_api::input::PutMetricAlarmInput;
use cloudwatch_api::model::{HistoryItemType, StateValue};
use cloudwatch_api::output::PutMetricAlarmOutput;
use serde_json::json;
use std::collections::BTreeMap;

/// Alarms of all accounts together.
const MOST: usize = 50_000;

/// A new alarm, or another definition of one that is there: its state and tags then stay as they are.
pub async fn put_metric_alarm(
    mut input: PutMetricAlarmInput,
    call: Call,
) -> Result<PutMetricAlarmOutput, PutMetricAlarmError> {
    definition::check(&input)?;
    let mut kept = BTreeMap::new();
    tags::put(&mut kept, input.tags.take().unwrap_or_default())?;
    let key = (call.scope, input.alarm_name.clone());
    let now = call.now;
    let write = call.app.cloudwatch.write(move |tables, tx| {
        let old = tx.get(&tables.alarms, &key);
        if old.is_none() && tables.alarms.len() >= MOST {
            return Err(PutMetricAlarmError::from(errors::too_many_alarms(MOST)));
        }
        let event = event(&key.1, old.is_none());
        let alarm = Alarm {
            actions_enabled: input.actions_enabled.unwrap_or(true),
            definition: input,
            configured: now,
            state: old
                .as_ref()
                .map_or_else(|| unchecked(now), |old| old.state.clone()),
            tags: old.map_or(kept, |old| old.tags.clone()),
        };
        history::note(tables, tx, &key, now, event);
        tx.put(&tables.alarms, key, alarm);
        Ok(())
    });
    write.await?;
    Ok(PutMetricAlarmOutput {})
}

fn unchecked(now: Time) -> State {
    State {
        value: StateValue::InsufficientData,
        reason: "Unchecked: Initial alarm creation".to_owned(),
        data: None,
        updated: now,
        transitioned: now,
    }
}

fn event(name: &str, new: bool) -> Event {
    let (done, kind) = match new {
        true => ("created", "Create"),
        false => ("updated", "Update"),
    };
    let summary = format!("Alarm \"{name}\" {done}");
    Event {
        kind: HistoryItemType::ConfigurationUpdate,
        summary: summary.chars().take(255).collect(),
        data: json!({ "version": "1.0", "type": kind, "alarmName": name }).to_string(),
    }
}
