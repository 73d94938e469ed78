//! `LabelParameterVersion`: <https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_LabelParameterVersion.html>

use crate::companions::ssm::errors;
use crate::companions::ssm::rows::{Parameter, ParameterKey, Tables, version_key};
use crate::server::Call;
use crate::store::Txn;
use ssm_api::error::{LabelParameterVersionError, ParameterVersionLabelLimitExceeded};
use ssm_api::input::LabelParameterVersionInput;
use ssm_api::output::LabelParameterVersionOutput;

/// Labels of a version, at most.
const MOST: usize = 10;

/// Puts labels on a version, the newest unless another is named; a label is on one version of a parameter.
pub async fn label_parameter_version(
    input: LabelParameterVersionInput,
    call: Call,
) -> Result<LabelParameterVersionOutput, LabelParameterVersionError> {
    let ssm = &call.app.ssm;
    let key = ssm.key(&call.scope, &input.name);
    let key = key.ok_or_else(|| errors::no_parameter(&input.name))?;
    let (labels, invalid): (Vec<_>, Vec<_>) =
        input.labels.into_iter().partition(|label| is_label(label));
    let asked = input.parameter_version;
    let write = ssm.write(move |tables, tx| label(tables, tx, &key, asked, labels));
    let number = write.await?;
    Ok(LabelParameterVersionOutput {
        invalid_labels: Some(invalid),
        parameter_version: i64::try_from(number).ok(),
    })
}

fn label(
    tables: &Tables,
    tx: &mut Txn,
    key: &ParameterKey,
    asked: Option<i64>,
    labels: Vec<String>,
) -> Result<u64, LabelParameterVersionError> {
    let row = tx.get(&tables.parameters, key);
    let mut row = Parameter::clone(&*row.ok_or_else(|| errors::no_parameter(&key.1))?);
    let number = match asked {
        None => row.current.number,
        Some(asked) => existing(tables, tx, key, &row, asked)?,
    };
    row.labels
        .extend(labels.into_iter().map(|label| (label, number)));
    let count = row.labels.values().filter(|on| **on == number).count();
    if count > MOST {
        return Err(ParameterVersionLabelLimitExceeded::new(format!(
            "A parameter version can have at most {MOST} labels."
        ))
        .into());
    }
    tx.put(&tables.parameters, key.clone(), row);
    Ok(number)
}

fn existing(
    tables: &Tables,
    tx: &mut Txn,
    key: &ParameterKey,
    row: &Parameter,
    asked: i64,
) -> Result<u64, LabelParameterVersionError> {
    let absent = || errors::no_version(&key.1, &asked.to_string());
    let number = u64::try_from(asked).map_err(|_| absent())?;
    let is_there = number == row.current.number
        || tx
            .get_record(&tables.older, &version_key(key, number))
            .is_some();
    Ok(is_there.then_some(number).ok_or_else(absent)?)
}

/// Letters, digits and `.-_`, not a digit first, and not AWS's own words first.
fn is_label(label: &str) -> bool {
    let lower = label.to_ascii_lowercase();
    let first = label.bytes().next();
    let letters = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    first.is_some_and(|byte| !byte.is_ascii_digit())
        && label.bytes().all(letters)
        && !lower.starts_with("aws")
        && !lower.starts_with("ssm")
}
