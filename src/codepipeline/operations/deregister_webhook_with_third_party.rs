//! DeregisterWebhookWithThirdParty:
//! <https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_DeregisterWebhookWithThirdParty.html>

use crate::codepipeline::errors;
use crate::server::call::Call;
use crate::store::WriteError;
use codepipeline_api::error::DeregisterWebhookWithThirdPartyError;
use codepipeline_api::input::DeregisterWebhookWithThirdPartyInput;
use codepipeline_api::output::DeregisterWebhookWithThirdPartyOutput;

/// Nothing is registered anywhere (see RegisterWebhookWithThirdParty): what is taken back is the wish, and the error it left.
pub async fn deregister_webhook_with_third_party(
    input: DeregisterWebhookWithThirdPartyInput,
    call: Call,
) -> Result<DeregisterWebhookWithThirdPartyOutput, DeregisterWebhookWithThirdPartyError> {
    let Some(name) = input.webhook_name else {
        return Err(errors::webhook_not_named().into());
    };
    let service = &call.app.codepipeline;
    let (tables, key) = (service.tables.clone(), (call.scope, name));
    let written = service.store.write(move |tx| {
        let Some(row) = tx.get(&tables.webhooks, &key) else {
            return Err(errors::webhook_not_found(&key.1).into());
        };
        if row.trouble.is_some() {
            let mut row = (*row).clone();
            row.trouble = None;
            tx.put(&tables.webhooks, key, row);
        }
        Ok(())
    });
    written
        .await
        .map_err(WriteError::<DeregisterWebhookWithThirdPartyError>::refused)?;
    Ok(DeregisterWebhookWithThirdPartyOutput::default())
}
