//! CreateWebhook: <https://docs.aws.amazon.com/codebuild/latest/APIReference/API_CreateWebhook.html>

use crate::codebuild::{errors, webhooks};
use crate::server::call::Call;
use crate::store::WriteError;
use codebuild_api::error::CreateWebhookError;
use codebuild_api::input::CreateWebhookInput;
use codebuild_api::model::{ProjectSource, SourceType};
use codebuild_api::output::CreateWebhookOutput;

/// The webhook of a project that has none; the secret is shown now and never again, to those who register it by hand.
pub async fn create_webhook(
    input: CreateWebhookInput,
    call: Call,
) -> Result<CreateWebhookOutput, CreateWebhookError> {
    let service = &call.app.codebuild;
    let key = (call.scope.clone(), input.project_name.clone());
    let absent = errors::project_not_found(&key.0, &key.1);
    let (tables, now, origin) = (service.tables.clone(), call.now, call.app.origin());
    let written = service.store.write(move |tx| {
        let Some(project) = tx.get(&tables.projects, &key) else {
            return Err(CreateWebhookError::from(absent));
        };
        if tx.contains(&tables.webhooks, &key) {
            return Err(errors::webhook_exists(&key.0, &key.1).into());
        }
        let none = || ProjectSource::new(SourceType::NoSource);
        let source = project.source.clone().unwrap_or_else(none);
        let by_service = webhooks::needs_credential(&source, &input);
        let webhook = webhooks::created(now, &source, input)?;
        let credential = (
            key.0.clone(),
            crate::codebuild::names::server(webhook.server),
        );
        if by_service && !tx.contains(&tables.credentials, &credential) {
            return Err(errors::no_access_token(webhook.server).into());
        }
        let told = webhook.told(&origin);
        tx.put(&tables.webhooks, key, webhook);
        Ok(told)
    });
    let webhook = written.await.map_err(WriteError::refused)?;
    Ok(CreateWebhookOutput {
        webhook: Some(webhook),
    })
}
