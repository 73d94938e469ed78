//! `ListSecrets`: <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ListSecrets.html>

use crate::aws::page;
use crate::companions::secretsmanager::list::Wanted;
use crate::companions::secretsmanager::rows::{Secret, SecretKey};
use crate::companions::secretsmanager::{errors, tags};
use crate::server::Call;
use crate::store::Direction;
use secretsmanager_api::error::ListSecretsError;
use secretsmanager_api::input::ListSecretsInput;
use secretsmanager_api::model::{SecretListEntry, SortOrderType};
use secretsmanager_api::output::ListSecretsOutput;
use std::sync::Arc;

const PAGE: usize = 100;

/// Secrets, those marked for deletion only if that is asked for.
// Differs from AWS: ListSecrets lists in order of names whatever `SortBy` says.
pub async fn list_secrets(
    input: ListSecretsInput,
    call: Call,
) -> Result<ListSecretsOutput, ListSecretsError> {
    let (account, region) = (&call.scope.account, &call.scope.region);
    let direction = match input.sort_order {
        Some(SortOrderType::Desc) => Direction::Backward,
        _ => Direction::Forward,
    };
    let binding = format!("ListSecrets {account} {region} {direction:?}");
    let after = match &input.next_token {
        Some(token) => Some(page::position(&binding, token).ok_or_else(errors::invalid_token)?),
        None => None,
    };
    let size = input
        .max_results
        .and_then(|size| usize::try_from(size).ok());
    let size = size.unwrap_or(PAGE);
    let wanted = Wanted {
        scope: call.scope.clone(),
        filters: input.filters.unwrap_or_default(),
        deleted: input.include_planned_deletion.unwrap_or(false),
        now: call.now,
        direction,
    };
    let rows = wanted.rows(&call.app.secretsmanager.tables, after, size + 1);
    let (rows, last) = page::cut(rows, size, |(key, _)| key.1.clone());
    Ok(ListSecretsOutput {
        secret_list: Some(rows.into_iter().map(entry).collect()),
        next_token: last.map(|last| page::token(&binding, &last)),
    })
}

fn entry((key, secret): (SecretKey, Arc<Secret>)) -> SecretListEntry {
    SecretListEntry {
        arn: Some(secret.arn(&key)),
        description: secret.description.clone(),
        kms_key_id: secret.kms_key.clone(),
        last_changed_date: Some(secret.changed.wire()),
        deleted_date: secret.deleted.map(|deleted| deleted.asked.wire()),
        tags: tags::shown(&secret.tags),
        secret_versions_to_stages: Some(secret.stages()).filter(|stages| !stages.is_empty()),
        created_date: Some(secret.created.wire()),
        name: Some(key.1),
        ..SecretListEntry::default()
    }
}
