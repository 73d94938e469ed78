//! `CreateLogGroup`: <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html>

use crate::aws::Time;
use crate::companions::logs::errors;
use crate::companions::logs::store::Group;
use crate::server::Call;
use logs_api::error::CreateLogGroupError;
use logs_api::input::CreateLogGroupInput;
use logs_api::model::LogGroupClass;
use logs_api::output::CreateLogGroupOutput;

/// A new, empty group.
pub async fn create_log_group(
    input: CreateLogGroupInput,
    call: Call,
) -> Result<CreateLogGroupOutput, CreateLogGroupError> {
    let key = (call.scope.clone(), input.log_group_name.clone());
    let group = group(input, call.now);
    let write = call.app.logs.write(move |tables, tx| {
        if tx.contains(&tables.groups, &key) {
            return Err(CreateLogGroupError::from(errors::group_exists()));
        }
        tx.put(&tables.groups, key, group);
        Ok(())
    });
    write.await?;
    Ok(CreateLogGroupOutput {})
}

fn group(input: CreateLogGroupInput, now: Time) -> Group {
    let class = input.log_group_class.unwrap_or(LogGroupClass::Standard);
    Group {
        created: now,
        retention_days: None,
        class: class.as_str().to_owned(),
        kms_key: input.kms_key_id,
        tags: input.tags.unwrap_or_default(),
        protected: input.deletion_protection_enabled.unwrap_or(false),
    }
}
