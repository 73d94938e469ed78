//! `TagResource`: <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_TagResource.html>

use crate::companions::secretsmanager::tags;
use crate::server::Call;
use secretsmanager_api::error::TagResourceError;
use secretsmanager_api::input::TagResourceInput;
use secretsmanager_api::output::TagResourceOutput;

/// Adds tags to a secret, or replaces their values.
pub async fn tag_resource(
    input: TagResourceInput,
    call: Call,
) -> Result<TagResourceOutput, TagResourceError> {
    let write = call.app.secretsmanager.write(move |tables, tx| {
        let (key, mut secret) =
            tables.live_in::<TagResourceError>(tx, &call.scope, &input.secret_id, call.now)?;
        tags::add(&mut secret.tags, input.tags)?;
        tx.put(&tables.secrets, key, secret);
        Ok::<_, TagResourceError>(())
    });
    write.await?;
    Ok(TagResourceOutput {})
}
