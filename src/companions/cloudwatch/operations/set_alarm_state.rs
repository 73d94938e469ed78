//! `SetAlarmState`: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_SetAlarmState.html>

use crate::aws::Time;
use crate::companions::AlarmChanged;
use crate::companions::cloudwatch::rows::{Alarm, AlarmKey, Event, State, Tables};
use crate::companions::cloudwatch::{actions, errors, history};
use crate::server::Call;
use crate::store::Txn;
use cloudwatch_api::error::SetAlarmStateError;
use cloudwatch_api::input::SetAlarmStateInput;
use cloudwatch_api::model::{HistoryItemType, StateValue};
use cloudwatch_api::output::SetAlarmStateOutput;
use serde_json::{Value, json};

/// Another state; listeners are told and actions performed only when its value is another one than before.
pub async fn set_alarm_state(
    input: SetAlarmStateInput,
    call: Call,
) -> Result<SetAlarmStateOutput, SetAlarmStateError> {
    let data = input.state_reason_data.as_deref();
    if data.is_some_and(|data| serde_json::from_str::<Value>(data).is_err()) {
        return Err(errors::bad_data().into());
    }
    let cloudwatch = call.app.cloudwatch.clone();
    let (key, now) = ((call.scope, input.alarm_name.clone()), call.now);
    let (name, scope, value) = (key.1.clone(), key.0.clone(), input.state_value);
    let write = cloudwatch.write(move |tables, tx| change(tables, tx, key, input, now));
    let (old, actions) = write.await?;
    if old == value {
        return Ok(SetAlarmStateOutput {});
    }
    cloudwatch.news.tell(&AlarmChanged {
        scope,
        name,
        old: old.to_string(),
        new: Some(value.to_string()),
    });
    // Goes on when the caller does not wait.
    let performed = tokio::spawn(async move { cloudwatch.perform(actions).await });
    if let Err(error) = performed.await {
        tracing::error!(%error, "an alarm's action panicked");
    }
    Ok(SetAlarmStateOutput {})
}

/// Gives the value before the change, and the actions that follow.
fn change(
    tables: &Tables,
    tx: &mut Txn,
    key: AlarmKey,
    input: SetAlarmStateInput,
    now: Time,
) -> Result<(StateValue, Vec<u64>), SetAlarmStateError> {
    let row = tx.get(&tables.alarms, &key);
    let row = row.ok_or_else(|| errors::no_alarm(&key.1))?;
    let (old, mut alarm) = (row.state.clone(), Alarm::clone(&row));
    let changed = old.value != input.state_value;
    alarm.state = State {
        value: input.state_value,
        reason: input.state_reason,
        data: input.state_reason_data,
        updated: now,
        transitioned: if changed { now } else { old.transitioned },
    };
    let mut follow = Vec::new();
    if changed {
        history::note(tables, tx, &key, now, event(&old, &alarm.state));
        follow = actions::plan(tables, tx, &key, &alarm, &old);
    }
    tx.put(&tables.alarms, key, alarm);
    Ok((old.value, follow))
}

fn event(old: &State, new: &State) -> Event {
    let shown =
        |state: &State| json!({ "stateValue": state.value.as_str(), "stateReason": state.reason });
    Event {
        kind: HistoryItemType::StateUpdate,
        summary: format!("Alarm updated from {} to {}", old.value, new.value),
        data: json!({ "version": "1.0", "oldState": shown(old), "newState": shown(new) })
            .to_string(),
    }
}
