//! DeleteWebhook: <https://docs.aws.amazon.com/codebuild/latest/APIReference/API_DeleteWebhook.html>

use crate::codebuild::errors;
use crate::server::call::Call;
use crate::store::WriteError;
use codebuild_api::error::DeleteWebhookError;
use codebuild_api::input::DeleteWebhookInput;
use codebuild_api::output::DeleteWebhookOutput;

/// The project has no webhook any more; one without is refused.
pub async fn delete_webhook(
    input: DeleteWebhookInput,
    call: Call,
) -> Result<DeleteWebhookOutput, DeleteWebhookError> {
    let service = &call.app.codebuild;
    let key = (call.scope.clone(), input.project_name);
    let tables = service.tables.clone();
    let written = service.store.write(move |tx| {
        if !tx.contains(&tables.projects, &key) {
            let absent = errors::project_not_found(&key.0, &key.1);
            return Err(DeleteWebhookError::from(absent));
        }
        match tx.remove(&tables.webhooks, &key) {
            Some(_) => Ok(()),
            None => Err(errors::webhook_not_found(&key.0, &key.1).into()),
        }
    });
    written.await.map_err(WriteError::refused)?;
    Ok(DeleteWebhookOutput::default())
}
