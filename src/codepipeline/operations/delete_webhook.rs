//! DeleteWebhook: <https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_DeleteWebhook.html>

use crate::codepipeline::webhooks::tags_key;
use crate::server::call::Call;
use crate::store::WriteError;
use codepipeline_api::error::DeleteWebhookError;
use codepipeline_api::input::DeleteWebhookInput;
use codepipeline_api::output::DeleteWebhookOutput;

/// The webhook and its tags; its URL is never given again. One that is not there is deleted just as well.
pub async fn delete_webhook(
    input: DeleteWebhookInput,
    call: Call,
) -> Result<DeleteWebhookOutput, DeleteWebhookError> {
    let service = &call.app.codepipeline;
    let key = (call.scope, input.name);
    let tables = service.tables.clone();
    let deleted = service.store.write(move |tx| {
        tx.remove(&tables.webhooks, &key);
        tx.remove(&tables.tags, &tags_key(&key));
        Ok(())
    });
    deleted
        .await
        .map_err(WriteError::<DeleteWebhookError>::refused)?;
    Ok(DeleteWebhookOutput::default())
}
