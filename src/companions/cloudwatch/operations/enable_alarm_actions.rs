//! `EnableAlarmActions`: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_EnableAlarmActions.html>

use crate::server::Call;
use cloudwatch_api::error::EnableAlarmActionsError;
use cloudwatch_api::input::EnableAlarmActionsInput;
use cloudwatch_api::output::EnableAlarmActionsOutput;

/// Names without an alarm are ignored.
pub async fn enable_alarm_actions(
    input: EnableAlarmActionsInput,
    call: Call,
) -> Result<EnableAlarmActionsOutput, EnableAlarmActionsError> {
    let names = input.alarm_names.into_iter();
    let keys = names.map(|name| (call.scope.clone(), name)).collect();
    let changed = call.app.cloudwatch.change(keys, |alarm| {
        alarm.actions_enabled = true;
        Ok::<_, EnableAlarmActionsError>(())
    });
    changed.await?;
    Ok(EnableAlarmActionsOutput {})
}
