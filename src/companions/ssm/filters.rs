//! Which parameters a list has: filters by name, path, type and the like, and a walk in order of names.

use super::companion::Ssm;
use super::rows::{Parameter, ParameterKey};
use crate::aws::Scope;
use crate::store::Direction;
use ssm_api::error::{InvalidFilterKey, InvalidFilterOption, InvalidFilterValue};
use ssm_api::model::{ParameterStringFilter, ParametersFilter};
use std::ops::Bound;
use std::sync::Arc;

/// Rows looked at together.
const CHUNK: usize = 200;

/// One condition; any of the values will do.
pub struct Filter {
    on: On,
    how: How,
    values: Vec<String>,
}

enum On {
    Name,
    Path,
    Type,
    KeyId,
    Tier,
    DataType,
    Label,
    Tag(String),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum How {
    Equals,
    BeginsWith,
    Contains,
    OneLevel,
    Recursive,
}

/// Reads the filters of `DescribeParameters`, the newer ones.
pub fn read<E>(filters: Vec<ParameterStringFilter>) -> Result<Vec<Filter>, E>
where
    E: From<InvalidFilterKey> + From<InvalidFilterOption> + From<InvalidFilterValue>,
{
    filters.into_iter().map(one).collect()
}

/// The older ones: a name is a prefix.
pub fn read_old(filters: Vec<ParametersFilter>) -> Vec<Filter> {
    let read = |filter: ParametersFilter| {
        let (on, how) = match filter.key.as_str() {
            "Name" => (On::Name, How::BeginsWith),
            "Type" => (On::Type, How::Equals),
            _ => (On::KeyId, How::Equals),
        };
        let values = filter.values;
        Filter { on, how, values }
    };
    filters.into_iter().map(read).collect()
}

fn one<E>(filter: ParameterStringFilter) -> Result<Filter, E>
where
    E: From<InvalidFilterKey> + From<InvalidFilterOption> + From<InvalidFilterValue>,
{
    let key = filter.key.as_str();
    let on = match key {
        "Name" => On::Name,
        "Path" => On::Path,
        "Type" => On::Type,
        "KeyId" => On::KeyId,
        "Tier" => On::Tier,
        "DataType" => On::DataType,
        "Label" => On::Label,
        _ => match key.strip_prefix("tag:") {
            Some(tag) => On::Tag(tag.to_owned()),
            None => return Err(InvalidFilterKey::new(format!(
                "The following filter key is not valid: {key}. Valid filter keys include: [Path, Name, Type, KeyId, Tier]."
            ))
            .into()),
        },
    };
    let how = how(&on, filter.option.as_deref())?;
    let values = filter.values.unwrap_or_default();
    match values.is_empty() && !matches!(on, On::Tag(_)) {
        true => Err(InvalidFilterValue::new(format!(
            "The following filter values are missing : null for filter key {key}."
        ))
        .into()),
        false => Ok(Filter { on, how, values }),
    }
}

fn how(on: &On, option: Option<&str>) -> Result<How, InvalidFilterOption> {
    match (on, option) {
        (On::Path, None | Some("OneLevel")) => Ok(How::OneLevel),
        (On::Path, Some("Recursive")) => Ok(How::Recursive),
        (On::Name, Some("Contains")) => Ok(How::Contains),
        (On::Path, Some(other)) => Err(bad_option(other, "OneLevel, Recursive")),
        (_, None | Some("Equals")) => Ok(How::Equals),
        (_, Some("BeginsWith")) => Ok(How::BeginsWith),
        (_, Some(other)) => Err(bad_option(other, "BeginsWith, Equals")),
    }
}

fn bad_option(option: &str, known: &str) -> InvalidFilterOption {
    InvalidFilterOption::new(format!(
        "The following filter option is not valid: {option}. Valid options include: [{known}]."
    ))
}

impl Filter {
    pub fn matches(&self, name: &str, row: &Parameter) -> bool {
        let current = &row.current;
        match &self.on {
            On::Name => self.names(name),
            On::Path => self.values.iter().any(|path| {
                let path = format!("{}/", path.trim_end_matches('/'));
                is_below(name, &path, self.how == How::Recursive)
            }),
            On::Type => self.says(&current.kind),
            On::KeyId => current.key_id.as_deref().is_some_and(|id| self.says(id)),
            On::Tier => self.says(&current.tier),
            On::DataType => self.says(&current.data_type),
            On::Label => row.labels.keys().any(|label| self.says(label)),
            On::Tag(tag) => {
                let value = row.tags.get(tag);
                value.is_some_and(|value| self.values.is_empty() || self.says(value))
            }
        }
    }

    /// A name is the same with and without a slash before it.
    fn names(&self, name: &str) -> bool {
        let bare = |text: &'_ str| text.strip_prefix('/').map(str::to_owned);
        let without = bare(name).unwrap_or_else(|| name.to_owned());
        self.says(name) || self.says(&without)
    }

    fn says(&self, text: &str) -> bool {
        let mut values = self.values.iter();
        values.any(|value| match self.how {
            How::BeginsWith => text.starts_with(value.as_str()),
            How::Contains => text.contains(value.as_str()),
            _ => text == value,
        })
    }

    /// The only names that can match, if the filter says which.
    pub fn exact_names(&self) -> Option<Vec<String>> {
        match (&self.on, self.how) {
            (On::Name, How::Equals) => Some(self.values.clone()),
            _ => None,
        }
    }
}

/// Whether a name lies below a path that ends with a slash; directly below, unless `recursive`.
pub fn is_below(name: &str, path: &str, recursive: bool) -> bool {
    let rest = match name.strip_prefix(path) {
        Some(rest) => rest,
        // Names without a slash are at the root.
        None if path == "/" && !name.contains('/') => name,
        None => return false,
    };
    recursive || !rest.contains('/')
}

impl Ssm {
    /// At most `limit` parameters after a name, in order of names, whose name begins with `prefix`.
    pub(super) fn listed(
        &self,
        scope: &Scope,
        prefix: &str,
        after: Option<String>,
        limit: usize,
        matches: impl Fn(&str, &Parameter) -> bool,
    ) -> Vec<(ParameterKey, Arc<Parameter>)> {
        let key = |name: String| (scope.clone(), name);
        let mut start = match after {
            Some(name) => Bound::Excluded(key(name)),
            None => Bound::Included(key(prefix.to_owned())),
        };
        let mut found = Vec::new();
        loop {
            let range = (start, Bound::Unbounded);
            let chunk = self
                .tables
                .parameters
                .range(range, Direction::Forward, CHUNK);
            let Some((last, _)) = chunk.last() else {
                return found;
            };
            start = Bound::Excluded(last.clone());
            for (key, row) in chunk {
                let inside = key.0 == *scope && key.1.starts_with(prefix);
                if !inside || found.len() == limit {
                    return found;
                }
                if matches(&key.1, &row) {
                    found.push((key, row));
                }
            }
        }
    }
}
