//! `RestoreSecret`: <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RestoreSecret.html>

use crate::server::Call;
use secretsmanager_api::error::RestoreSecretError;
use secretsmanager_api::input::RestoreSecretInput;
use secretsmanager_api::output::RestoreSecretOutput;

/// Takes the mark for deletion off a secret.
pub async fn restore_secret(
    input: RestoreSecretInput,
    call: Call,
) -> Result<RestoreSecretOutput, RestoreSecretError> {
    let write = call.app.secretsmanager.write(move |tables, tx| {
        let found = tables.find_in(tx, &call.scope, &input.secret_id, call.now);
        let (key, mut secret) = found.map_err(RestoreSecretError::from)?;
        secret.deleted = None;
        let shown = RestoreSecretOutput {
            arn: Some(secret.arn(&key)),
            name: Some(key.1.clone()),
        };
        tx.put(&tables.secrets, key, secret);
        Ok(shown)
    });
    write.await
}
