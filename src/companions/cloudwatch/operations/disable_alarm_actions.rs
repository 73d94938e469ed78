//! `DisableAlarmActions`: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DisableAlarmActions.html>

use crate::server::Call;
use cloudwatch_api::error::DisableAlarmActionsError;
use cloudwatch_api::input::DisableAlarmActionsInput;
use cloudwatch_api::output::DisableAlarmActionsOutput;

/// Names without an alarm are ignored.
pub async fn disable_alarm_actions(
    input: DisableAlarmActionsInput,
    call: Call,
) -> Result<DisableAlarmActionsOutput, DisableAlarmActionsError> {
    let names = input.alarm_names.into_iter();
    let keys = names.map(|name| (call.scope.clone(), name)).collect();
    let changed = call.app.cloudwatch.change(keys, |alarm| {
        alarm.actions_enabled = false;
        Ok::<_, DisableAlarmActionsError>(())
    });
    changed.await?;
    Ok(DisableAlarmActionsOutput {})
}
