//! `GetParametersByPath`: <https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParametersByPath.html>

use crate::aws::page;
use crate::companions::ssm::filters::is_below;
use crate::companions::ssm::{errors, filters, names, view};
use crate::server::Call;
use ssm_api::error::GetParametersByPathError;
use ssm_api::input::GetParametersByPathInput;
use ssm_api::output::GetParametersByPathOutput;

/// The most the model allows, and the default.
const PAGE: usize = 10;

/// The parameters directly below a path, or all below it, in order of their names.
pub async fn get_parameters_by_path(
    input: GetParametersByPathInput,
    call: Call,
) -> Result<GetParametersByPathOutput, GetParametersByPathError> {
    let path = names::check_path::<GetParametersByPathError>(&input.path)?;
    let wanted = input.parameter_filters.unwrap_or_default();
    let wanted = filters::read::<GetParametersByPathError>(wanted)?;
    let (account, region) = (&call.scope.account, &call.scope.region);
    let binding = format!("GetParametersByPath {account} {region} {path}");
    let after = match &input.next_token {
        Some(token) => Some(page::position(&binding, token).ok_or_else(errors::invalid_token)?),
        None => None,
    };
    let size = input
        .max_results
        .and_then(|size| usize::try_from(size).ok());
    let size = size.unwrap_or(PAGE);
    let recursive = input.recursive.unwrap_or(false);
    // Names without a slash are at the root.
    let prefix = if path == "/" { "" } else { &path };
    let ssm = &call.app.ssm;
    let rows = ssm.listed(&call.scope, prefix, after, size + 1, |name, row| {
        is_below(name, &path, recursive) && wanted.iter().all(|filter| filter.matches(name, row))
    });
    let (rows, last) = page::cut(rows, size, |(key, _)| key.1.clone());
    let decrypted = input.with_decryption.unwrap_or(false);
    let shown = rows.iter();
    let shown = shown.map(|(key, row)| view::parameter(&key.0, &key.1, &row.current, decrypted));
    Ok(GetParametersByPathOutput {
        parameters: Some(shown.collect()),
        next_token: last.map(|last| page::token(&binding, &last)),
    })
}
