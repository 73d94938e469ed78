//! Tags: fifty at most, each key once.

use super::errors;
use super::rows::Tags;
use elbv2_api::model::Tag;
use slipway_runtime::CommonError;

const MOST: usize = 50;

/// Adds tags, or replaces their values.
pub fn put(tags: &mut Tags, new: Vec<Tag>) -> Result<(), CommonError> {
    let given = new.len();
    let new: Tags = new
        .into_iter()
        .map(|tag| (tag.key, tag.value.unwrap_or_default()))
        .collect();
    if new.len() < given {
        return Err(errors::duplicate_tags());
    }
    if new
        .keys()
        .any(|key| key.to_ascii_lowercase().starts_with("aws:"))
    {
        return Err(errors::invalid(
            "aws: prefixed tag key names are not allowed for external use",
        ));
    }
    tags.extend(new);
    match tags.len() > MOST {
        true => Err(errors::too_many_tags()),
        false => Ok(()),
    }
}

/// Those of something new.
pub fn of(new: Option<Vec<Tag>>) -> Result<Tags, CommonError> {
    let mut tags = Tags::new();
    put(&mut tags, new.unwrap_or_default())?;
    Ok(tags)
}

pub fn shown(tags: &Tags) -> Vec<Tag> {
    let tag = |(key, value): (&String, &String)| Tag {
        key: key.clone(),
        value: Some(value.clone()),
    };
    tags.iter().map(tag).collect()
}
