//! `ListSecretVersionIds`: <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ListSecretVersionIds.html>

use crate::aws::page;
use crate::companions::secretsmanager::errors;
use crate::companions::secretsmanager::rows::Version;
use crate::server::Call;
use secretsmanager_api::error::ListSecretVersionIdsError;
use secretsmanager_api::input::ListSecretVersionIdsInput;
use secretsmanager_api::model::SecretVersionsListEntry;
use secretsmanager_api::output::ListSecretVersionIdsOutput;

const PAGE: usize = 100;

/// The versions of a secret in the order they came; those without a stage only if that is asked for.
pub async fn list_secret_version_ids(
    input: ListSecretVersionIdsInput,
    call: Call,
) -> Result<ListSecretVersionIdsOutput, ListSecretVersionIdsError> {
    let tables = &call.app.secretsmanager.tables;
    let (key, secret) = tables.find(&call.scope, &input.secret_id, call.now)?;
    let arn = secret.arn(&key);
    let binding = format!("ListSecretVersionIds {arn}");
    let after: u64 = match &input.next_token {
        Some(token) => page::position(&binding, token).ok_or_else(errors::invalid_token)?,
        None => 0,
    };
    let deprecated = input.include_deprecated.unwrap_or(false);
    let size = input
        .max_results
        .and_then(|size| usize::try_from(size).ok());
    let size = size.unwrap_or(PAGE);
    let mut versions: Vec<(&String, &Version)> = secret
        .versions
        .iter()
        .filter(|(_, version)| version.number > after)
        .filter(|(_, version)| deprecated || !version.stages.is_empty())
        .collect();
    versions.sort_by_key(|(_, version)| version.number);
    let (versions, last) = page::cut(versions, size, |(_, version)| version.number);
    Ok(ListSecretVersionIdsOutput {
        versions: Some(versions.into_iter().map(entry).collect()),
        next_token: last.map(|last| page::token(&binding, &last)),
        arn: Some(arn),
        name: Some(key.1.clone()),
    })
}

fn entry((id, version): (&String, &Version)) -> SecretVersionsListEntry {
    SecretVersionsListEntry {
        version_id: Some(id.clone()),
        version_stages: Some(version.stages.iter().cloned().collect()),
        created_date: Some(version.created.wire()),
        ..SecretVersionsListEntry::default()
    }
}
