//! `GetParameterHistory`: <https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameterHistory.html>

use crate::aws::page;
use crate::companions::ssm::rows::{Parameter, ParameterKey, Version, version_key};
use crate::companions::ssm::{errors, view};
use crate::server::Call;
use crate::store::Direction;
use ssm_api::error::GetParameterHistoryError;
use ssm_api::input::GetParameterHistoryInput;
use ssm_api::output::GetParameterHistoryOutput;
use std::ops::Bound;

/// The most the model allows, and the default.
const PAGE: usize = 50;

/// The versions of a parameter, the oldest first.
pub async fn get_parameter_history(
    input: GetParameterHistoryInput,
    call: Call,
) -> Result<GetParameterHistoryOutput, GetParameterHistoryError> {
    let ssm = &call.app.ssm;
    let key = ssm.key(&call.scope, &input.name);
    let key = key.ok_or_else(|| errors::no_parameter(&input.name))?;
    let row = ssm.tables.parameters.get(&key);
    let row = row.ok_or_else(|| errors::no_parameter(&input.name))?;
    let binding = format!(
        "GetParameterHistory {} {} {}",
        key.0.account, key.0.region, key.1
    );
    let after: u64 = match &input.next_token {
        Some(token) => page::position(&binding, token).ok_or_else(errors::invalid_token)?,
        None => 0,
    };
    let size = input
        .max_results
        .and_then(|size| usize::try_from(size).ok());
    let size = size.unwrap_or(PAGE);
    let range = (
        Bound::Excluded(version_key(&key, after)),
        Bound::Excluded(version_key(&key, row.current.number)),
    );
    let older = ssm.tables.older.range(range, Direction::Forward, size + 1);
    let older = older.map_err(errors::storage::<GetParameterHistoryError>)?;
    let mut versions: Vec<Version> = older.into_iter().map(|(_, version)| version).collect();
    if row.current.number > after {
        versions.push(row.current.clone());
    }
    let (versions, last) = page::cut(versions, size, |version| version.number);
    let decrypted = input.with_decryption.unwrap_or(false);
    let shown = |version| shown(&key, &row, version, decrypted);
    Ok(GetParameterHistoryOutput {
        parameters: Some(versions.iter().map(shown).collect()),
        next_token: last.map(|last| page::token(&binding, &last)),
    })
}

fn shown(
    key: &ParameterKey,
    row: &Parameter,
    version: &Version,
    decrypted: bool,
) -> ssm_api::model::ParameterHistory {
    let labels = row.labels.iter();
    let labels = labels.filter(|(_, number)| **number == version.number);
    let labels = labels.map(|(label, _)| label.clone()).collect();
    view::history(&key.0, &key.1, version, labels, decrypted)
}
