//! Which secrets a list has, and in which order.

use super::rows::{Secret, SecretKey, Tables};
use crate::aws::{Scope, Time};
use crate::store::Direction;
use secretsmanager_api::model::{Filter, FilterNameStringType};
use std::ops::Bound;
use std::sync::Arc;

/// Rows looked at together.
const CHUNK: usize = 200;

/// What a list is asked for.
pub struct Wanted {
    pub scope: Scope,
    pub filters: Vec<Filter>,
    /// Also those that are marked for deletion.
    pub deleted: bool,
    pub now: Time,
    pub direction: Direction,
}

impl Wanted {
    /// At most `limit` secrets behind a name, in order of names.
    pub fn rows(
        &self,
        tables: &Tables,
        after: Option<String>,
        limit: usize,
    ) -> Vec<(SecretKey, Arc<Secret>)> {
        let key = |name: String| (self.scope.clone(), name);
        let first = Bound::Included(key(String::new()));
        // No name has this letter.
        let last = Bound::Excluded(key("\u{10FFFF}".to_owned()));
        let (mut start, mut end) =
            match (after.map(|name| Bound::Excluded(key(name))), self.direction) {
                (None, _) => (first, last),
                (Some(after), Direction::Forward) => (after, last),
                (Some(after), Direction::Backward) => (first, after),
            };
        let mut found = Vec::new();
        loop {
            let range = (start.clone(), end.clone());
            let chunk = tables.secrets.range(range, self.direction, CHUNK);
            let Some((seen, _)) = chunk.last() else {
                return found;
            };
            let seen = Bound::Excluded(seen.clone());
            match self.direction {
                Direction::Forward => start = seen,
                Direction::Backward => end = seen,
            }
            let wanted = chunk
                .into_iter()
                .filter(|(key, secret)| self.matches(&key.1, secret));
            found.extend(wanted.take(limit - found.len()));
            if found.len() == limit {
                return found;
            }
        }
    }

    fn matches(&self, name: &str, secret: &Secret) -> bool {
        let shown = !secret.is_gone(self.now) && (self.deleted || secret.deleted.is_none());
        shown
            && self
                .filters
                .iter()
                .all(|filter| passes(filter, name, secret))
    }
}

/// Any of the values will do; one that begins with `!` must not match.
fn passes(filter: &Filter, name: &str, secret: &Secret) -> bool {
    let values = filter.values.iter().flatten();
    let (without, with): (Vec<&str>, Vec<&str>) = values
        .map(String::as_str)
        .partition(|value| value.starts_with('!'));
    let hit = |value: &&str| matches(filter, value, name, secret);
    let refused = without.iter().any(|value| hit(&&value[1..]));
    !refused && (with.is_empty() || with.iter().any(hit))
}

/// Names and tags by prefix, with case; descriptions by prefixes of their words, without.
fn matches(filter: &Filter, value: &str, name: &str, secret: &Secret) -> bool {
    let tag_keys = || secret.tags.keys().any(|key| key.starts_with(value));
    let tag_values = || secret.tags.values().any(|text| text.starts_with(value));
    let lower = value.to_lowercase();
    let worded = |text: &str| {
        let text = text.to_lowercase();
        text.starts_with(&lower)
            || text
                .split(|letter: char| !letter.is_alphanumeric())
                .any(|word| word.starts_with(&lower))
    };
    let described = || secret.description.as_deref().is_some_and(worded);
    match filter.key {
        Some(FilterNameStringType::Name) => name.starts_with(value),
        Some(FilterNameStringType::Description) => described(),
        Some(FilterNameStringType::TagKey) => tag_keys(),
        Some(FilterNameStringType::TagValue) => tag_values(),
        Some(FilterNameStringType::All) | None => {
            worded(name) || described() || tag_keys() || tag_values()
        }
        // Secrets here are never managed by other services, and live in one region.
        Some(_) => false,
    }
}
