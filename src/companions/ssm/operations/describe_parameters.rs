//! `DescribeParameters`: <https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribeParameters.html>

use crate::aws::page;
use crate::companions::ssm::filters::Filter;
use crate::companions::ssm::rows::{Parameter, ParameterKey};
use crate::companions::ssm::{errors, filters, view};
use crate::server::Call;
use ssm_api::error::DescribeParametersError;
use ssm_api::input::DescribeParametersInput;
use ssm_api::output::DescribeParametersOutput;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The most the model allows, and the default.
const PAGE: usize = 50;

/// What is known of parameters beside their values, in order of their names.
pub async fn describe_parameters(
    input: DescribeParametersInput,
    call: Call,
) -> Result<DescribeParametersOutput, DescribeParametersError> {
    if input.shared == Some(true) {
        return Ok(DescribeParametersOutput {
            parameters: Some(Vec::new()),
            next_token: None,
        });
    }
    if input.filters.is_some() && input.parameter_filters.is_some() {
        return Err(errors::invalid(
            "You can use either Filters or ParameterFilters in a single request.",
        ));
    }
    let mut wanted = filters::read_old(input.filters.unwrap_or_default());
    let newer = input.parameter_filters.unwrap_or_default();
    wanted.extend(filters::read::<DescribeParametersError>(newer)?);
    let (account, region) = (&call.scope.account, &call.scope.region);
    let binding = format!("DescribeParameters {account} {region}");
    let after = match &input.next_token {
        Some(token) => Some(page::position(&binding, token).ok_or_else(errors::invalid_token)?),
        None => None,
    };
    let size = input
        .max_results
        .and_then(|size| usize::try_from(size).ok());
    let size = size.unwrap_or(PAGE);
    let rows = rows(&call, &wanted, after, size + 1);
    let (rows, last) = page::cut(rows, size, |(key, _)| key.1.clone());
    let shown = rows.iter();
    let shown = shown.map(|(key, row)| view::metadata(&key.0, &key.1, &row.current));
    Ok(DescribeParametersOutput {
        parameters: Some(shown.collect()),
        next_token: last.map(|last| page::token(&binding, &last)),
    })
}

/// Filters that name parameters save a walk over all of them.
fn rows(
    call: &Call,
    wanted: &[Filter],
    after: Option<String>,
    limit: usize,
) -> Vec<(ParameterKey, Arc<Parameter>)> {
    let ssm = &call.app.ssm;
    let matches = |name: &str, row: &Parameter| wanted.iter().all(|f| f.matches(name, row));
    let Some(names) = wanted.iter().find_map(Filter::exact_names) else {
        return ssm.listed(&call.scope, "", after, limit, matches);
    };
    let both = names
        .into_iter()
        .flat_map(|name| [format!("/{name}"), name]);
    let names: BTreeSet<String> = both.collect();
    let names = names
        .into_iter()
        .filter(|name| after.as_ref().is_none_or(|after| name > after));
    let found = names.filter_map(|name| {
        let key = (call.scope.clone(), name);
        let row = ssm.tables.parameters.get(&key)?;
        matches(&key.1, &row).then_some((key, row))
    });
    found.take(limit).collect()
}
