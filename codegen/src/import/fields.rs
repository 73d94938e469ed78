//! An object of a description that is taken apart key by key.
//!
//! Invariant: [`Fields::finish`] succeeds only when every key was taken or is listed in [`SKIPPED`]; no key is lost in silence.

use anyhow::{Context, Result, bail, ensure};

use super::json::Json;
use super::skipped::SKIPPED;

/// The keys of one object that were not taken yet. `place` names the kind of object (`operation`), `name` the very one.
#[derive(Debug)]
pub struct Fields {
    place: &'static str,
    name: String,
    rest: Vec<(String, Json)>,
}

impl Fields {
    /// Starts on `value`, which must be an object.
    pub fn new(place: &'static str, name: impl Into<String>, value: Json) -> Result<Fields> {
        let name = name.into();
        match value {
            Json::Object(rest) => Ok(Fields { place, name, rest }),
            other => bail!(
                "{place} {name}: expected an object, found {}",
                other.print().trim_end()
            ),
        }
    }

    /// Takes `key` as it is, if present.
    pub fn take(&mut self, key: &str) -> Option<Json> {
        let index = self.rest.iter().position(|(k, _)| k == key)?;
        Some(self.rest.remove(index).1)
    }

    /// Takes a text.
    pub fn text(&mut self, key: &str) -> Result<Option<String>> {
        match self.take(key) {
            None => Ok(None),
            Some(Json::String(text)) => Ok(Some(text)),
            Some(other) => bail!(
                "{}: expected a text, found {}",
                self.at(key),
                other.print().trim_end()
            ),
        }
    }

    /// Takes a text that must be there.
    pub fn required_text(&mut self, key: &str) -> Result<String> {
        self.text(key)?
            .with_context(|| format!("{}: is missing", self.at(key)))
    }

    /// Takes a boolean that counts as false when absent.
    pub fn flag(&mut self, key: &str) -> Result<bool> {
        match self.take(key) {
            None => Ok(false),
            Some(Json::Bool(value)) => Ok(value),
            Some(other) => bail!(
                "{}: expected true or false, found {}",
                self.at(key),
                other.print().trim_end()
            ),
        }
    }

    /// Takes a list; an absent one is empty.
    pub fn list(&mut self, key: &str) -> Result<Vec<Json>> {
        match self.take(key) {
            None => Ok(Vec::new()),
            Some(Json::Array(items)) => Ok(items),
            Some(other) => bail!(
                "{}: expected a list, found {}",
                self.at(key),
                other.print().trim_end()
            ),
        }
    }

    /// Takes a list of texts; an absent one is empty.
    pub fn texts(&mut self, key: &str) -> Result<Vec<String>> {
        let at = self.at(key);
        let text = |item: Json| {
            item.as_str()
                .map(str::to_owned)
                .with_context(|| format!("{at}: expected texts"))
        };
        self.list(key)?.into_iter().map(text).collect()
    }

    /// Takes an object's members in their order; an absent one is empty.
    pub fn members(&mut self, key: &str) -> Result<Vec<(String, Json)>> {
        match self.take(key) {
            None => Ok(Vec::new()),
            Some(Json::Object(members)) => Ok(members),
            Some(other) => bail!(
                "{}: expected an object, found {}",
                self.at(key),
                other.print().trim_end()
            ),
        }
    }

    /// Takes an object that is itself to be taken apart, under the place `place`.
    pub fn nested(&mut self, key: &str, place: &'static str) -> Result<Option<Fields>> {
        let name = self.name.clone();
        self.take(key)
            .map(|value| Fields::new(place, name, value))
            .transpose()
    }

    /// Checks that nothing is left but keys that [`SKIPPED`] names for this place.
    pub fn finish(self) -> Result<()> {
        let skipped = |key: &str| {
            SKIPPED
                .iter()
                .any(|s| s.key == key && s.places.contains(&self.place))
        };
        let unknown: Vec<_> = self
            .rest
            .iter()
            .map(|(k, _)| k.as_str())
            .filter(|k| !skipped(k))
            .collect();
        ensure!(
            unknown.is_empty(),
            "{} {}: no translation for {}",
            self.place,
            self.name,
            unknown.join(", ")
        );
        Ok(())
    }

    fn at(&self, key: &str) -> String {
        format!("{} {}, {key}", self.place, self.name)
    }
}
