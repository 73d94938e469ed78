//! Versions as they are shown. What is encrypted is only shown decrypted when that is asked for.

use super::names;
use super::rows::Version;
use crate::aws::Scope;
use base64::{Engine, engine::general_purpose::STANDARD};
use sha2::{Digest, Sha256};
use ssm_api::model::{
    Parameter, ParameterHistory, ParameterMetadata, ParameterTier, ParameterType,
};

const SECURE: &str = "SecureString";

pub fn parameter(scope: &Scope, name: &str, version: &Version, decrypted: bool) -> Parameter {
    Parameter {
        name: Some(name.to_owned()),
        r#type: kind(version),
        value: Some(value(scope, name, version, decrypted)),
        version: number(version),
        selector: None,
        source_result: None,
        last_modified_date: Some(version.modified.wire()),
        arn: Some(names::arn(scope, name)),
        data_type: Some(version.data_type.clone()),
    }
}

pub fn metadata(scope: &Scope, name: &str, version: &Version) -> ParameterMetadata {
    ParameterMetadata {
        name: Some(name.to_owned()),
        arn: Some(names::arn(scope, name)),
        r#type: kind(version),
        key_id: version.key_id.clone(),
        last_modified_date: Some(version.modified.wire()),
        last_modified_user: Some(version.user.clone()),
        description: version.description.clone(),
        allowed_pattern: version.allowed_pattern.clone(),
        version: number(version),
        tier: tier(version),
        policies: Some(Vec::new()),
        data_type: Some(version.data_type.clone()),
    }
}

pub fn history(
    scope: &Scope,
    name: &str,
    version: &Version,
    labels: Vec<String>,
    decrypted: bool,
) -> ParameterHistory {
    ParameterHistory {
        name: Some(name.to_owned()),
        r#type: kind(version),
        key_id: version.key_id.clone(),
        last_modified_date: Some(version.modified.wire()),
        last_modified_user: Some(version.user.clone()),
        description: version.description.clone(),
        value: Some(value(scope, name, version, decrypted)),
        allowed_pattern: version.allowed_pattern.clone(),
        version: number(version),
        labels: Some(labels),
        tier: tier(version),
        policies: Some(Vec::new()),
        data_type: Some(version.data_type.clone()),
    }
}

/// Made of everything but the value, so that it tells nothing of it.
// Differs from AWS: a SecureString shown without decryption is a text that nothing decrypts.
fn value(scope: &Scope, name: &str, version: &Version, decrypted: bool) -> String {
    if decrypted || version.kind != SECURE {
        return version.value.clone();
    }
    let arn = names::arn(scope, name);
    let told = format!("{arn} {} {}", version.number, version.modified.millis());
    STANDARD.encode(Sha256::digest(told.as_bytes()))
}

fn kind(version: &Version) -> Option<ParameterType> {
    ParameterType::try_from(version.kind.as_str()).ok()
}

pub fn tier(version: &Version) -> Option<ParameterTier> {
    ParameterTier::try_from(version.tier.as_str()).ok()
}

pub fn number(version: &Version) -> Option<i64> {
    i64::try_from(version.number).ok()
}
