//! `UntagResource`: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_UntagResource.html>

use crate::companions::cloudwatch::rows::Alarm;
use crate::companions::cloudwatch::{errors, names};
use crate::server::Call;
use cloudwatch_api::error::UntagResourceError;
use cloudwatch_api::input::UntagResourceInput;
use cloudwatch_api::output::UntagResourceOutput;

/// Keys that the alarm does not have are ignored.
pub async fn untag_resource(
    input: UntagResourceInput,
    call: Call,
) -> Result<UntagResourceOutput, UntagResourceError> {
    let arn = input.resource_arn;
    let key = names::alarm_key(&call.scope, &arn).ok_or_else(|| errors::no_resource(&arn))?;
    let write = call.app.cloudwatch.write(move |tables, tx| {
        let row = tx.get(&tables.alarms, &key);
        let row = row.ok_or_else(|| errors::no_resource(&arn))?;
        let mut alarm = Alarm::clone(&row);
        alarm.tags.retain(|key, _| !input.tag_keys.contains(key));
        tx.put(&tables.alarms, key, alarm);
        Ok::<_, UntagResourceError>(())
    });
    write.await?;
    Ok(UntagResourceOutput {})
}
