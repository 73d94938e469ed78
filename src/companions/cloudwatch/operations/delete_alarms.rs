//! `DeleteAlarms`: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DeleteAlarms.html>

use crate::companions::AlarmChanged;
use crate::companions::cloudwatch::rows::Event;
use crate::companions::cloudwatch::{errors, history};
use crate::server::Call;
use cloudwatch_api::error::DeleteAlarmsError;
use cloudwatch_api::input::DeleteAlarmsInput;
use cloudwatch_api::model::HistoryItemType;
use cloudwatch_api::output::DeleteAlarmsOutput;
use serde_json::json;
use std::collections::BTreeSet;

/// All of them, or none when one is not there; whoever watches them hears of it.
pub async fn delete_alarms(
    input: DeleteAlarmsInput,
    call: Call,
) -> Result<DeleteAlarmsOutput, DeleteAlarmsError> {
    let (scope, now) = (call.scope, call.now);
    let cloudwatch = &call.app.cloudwatch;
    let write = cloudwatch.write(move |tables, tx| {
        let names: BTreeSet<String> = input.alarm_names.into_iter().collect();
        let mut gone = Vec::new();
        for name in names {
            let key = (scope.clone(), name);
            let removed = tx.remove(&tables.alarms, &key);
            let removed = removed.ok_or_else(|| errors::no_alarm(&key.1))?;
            history::note(tables, tx, &key, now, event(&key.1));
            gone.push(AlarmChanged {
                scope: key.0,
                name: key.1,
                old: removed.state.value.to_string(),
                new: None,
            });
        }
        Ok::<_, DeleteAlarmsError>(gone)
    });
    for news in write.await? {
        cloudwatch.news.tell(&news);
    }
    Ok(DeleteAlarmsOutput {})
}

fn event(name: &str) -> Event {
    let summary = format!("Alarm \"{name}\" deleted");
    Event {
        kind: HistoryItemType::ConfigurationUpdate,
        summary: summary.chars().take(255).collect(),
        data: json!({ "version": "1.0", "type": "Delete", "alarmName": name }).to_string(),
    }
}
