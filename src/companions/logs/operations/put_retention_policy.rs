//! `PutRetentionPolicy`: <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html>

use crate::companions::logs::errors;
use crate::server::Call;
use logs_api::error::PutRetentionPolicyError;
use logs_api::input::PutRetentionPolicyInput;
use logs_api::output::PutRetentionPolicyOutput;

/// Lines older than so many days are gone from now on.
pub async fn put_retention_policy(
    input: PutRetentionPolicyInput,
    call: Call,
) -> Result<PutRetentionPolicyOutput, PutRetentionPolicyError> {
    let key = (call.scope, input.log_group_name);
    let days = input.retention_in_days;
    if !DAYS.contains(&days) {
        return Err(errors::invalid(bad_days(days)).into());
    }
    let (logs, changed) = (&call.app.logs, key.clone());
    let write = logs.write::<_, PutRetentionPolicyError>(move |tables, tx| {
        let mut group = (*tables.group_in(tx, &key)?).clone();
        group.retention_days = Some(days);
        tx.put(&tables.groups, key, group);
        Ok(())
    });
    write.await?;
    let expired = logs.expire(&changed, call.now).await;
    expired.map_err(errors::storage::<PutRetentionPolicyError>)?;
    Ok(PutRetentionPolicyOutput {})
}

/// Documented with the operation.
const DAYS: [i32; 22] = [
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922,
    3288, 3653,
];

fn bad_days(days: i32) -> String {
    let known = DAYS.map(|days| days.to_string()).join(", ");
    format!(
        "1 validation error detected: Value '{days}' at 'retentionInDays' failed to satisfy constraint: \
         Member must satisfy enum value set: [{known}]"
    )
}
