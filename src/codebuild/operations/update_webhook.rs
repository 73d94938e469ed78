//! UpdateWebhook: <https://docs.aws.amazon.com/codebuild/latest/APIReference/API_UpdateWebhook.html>

use crate::codebuild::{errors, webhooks};
use crate::server::call::Call;
use crate::store::WriteError;
use codebuild_api::error::UpdateWebhookError;
use codebuild_api::input::UpdateWebhookInput;
use codebuild_api::output::UpdateWebhookOutput;

/// The whole webhook; a new secret is shown to those who register it by hand.
pub async fn update_webhook(
    input: UpdateWebhookInput,
    call: Call,
) -> Result<UpdateWebhookOutput, UpdateWebhookError> {
    let service = &call.app.codebuild;
    let key = (call.scope.clone(), input.project_name.clone());
    let (tables, now, origin) = (service.tables.clone(), call.now, call.app.origin());
    let written = service.store.write(move |tx| {
        if !tx.contains(&tables.projects, &key) {
            let absent = errors::project_not_found(&key.0, &key.1);
            return Err(UpdateWebhookError::from(absent));
        }
        let Some(present) = tx.get(&tables.webhooks, &key) else {
            return Err(errors::webhook_not_found(&key.0, &key.1).into());
        };
        let rotated = input.rotate_secret == Some(true);
        let webhook = webhooks::updated(now, (*present).clone(), input)?;
        let shown = match rotated {
            true => webhook.told(&origin),
            false => webhook.wire(&origin),
        };
        tx.put(&tables.webhooks, key, webhook);
        Ok(shown)
    });
    let webhook = written.await.map_err(WriteError::refused)?;
    Ok(UpdateWebhookOutput {
        webhook: Some(webhook),
    })
}
