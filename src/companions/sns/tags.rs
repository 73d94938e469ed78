//! Tags of topics: fifty at most, each key once.

use super::errors;
use sns_api::error::{InvalidParameterException, TagLimitExceededException};
use sns_api::model::Tag;
use std::collections::BTreeMap;

const MOST: usize = 50;

/// Adds tags, or replaces their values.
pub fn put<E>(tags: &mut BTreeMap<String, String>, new: Vec<Tag>) -> Result<(), E>
where
    E: From<InvalidParameterException> + From<TagLimitExceededException>,
{
    let given = new.len();
    let new: BTreeMap<String, String> = new.into_iter().map(|tag| (tag.key, tag.value)).collect();
    if new.len() < given {
        return Err(errors::invalid("Duplicated keys are not allowed.").into());
    }
    tags.extend(new);
    match tags.len() > MOST {
        true => Err(errors::too_many_tags().into()),
        false => Ok(()),
    }
}

pub fn shown(tags: &BTreeMap<String, String>) -> Vec<Tag> {
    let tag = |(key, value): (&String, &String)| Tag {
        key: key.clone(),
        value: value.clone(),
    };
    tags.iter().map(tag).collect()
}
