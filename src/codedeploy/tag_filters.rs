//! Filters of tags, of EC2 instances and of those on premises.
//!
//! An empty text is an absent one; a filter without a type has the one that its texts make. Source: contract, codedeploy
//! section 2.2.

use super::tags::Tags;
use codedeploy_api::model::{EC2TagFilter, EC2TagFilterType, TagFilter, TagFilterType};

/// A filter that makes sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filter<'a> {
    Key(&'a str),
    Value(&'a str),
    Both(&'a str, &'a str),
}

/// What a filter looks at, as its type says.
#[derive(Clone, Copy)]
enum Looks {
    Key,
    Value,
    Both,
}

impl<'a> Filter<'a> {
    /// Why it makes none, otherwise.
    pub fn of_instances(filter: &'a TagFilter) -> Result<Self, &'static str> {
        let looks = filter.r#type.map(|kind| match kind {
            TagFilterType::KeyOnly => Looks::Key,
            TagFilterType::ValueOnly => Looks::Value,
            TagFilterType::KeyAndValue => Looks::Both,
        });
        Self::read(filter.key.as_deref(), filter.value.as_deref(), looks)
    }

    /// The same for EC2.
    pub fn of_ec2(filter: &'a EC2TagFilter) -> Result<Self, &'static str> {
        let looks = filter.r#type.map(|kind| match kind {
            EC2TagFilterType::KeyOnly => Looks::Key,
            EC2TagFilterType::ValueOnly => Looks::Value,
            EC2TagFilterType::KeyAndValue => Looks::Both,
        });
        Self::read(filter.key.as_deref(), filter.value.as_deref(), looks)
    }

    fn read(
        key: Option<&'a str>,
        value: Option<&'a str>,
        looks: Option<Looks>,
    ) -> Result<Self, &'static str> {
        let given = |text: Option<&'a str>| text.filter(|text| !text.is_empty());
        match (looks, given(key), given(value)) {
            (Some(Looks::Key) | None, Some(key), None) => Ok(Self::Key(key)),
            (Some(Looks::Value) | None, None, Some(value)) => Ok(Self::Value(value)),
            (Some(Looks::Both) | None, Some(key), Some(value)) => Ok(Self::Both(key, value)),
            (Some(Looks::Key), ..) => Err("a filter of type KEY_ONLY has a key and no value"),
            (Some(Looks::Value), ..) => Err("a filter of type VALUE_ONLY has a value and no key"),
            (Some(Looks::Both), ..) => Err("a filter of type KEY_AND_VALUE needs both"),
            (None, None, None) => Err("a filter needs a key or a value"),
        }
    }

    pub fn matches(&self, tags: &Tags) -> bool {
        match self {
            Self::Key(key) => tags.contains_key(*key),
            Self::Value(value) => tags.values().any(|of| of == value),
            Self::Both(key, value) => tags.get(*key).is_some_and(|of| of == value),
        }
    }
}

/// Without the empty texts, which are not shown again.
pub fn normal_ec2(filter: EC2TagFilter) -> EC2TagFilter {
    EC2TagFilter {
        key: filter.key.filter(|text| !text.is_empty()),
        value: filter.value.filter(|text| !text.is_empty()),
        ..filter
    }
}

/// The same for instances on premises.
pub fn normal(filter: TagFilter) -> TagFilter {
    TagFilter {
        key: filter.key.filter(|text| !text.is_empty()),
        value: filter.value.filter(|text| !text.is_empty()),
        ..filter
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filter(key: &str, value: &str, kind: Option<TagFilterType>) -> TagFilter {
        TagFilter {
            key: Some(key.to_owned()),
            value: Some(value.to_owned()),
            r#type: kind,
        }
    }

    /// Witness: contract codedeploy §2.2, §8.1: a type that contradicts what is given is refused.
    #[test]
    fn a_filter_matches_by_what_its_type_looks_at() {
        let tags = Tags::from([("a".to_owned(), "1".to_owned())]);
        for (key, value, kind, expected) in [
            ("a", "", Some(TagFilterType::KeyOnly), Some(true)),
            ("b", "", Some(TagFilterType::KeyOnly), Some(false)),
            ("", "1", Some(TagFilterType::ValueOnly), Some(true)),
            ("a", "2", Some(TagFilterType::KeyAndValue), Some(false)),
            // No wildcards, and no case but its own.
            ("A", "1", Some(TagFilterType::KeyAndValue), Some(false)),
            ("a", "*", Some(TagFilterType::KeyAndValue), Some(false)),
            ("*", "", Some(TagFilterType::KeyOnly), Some(false)),
            ("a", "1", None, Some(true)),
            ("a", "", None, Some(true)),
            ("", "2", None, Some(false)),
            ("", "", None, None),
            ("", "1", Some(TagFilterType::KeyOnly), None),
            ("a", "", Some(TagFilterType::ValueOnly), None),
            ("a", "1", Some(TagFilterType::KeyOnly), None),
            ("a", "1", Some(TagFilterType::ValueOnly), None),
            ("a", "", Some(TagFilterType::KeyAndValue), None),
        ] {
            let filter = filter(key, value, kind);
            let matched = Filter::of_instances(&filter).map(|filter| filter.matches(&tags));
            assert_eq!(matched.ok(), expected, "{filter:?}");
            // The engines' own says the same.
            if let Ok(read) = Filter::of_instances(&filter) {
                let own = crate::companions::TagFilter::from(read);
                assert_eq!(own.matches(&tags), read.matches(&tags));
            }
        }
    }
}
