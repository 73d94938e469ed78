//! `PutSecretValue`: <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html>

use crate::companions::secretsmanager::errors;
use crate::companions::secretsmanager::versions::{self, New};
use crate::server::Call;
use secretsmanager_api::error::PutSecretValueError;
use secretsmanager_api::input::PutSecretValueInput;
use secretsmanager_api::output::PutSecretValueOutput;

/// A new version, AWSCURRENT unless the request names other stages.
pub async fn put_secret_value(
    mut input: PutSecretValueInput,
    call: Call,
) -> Result<PutSecretValueOutput, PutSecretValueError> {
    let value = versions::value(input.secret_string.take(), input.secret_binary.take())?;
    let value = value.ok_or_else(|| {
        errors::invalid_request("You must provide either SecretString or SecretBinary.")
    })?;
    let mut new = New::current(input.client_request_token, value, call.now);
    if let Some(stages) = input.version_stages {
        new.stages = stages.into_iter().collect();
    }
    let write = call.app.secretsmanager.write(move |tables, tx| {
        let (key, mut secret) =
            tables.live_in::<PutSecretValueError>(tx, &call.scope, &input.secret_id, call.now)?;
        let id = new.id.clone();
        versions::add(tables, tx, &key, &mut secret, new)?;
        let stages = secret
            .versions
            .get(&id)
            .map(|version| version.stages.clone());
        let shown = PutSecretValueOutput {
            arn: Some(secret.arn(&key)),
            name: Some(key.1.clone()),
            version_id: Some(id),
            version_stages: stages.map(|stages| stages.into_iter().collect()),
        };
        tx.put(&tables.secrets, key, secret);
        Ok(shown)
    });
    write.await
}
