//! PutWebhook: <https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_PutWebhook.html>

use crate::codepipeline::store::Tables;
use crate::codepipeline::webhooks::{WebhookRow, arn, check, shown, tags_key};
use crate::codepipeline::{errors, tags};
use crate::server::call::Call;
use crate::store::{Direction, Txn, WriteError};
use codepipeline_api::error::PutWebhookError;
use codepipeline_api::input::PutWebhookInput;
use codepipeline_api::output::PutWebhookOutput;

/// Webhooks of one account in one region.
const MOST: usize = 300;

/// Makes a webhook that listens at once, or replaces the definition of one, which keeps its URL and its tags.
pub async fn put_webhook(
    input: PutWebhookInput,
    call: Call,
) -> Result<PutWebhookOutput, PutWebhookError> {
    let service = &call.app.codepipeline;
    let key = (call.scope.clone(), input.webhook.name.clone());
    let (given, asked) = (input.tags.unwrap_or_default(), input.webhook);
    let pipeline = (call.scope.clone(), asked.target_pipeline.clone());
    let (tables, stored, account) = (service.tables.clone(), key.clone(), call.account().clone());
    let written = service.store.write(move |tx| {
        let Some(target) = tx.get(&tables.pipelines, &pipeline) else {
            return Err(errors::pipeline_not_found(&account, &pipeline.1).into());
        };
        check::target(&asked, &target.plan)?;
        check::definition(&asked)?;
        tags::check(&given)?;
        let row = match tx.get(&tables.webhooks, &stored) {
            Some(before) => before.redefined(asked),
            None if is_full(&tables, tx, &stored.0) => {
                return Err(errors::too_many_webhooks(MOST).into());
            }
            None => {
                let tags = tags::merge(&arn(&stored), tags::Tags::default(), given)?;
                tx.put(&tables.tags, tags_key(&stored), tags);
                WebhookRow::new(asked)
            }
        };
        let tags = tx.get(&tables.tags, &tags_key(&stored)).unwrap_or_default();
        tx.put(&tables.webhooks, stored, row.clone());
        Ok((row, tags))
    });
    let (row, tags) = written
        .await
        .map_err(WriteError::<PutWebhookError>::refused)?;
    Ok(PutWebhookOutput {
        webhook: Some(shown(&call.app, &key, &row, &tags)),
    })
}

fn is_full(tables: &Tables, tx: &Txn, scope: &crate::aws::Scope) -> bool {
    let first = (scope.clone(), String::new());
    let last = (scope.clone(), char::MAX.to_string());
    let rows = tx.range(&tables.webhooks, first..=last, Direction::Forward, MOST);
    rows.len() >= MOST
}
