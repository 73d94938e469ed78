//! `UntagResource`: <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_UntagResource.html>

use crate::server::Call;
use secretsmanager_api::error::UntagResourceError;
use secretsmanager_api::input::UntagResourceInput;
use secretsmanager_api::output::UntagResourceOutput;

/// Takes tags off a secret; those it does not have change nothing.
pub async fn untag_resource(
    input: UntagResourceInput,
    call: Call,
) -> Result<UntagResourceOutput, UntagResourceError> {
    let write = call.app.secretsmanager.write(move |tables, tx| {
        let (key, mut secret) =
            tables.live_in::<UntagResourceError>(tx, &call.scope, &input.secret_id, call.now)?;
        secret.tags.retain(|name, _| !input.tag_keys.contains(name));
        tx.put(&tables.secrets, key, secret);
        Ok::<_, UntagResourceError>(())
    });
    write.await?;
    Ok(UntagResourceOutput {})
}
