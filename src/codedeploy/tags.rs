//! Tags of applications, groups and configurations: what is allowed, and how sets of them are merged.
//!
//! Source: contract, codedeploy sections 1.3 and 2.2.

use super::errors;
use codedeploy_api::error::InvalidTagsToAddException;
use codedeploy_api::model::Tag;
use std::collections::{BTreeMap, BTreeSet};

/// Tags by key; listed in the order of their keys.
pub type Tags = BTreeMap<String, String>;

/// On one resource.
const MOST: usize = 50;
pub const LONGEST_KEY: usize = 128;
pub const LONGEST_VALUE: usize = 256;

/// `tags` over `present`, if they are allowed and not too many.
pub fn merged(mut present: Tags, tags: &[Tag]) -> Result<Tags, InvalidTagsToAddException> {
    let mut keys = BTreeSet::new();
    for tag in tags {
        let key = tag.key.as_deref().unwrap_or_default();
        let value = tag.value.as_deref().unwrap_or_default();
        let length = key.chars().count();
        if length == 0 || length > LONGEST_KEY || value.chars().count() > LONGEST_VALUE {
            return Err(errors::tag_too_long(key));
        }
        if key.to_ascii_lowercase().starts_with("aws:") {
            return Err(errors::system_tag(key));
        }
        if !keys.insert(key) {
            return Err(errors::tag_given_twice(key));
        }
        present.insert(key.to_owned(), value.to_owned());
    }
    if present.len() > MOST {
        return Err(errors::too_many_tags(MOST));
    }
    Ok(present)
}

/// The wire's form, sorted by key.
pub fn list(tags: &Tags) -> Vec<Tag> {
    let tag = |(key, value): (&String, &String)| Tag {
        key: Some(key.clone()),
        value: Some(value.clone()),
    };
    tags.iter().map(tag).collect()
}
