//! Tags of secrets: fifty at most.

use super::errors;
use secretsmanager_api::error::InvalidParameterException;
use secretsmanager_api::model::Tag;
use std::collections::BTreeMap;

const MOST: usize = 50;

/// Adds tags, or replaces their values.
pub fn add(
    tags: &mut BTreeMap<String, String>,
    new: Vec<Tag>,
) -> Result<(), InvalidParameterException> {
    for tag in new {
        let key = tag
            .key
            .ok_or_else(|| errors::invalid("A tag needs a Key."))?;
        tags.insert(key, tag.value.unwrap_or_default());
    }
    match tags.len() > MOST {
        true => Err(errors::invalid(
            "The maximum number of tags for a secret is 50.",
        )),
        false => Ok(()),
    }
}

pub fn shown(tags: &BTreeMap<String, String>) -> Option<Vec<Tag>> {
    let tag = |(key, value): (&String, &String)| Tag {
        key: Some(key.clone()),
        value: Some(value.clone()),
    };
    Some(tags.iter().map(tag).collect())
}
