//! Tags of alarms: fifty at most.

use super::errors;
use cloudwatch_api::model::Tag;
use slipway_runtime::CommonError;
use std::collections::BTreeMap;

const MOST: usize = 50;

/// Adds tags, or replaces their values.
pub fn put(tags: &mut BTreeMap<String, String>, new: Vec<Tag>) -> Result<(), CommonError> {
    tags.extend(new.into_iter().map(|tag| (tag.key, tag.value)));
    match tags.len() > MOST {
        true => Err(errors::invalid(format!(
            "A resource may have no more than {MOST} tags."
        ))),
        false => Ok(()),
    }
}

pub fn shown(tags: &BTreeMap<String, String>) -> Vec<Tag> {
    let tag = |(key, value): (&String, &String)| Tag::new(key, value);
    tags.iter().map(tag).collect()
}
