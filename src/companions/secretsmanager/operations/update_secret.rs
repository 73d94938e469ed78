//! `UpdateSecret`: <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_UpdateSecret.html>

use crate::companions::secretsmanager::versions::{self, New};
use crate::server::Call;
use secretsmanager_api::error::UpdateSecretError;
use secretsmanager_api::input::UpdateSecretInput;
use secretsmanager_api::output::UpdateSecretOutput;

/// Changes what a secret is said to be, and adds a version if the request brings a value.
pub async fn update_secret(
    mut input: UpdateSecretInput,
    call: Call,
) -> Result<UpdateSecretOutput, UpdateSecretError> {
    let value = versions::value(input.secret_string.take(), input.secret_binary.take())?;
    let token = input.client_request_token.take();
    let new = value.map(|value| New::current(token, value, call.now));
    let write = call.app.secretsmanager.write(move |tables, tx| {
        let (key, mut secret) =
            tables.live_in::<UpdateSecretError>(tx, &call.scope, &input.secret_id, call.now)?;
        secret.description = input.description.or(secret.description);
        secret.kms_key = input.kms_key_id.or(secret.kms_key);
        secret.changed = call.now;
        let id = new.as_ref().map(|new| new.id.clone());
        if let Some(new) = new {
            versions::add(tables, tx, &key, &mut secret, new)?;
        }
        let shown = UpdateSecretOutput {
            arn: Some(secret.arn(&key)),
            name: Some(key.1.clone()),
            version_id: id,
        };
        tx.put(&tables.secrets, key, secret);
        Ok::<_, UpdateSecretError>(shown)
    });
    write.await
}
