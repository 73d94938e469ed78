//! Tags of pipelines: what is allowed, and how sets of them are merged.
//!
//! Source: contract, codepipeline section 2.2.

use super::errors;
use codepipeline_api::error::{InvalidTagsException, TooManyTagsException};
use codepipeline_api::model::Tag;
use std::collections::{BTreeMap, BTreeSet};

/// Tags by key; listed in the order of their keys.
pub type Tags = BTreeMap<String, String>;

const MOST: usize = 50;
const FORBIDDEN: &str = "?^*[\\~!#$%&()><|\"'";

/// Checks tags that somebody wants to put on a resource.
pub fn check(tags: &[Tag]) -> Result<(), InvalidTagsException> {
    let mut keys = BTreeSet::new();
    for tag in tags {
        if tag.key.to_ascii_lowercase().starts_with("aws:") {
            return Err(errors::system_tag());
        }
        if !keys.insert(&tag.key) {
            let text = format!("The tag key '{}' is given more than once", tag.key);
            return Err(errors::invalid_tag(text));
        }
        text("key", &tag.key)?;
        text("value", &tag.value)?;
    }
    Ok(())
}

/// `tags` over `present`, unless that makes too many for the resource `arn`.
pub fn merge(arn: &str, mut present: Tags, tags: Vec<Tag>) -> Result<Tags, TooManyTagsException> {
    present.extend(tags.into_iter().map(|tag| (tag.key, tag.value)));
    if present.len() > MOST {
        return Err(errors::too_many_tags(arn));
    }
    Ok(present)
}

/// The wire's form, sorted by key.
pub fn list(tags: &Tags) -> Vec<Tag> {
    let tag = |(key, value): (&String, &String)| Tag::new(key.clone(), value.clone());
    tags.iter().map(tag).collect()
}

fn text(what: &str, text: &str) -> Result<(), InvalidTagsException> {
    let blank = !text.is_empty() && text.trim().is_empty();
    if blank || text.ends_with(' ') {
        return Err(errors::invalid_tag(format!(
            "The tag {what} '{text}' must not consist of spaces only or end with one"
        )));
    }
    let allowed = |c: char| c.is_alphanumeric() || c == ' ' || "+-=._:/@".contains(c);
    match text
        .chars()
        .find(|c| FORBIDDEN.contains(*c) || !allowed(*c))
    {
        Some(c) => Err(errors::invalid_tag(format!(
            "The tag {what} '{text}' contains the character '{c}'; letters, digits, spaces and + - = . _ : / @ are allowed"
        ))),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(list: &[(&str, &str)]) -> Vec<Tag> {
        list.iter()
            .map(|(key, value)| Tag::new(*key, *value))
            .collect()
    }

    /// Witness: contract, codepipeline section 2.2.
    #[test]
    fn system_tags_twins_and_odd_characters_are_refused() {
        for bad in [
            tags(&[("aws:x", "1")]),
            tags(&[("AWS:x", "1")]),
            tags(&[("a", "1"), ("a", "2")]),
            tags(&[("a ", "1")]),
            tags(&[("  ", "1")]),
            tags(&[("a", "b?")]),
            tags(&[("😀", "1")]),
        ] {
            assert!(check(&bad).is_err(), "{bad:?}");
        }
        assert!(check(&tags(&[("Team", "a b"), ("x/y:z@w", "")])).is_ok());
    }

    #[test]
    fn overwriting_at_the_limit_succeeds() {
        let full: Tags = (0..MOST)
            .map(|n| (format!("k{n:02}"), "v".into()))
            .collect();
        let merged = merge("arn", full.clone(), tags(&[("k00", "w")]));
        assert_eq!(
            merged.map(|tags| tags["k00"].clone()).ok().as_deref(),
            Some("w")
        );
        assert!(merge("arn", full, tags(&[("more", "v")])).is_err());
    }
}
