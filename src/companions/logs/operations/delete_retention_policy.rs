//! `DeleteRetentionPolicy`: <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DeleteRetentionPolicy.html>

use crate::server::Call;
use logs_api::error::DeleteRetentionPolicyError;
use logs_api::input::DeleteRetentionPolicyInput;
use logs_api::output::DeleteRetentionPolicyOutput;

/// Lines stay for ever.
pub async fn delete_retention_policy(
    input: DeleteRetentionPolicyInput,
    call: Call,
) -> Result<DeleteRetentionPolicyOutput, DeleteRetentionPolicyError> {
    let key = (call.scope, input.log_group_name);
    let write = call
        .app
        .logs
        .write::<_, DeleteRetentionPolicyError>(move |tables, tx| {
            let mut group = (*tables.group_in(tx, &key)?).clone();
            group.retention_days = None;
            tx.put(&tables.groups, key, group);
            Ok(())
        });
    write.await?;
    Ok(DeleteRetentionPolicyOutput {})
}
