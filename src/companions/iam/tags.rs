//! Tags of roles and policies.

use super::errors;
use super::rows::Tags;
use iam_api::error::{InvalidInputException, LimitExceededException};
use iam_api::model::Tag;

const MOST: usize = 50;

/// Adds tags, or changes those whose keys differ at most in case.
pub fn put<E>(tags: &mut Tags, new: Vec<Tag>) -> Result<(), E>
where
    E: From<InvalidInputException> + From<LimitExceededException>,
{
    let mut seen: Vec<String> = new.iter().map(|tag| tag.key.to_lowercase()).collect();
    seen.sort();
    if seen.windows(2).any(|pair| pair[0] == pair[1]) {
        let text = "Duplicate tag keys found. Please note that Tag keys are case insensitive.";
        return Err(InvalidInputException::new(text).into());
    }
    for tag in new {
        remove(tags, &tag.key);
        tags.insert(tag.key, tag.value);
    }
    if tags.len() > MOST {
        return Err(errors::quota("TagsPerResource", MOST).into());
    }
    Ok(())
}

pub fn remove(tags: &mut Tags, key: &str) {
    tags.retain(|kept, _| kept.to_lowercase() != key.to_lowercase());
}
