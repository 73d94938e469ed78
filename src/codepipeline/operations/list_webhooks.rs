//! ListWebhooks: <https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ListWebhooks.html>

use crate::aws::page;
use crate::codepipeline::errors;
use crate::codepipeline::webhooks::{shown, tags_key};
use crate::server::call::Call;
use crate::store::Direction;
use codepipeline_api::error::ListWebhooksError;
use codepipeline_api::input::ListWebhooksInput;
use codepipeline_api::output::ListWebhooksOutput;

const PAGE: i32 = 100;

/// All webhooks of the account and region by name.
pub async fn list_webhooks(
    input: ListWebhooksInput,
    call: Call,
) -> Result<ListWebhooksOutput, ListWebhooksError> {
    let size = usize::try_from(input.max_results.unwrap_or(PAGE)).unwrap_or(1);
    let binding = format!("ListWebhooks/{:?}", call.scope);
    let after = match &input.next_token {
        Some(token) => {
            Some(page::position(&binding, token).ok_or_else(|| errors::invalid_token(token))?)
        }
        None => None,
    };
    let first = (call.scope.clone(), String::new());
    let last = (call.scope.clone(), char::MAX.to_string());
    let range = page::after(first, last, after, Direction::Forward);
    let tables = &call.app.codepipeline.tables;
    let rows = tables.webhooks.range(range, Direction::Forward, size + 1);
    let (rows, next) = page::cut(rows, size, |(key, _)| key.clone());
    let items = rows.iter().map(|(key, row)| {
        let tags = tables.tags.get(&tags_key(key)).unwrap_or_default();
        shown(&call.app, key, row, &tags)
    });
    Ok(ListWebhooksOutput {
        webhooks: Some(items.collect()),
        next_token: next.map(|at| page::token(&binding, &at)),
    })
}
