//! The version that a request means: a name, with a version's number or a label behind a colon, or an ARN of either form.

use super::companion::Ssm;
use super::rows::{Parameter, ParameterKey, Version, version_key};
use crate::aws::Scope;
use crate::aws::arn::Arn;
use crate::store::StoreError;
use std::sync::Arc;

/// What a request means.
pub struct Found {
    pub name: String,
    pub version: Version,
    /// With its colon, as it is shown.
    pub selector: Option<String>,
}

/// Why there is no such version.
pub enum Absent {
    Parameter,
    /// There is no version with this number or label.
    Version(String),
    Store(StoreError),
}

impl Ssm {
    pub(super) fn find(&self, scope: &Scope, asked: &str) -> Result<Found, Absent> {
        let (names, selector) = read(scope, asked).ok_or(Absent::Parameter)?;
        let mut rows = names.into_iter().filter_map(|name| self.row(scope, name));
        let (key, row) = rows.next().ok_or(Absent::Parameter)?;
        let version = match &selector {
            None => row.current.clone(),
            Some(selector) => self.selected(&key, &row, selector)?,
        };
        Ok(Found {
            name: key.1,
            version,
            selector: selector.map(|selector| format!(":{selector}")),
        })
    }

    /// The parameter that a name or an ARN without a selector means.
    pub(super) fn key(&self, scope: &Scope, asked: &str) -> Option<ParameterKey> {
        let (names, selector) = read(scope, asked)?;
        let mut rows = names.into_iter().filter_map(|name| self.row(scope, name));
        let found = rows.next().map(|(key, _)| key);
        found.filter(|_| selector.is_none())
    }

    fn row(&self, scope: &Scope, name: String) -> Option<(ParameterKey, Arc<Parameter>)> {
        let key = (scope.clone(), name);
        let row = self.tables.parameters.get(&key)?;
        Some((key, row))
    }

    fn selected(
        &self,
        key: &ParameterKey,
        row: &Parameter,
        selector: &str,
    ) -> Result<Version, Absent> {
        let absent = || Absent::Version(selector.to_owned());
        let number = match selector.parse::<u64>() {
            Ok(number) => number,
            Err(_) => *row.labels.get(selector).ok_or_else(absent)?,
        };
        if number == row.current.number {
            return Ok(row.current.clone());
        }
        let older = self.tables.older.get(&version_key(key, number));
        older.map_err(Absent::Store)?.ok_or_else(absent)
    }
}

/// The names that may be meant, the likelier one first, and the selector. ARNs do not tell `/name` from `name`.
fn read(scope: &Scope, asked: &str) -> Option<(Vec<String>, Option<String>)> {
    let (place, is_arn) = match asked.starts_with("arn:") {
        false => (asked.to_owned(), false),
        true => {
            let arn = Arn::parse(asked)?;
            let ours = arn.service == "ssm" && arn.scope().as_ref() == Some(scope);
            let place = arn.resource.strip_prefix("parameter")?;
            (ours && place.starts_with('/')).then(|| (place.to_owned(), true))?
        }
    };
    let (name, selector) = match place.split_once(':') {
        Some((name, selector)) => (name.to_owned(), Some(selector.to_owned())),
        None => (place, None),
    };
    let names = match is_arn {
        true => vec![name[1..].to_owned(), name],
        false => vec![name],
    };
    Some((names, selector))
}
