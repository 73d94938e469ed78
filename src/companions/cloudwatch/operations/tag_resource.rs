//! `TagResource`: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_TagResource.html>

use crate::companions::cloudwatch::rows::Alarm;
use crate::companions::cloudwatch::{errors, names, tags};
use crate::server::Call;
use cloudwatch_api::error::TagResourceError;
use cloudwatch_api::input::TagResourceInput;
use cloudwatch_api::output::TagResourceOutput;

/// Adds tags to an alarm, or replaces their values.
pub async fn tag_resource(
    input: TagResourceInput,
    call: Call,
) -> Result<TagResourceOutput, TagResourceError> {
    let arn = input.resource_arn;
    let key = names::alarm_key(&call.scope, &arn).ok_or_else(|| errors::no_resource(&arn))?;
    let write = call.app.cloudwatch.write(move |tables, tx| {
        let row = tx.get(&tables.alarms, &key);
        let row = row.ok_or_else(|| errors::no_resource(&arn))?;
        let mut alarm = Alarm::clone(&row);
        tags::put(&mut alarm.tags, input.tags)?;
        tx.put(&tables.alarms, key, alarm);
        Ok::<_, TagResourceError>(())
    });
    write.await?;
    Ok(TagResourceOutput {})
}
