//! `DescribeSecret`: <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DescribeSecret.html>

use crate::companions::secretsmanager::tags;
use crate::server::Call;
use secretsmanager_api::error::DescribeSecretError;
use secretsmanager_api::input::DescribeSecretInput;
use secretsmanager_api::output::DescribeSecretOutput;

/// What is known of a secret beside its values; also of one that is marked for deletion.
pub async fn describe_secret(
    input: DescribeSecretInput,
    call: Call,
) -> Result<DescribeSecretOutput, DescribeSecretError> {
    let tables = &call.app.secretsmanager.tables;
    let (key, secret) = tables.find(&call.scope, &input.secret_id, call.now)?;
    Ok(DescribeSecretOutput {
        arn: Some(secret.arn(&key)),
        name: Some(key.1.clone()),
        description: secret.description.clone(),
        kms_key_id: secret.kms_key.clone(),
        last_changed_date: Some(secret.changed.wire()),
        deleted_date: secret.deleted.map(|deleted| deleted.asked.wire()),
        tags: tags::shown(&secret.tags),
        version_ids_to_stages: Some(secret.stages()).filter(|stages| !stages.is_empty()),
        created_date: Some(secret.created.wire()),
        ..DescribeSecretOutput::default()
    })
}
