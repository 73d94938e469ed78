//! RegisterWebhookWithThirdParty:
//! <https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_RegisterWebhookWithThirdParty.html>
//!
//! Differs from AWS: webhooks are not registered at GitHub; `RegisterWebhookWithThirdParty` says so in the webhook's error.

use crate::codepipeline::errors;
use crate::codepipeline::webhooks::registration;
use crate::server::call::Call;
use crate::store::WriteError;
use codepipeline_api::error::RegisterWebhookWithThirdPartyError;
use codepipeline_api::input::RegisterWebhookWithThirdPartyInput;
use codepipeline_api::output::RegisterWebhookWithThirdPartyOutput;

/// Succeeds; why nothing was registered is shown by ListWebhooks, with what to do instead.
pub async fn register_webhook_with_third_party(
    input: RegisterWebhookWithThirdPartyInput,
    call: Call,
) -> Result<RegisterWebhookWithThirdPartyOutput, RegisterWebhookWithThirdPartyError> {
    let Some(name) = input.webhook_name else {
        return Err(errors::webhook_not_named().into());
    };
    let service = &call.app.codepipeline;
    let (tables, key) = (service.tables.clone(), (call.scope, name));
    let written = service.store.write(move |tx| {
        let Some(row) = tx.get(&tables.webhooks, &key) else {
            return Err(errors::webhook_not_found(&key.1).into());
        };
        let mut row = (*row).clone();
        let pipeline = (key.0.clone(), row.definition.target_pipeline.clone());
        let pipeline = tx.get(&tables.pipelines, &pipeline);
        row.trouble = Some(registration(&row, pipeline.as_ref().map(|row| &*row.plan)));
        tx.put(&tables.webhooks, key, row);
        Ok(())
    });
    written
        .await
        .map_err(WriteError::<RegisterWebhookWithThirdPartyError>::refused)?;
    Ok(RegisterWebhookWithThirdPartyOutput::default())
}
