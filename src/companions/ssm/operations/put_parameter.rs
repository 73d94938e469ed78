//! `PutParameter`: <https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html>

use crate::aws::Time;
use crate::companions::ssm::rows::{
    MOST_VERSIONS, Parameter, ParameterKey, Tables, Version, version_key,
};
use crate::companions::ssm::{errors, names, tags, view};
use crate::server::Call;
use crate::store::Txn;
use ssm_api::error::{
    InvalidAllowedPatternException, InvalidPolicyTypeException, ParameterMaxVersionLimitExceeded,
    PutParameterError,
};
use ssm_api::input::PutParameterInput;
use ssm_api::model::{ParameterTier, ParameterType};
use ssm_api::output::PutParameterOutput;

/// Characters of a value, at most.
const STANDARD: usize = 4096;
const ADVANCED: usize = 8192;

/// A new parameter, or a new version of one if the caller says so.
pub async fn put_parameter(
    input: PutParameterInput,
    call: Call,
) -> Result<PutParameterOutput, PutParameterError> {
    names::check_new::<PutParameterError>(&input.name)?;
    check(&input)?;
    let key = (call.scope.clone(), input.name.clone());
    let (now, user) = (call.now, call.principal.arn().to_owned());
    let write = call.app.ssm.write(move |tables, tx| {
        let old = tx.get(&tables.parameters, &key);
        let version = version(&input, old.as_deref(), now, user)?;
        let shown = PutParameterOutput {
            version: view::number(&version),
            tier: view::tier(&version),
        };
        let row = match old {
            None => Parameter {
                oldest: version.number,
                current: version,
                labels: Default::default(),
                tags: tags::map(input.tags.unwrap_or_default()),
            },
            Some(old) => replaced(tables, tx, &key, Parameter::clone(&old), version)?,
        };
        if row.tags.len() > tags::MOST {
            return Err(errors::invalid(
                "The maximum number of tags for a resource is 50.",
            ));
        }
        tx.put(&tables.parameters, key, row);
        Ok(shown)
    });
    write.await
}

/// What can be told without looking at what is there.
fn check(input: &PutParameterInput) -> Result<(), PutParameterError> {
    let overwrite = input.overwrite.unwrap_or(false);
    if overwrite && input.tags.as_ref().is_some_and(|tags| !tags.is_empty()) {
        return Err(errors::invalid(
            "Invalid request: tags and overwrite can't be used together. To create a parameter with tags, please remove \
             overwrite flag. To update tags for an existing parameter, please use AddTagsToResource or \
             RemoveTagsFromResource.",
        ));
    }
    let policies = input.policies.as_deref().unwrap_or_default().trim();
    if !matches!(policies, "" | "[]" | "{}") {
        let refused = "slipway does not carry out parameter policies: leave Policies out";
        return Err(InvalidPolicyTypeException::new(refused).into());
    }
    let data_type = input.data_type.as_deref().unwrap_or("text");
    if !matches!(data_type, "text" | "aws:ec2:image" | "aws:ssm:integration") {
        return Err(errors::invalid(format!(
            "The following data type is not supported: {data_type} (Data type names are all lowercase.)"
        )));
    }
    match input.value.is_empty() {
        true => Err(errors::invalid(
            "1 validation error detected: Value at 'value' failed to satisfy constraint: Member must have length greater than or equal to 1",
        )),
        false => Ok(()),
    }
}

/// The version to be written over `old`: what is not said stays as it was.
fn version(
    input: &PutParameterInput,
    old: Option<&Parameter>,
    now: Time,
    user: String,
) -> Result<Version, PutParameterError> {
    let last = old.map(|old| &old.current);
    if last.is_some() && !input.overwrite.unwrap_or(false) {
        return Err(errors::exists().into());
    }
    let kind = match (input.r#type, last) {
        (Some(kind), _) => kind.as_str().to_owned(),
        (None, Some(last)) => last.kind.clone(),
        (None, None) => {
            return Err(errors::invalid(
                "A parameter type is required when you create a parameter.",
            ));
        }
    };
    let tier = tier(input, last)?;
    let kept = |pick: fn(&Version) -> Option<String>| last.and_then(pick);
    let pattern = input.allowed_pattern.clone();
    let pattern = pattern.or_else(|| kept(|last| last.allowed_pattern.clone()));
    check_pattern(pattern.as_deref(), &input.value)?;
    let secure = kind == ParameterType::SecureString.as_str();
    let key = input
        .key_id
        .clone()
        .or_else(|| kept(|last| last.key_id.clone()));
    Ok(Version {
        number: last.map_or(0, |last| last.number) + 1,
        value: input.value.clone(),
        key_id: secure.then(|| key.unwrap_or_else(|| "alias/aws/ssm".to_owned())),
        kind,
        description: input
            .description
            .clone()
            .or_else(|| kept(|last| last.description.clone())),
        allowed_pattern: pattern.filter(|pattern| !pattern.is_empty()),
        tier: tier.as_str().to_owned(),
        data_type: input.data_type.clone().unwrap_or_else(|| "text".to_owned()),
        modified: now,
        user,
    })
}

/// A parameter never goes back to the standard tier.
fn tier(
    input: &PutParameterInput,
    last: Option<&Version>,
) -> Result<ParameterTier, PutParameterError> {
    let length = input.value.len();
    let was_advanced = last.is_some_and(|last| last.tier == ParameterTier::Advanced.as_str());
    let tier = match input.tier {
        _ if was_advanced => ParameterTier::Advanced,
        Some(ParameterTier::Advanced) => ParameterTier::Advanced,
        Some(ParameterTier::IntelligentTiering) if length > STANDARD => ParameterTier::Advanced,
        _ => ParameterTier::Standard,
    };
    let (most, name, advice) = match tier {
        ParameterTier::Advanced => (ADVANCED, "Advanced", ""),
        _ => (
            STANDARD,
            "Standard",
            " To create a larger parameter value, upgrade the parameter to use the advanced-parameter tier.",
        ),
    };
    match length > most {
        true => Err(errors::invalid(format!(
            "{name} tier parameters support a maximum parameter value of {most} characters.{advice}"
        ))),
        false => Ok(tier),
    }
}

/// The regex crate takes time linear in the value, and its size limit bounds the pattern.
fn check_pattern(pattern: Option<&str>, value: &str) -> Result<(), PutParameterError> {
    let Some(pattern) = pattern.filter(|pattern| !pattern.is_empty()) else {
        return Ok(());
    };
    let whole = regex::Regex::new(&format!("^(?:{pattern})$")).map_err(|_| {
        InvalidAllowedPatternException::new(format!(
            "The request doesn't meet the regular expression requirement: {pattern}"
        ))
    })?;
    match whole.is_match(value) {
        true => Ok(()),
        false => Err(errors::pattern_mismatch(pattern).into()),
    }
}

/// The row with a new version; the oldest version makes room, unless somebody put a label on it.
fn replaced(
    tables: &Tables,
    tx: &mut Txn,
    key: &ParameterKey,
    mut row: Parameter,
    version: Version,
) -> Result<Parameter, PutParameterError> {
    if version.number - row.oldest >= MOST_VERSIONS {
        let oldest = row.oldest;
        if row.labels.values().any(|on| *on == oldest) {
            return Err(ParameterMaxVersionLimitExceeded::new(format!(
                "You attempted to create a new version of {} by calling the PutParameter API with the overwrite flag. Version \
                 {oldest}, the oldest version, can't be deleted because it has a label associated with it. Move the label to \
                 another version of the parameter, and try again.",
                key.1
            ))
            .into());
        }
        tx.remove_record(&tables.older, &version_key(key, oldest));
        row.oldest += 1;
    }
    let old = std::mem::replace(&mut row.current, version);
    tx.put_record(&tables.older, version_key(key, old.number), old);
    Ok(row)
}
