//! `GetSecretValue`: <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html>

use crate::companions::secretsmanager::find::Asked;
use crate::companions::secretsmanager::rows::Value;
use crate::server::Call;
use secretsmanager_api::error::GetSecretValueError;
use secretsmanager_api::input::GetSecretValueInput;
use secretsmanager_api::output::GetSecretValueOutput;
use slipway_runtime::smithy::Blob;

/// The value of a version: of an id, of a stage, of both together, or AWSCURRENT.
pub async fn get_secret_value(
    input: GetSecretValueInput,
    call: Call,
) -> Result<GetSecretValueOutput, GetSecretValueError> {
    let asked = Asked {
        id: &input.secret_id,
        version: input.version_id.as_deref(),
        stage: input.version_stage.as_deref(),
        now: call.now,
    };
    let found = call.app.secretsmanager.version(&call.scope, &asked)?;
    let (text, bytes) = match found.value {
        Value::Text(text) => (Some(text), None),
        Value::Bytes(bytes) => (None, Some(Blob::new(bytes))),
    };
    Ok(GetSecretValueOutput {
        arn: Some(found.secret.arn(&found.key)),
        name: Some(found.key.1),
        version_id: Some(found.id),
        secret_binary: bytes,
        secret_string: text,
        version_stages: Some(found.version.stages.into_iter().collect()),
        created_date: Some(found.version.created.wire()),
    })
}
