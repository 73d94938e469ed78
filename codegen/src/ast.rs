//! Smithy's JSON AST, as far as the generator needs it.
//!
//! Invariant: members and enum values keep the order of the file.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::Value;

#[derive(Debug, Deserialize)]
pub struct Model {
    #[serde(default)]
    pub shapes: BTreeMap<String, Shape>,
}

#[derive(Debug, Default, Deserialize)]
pub struct Shape {
    #[serde(rename = "type")]
    pub kind: String,
    #[serde(default)]
    pub members: Ordered<Member>,
    pub member: Option<Member>,
    pub key: Option<Member>,
    pub value: Option<Member>,
    #[serde(default)]
    pub traits: Traits,
    pub version: Option<String>,
    #[serde(default)]
    pub operations: Vec<Reference>,
    pub input: Option<Reference>,
    pub output: Option<Reference>,
    #[serde(default)]
    pub errors: Vec<Reference>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Reference {
    pub target: String,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Member {
    pub target: String,
    #[serde(default)]
    pub traits: Traits,
}

/// Traits by their absolute id.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(transparent)]
pub struct Traits(BTreeMap<String, Value>);

impl Traits {
    /// A name in JSON and nothing else.
    pub fn json_name(name: &str) -> Self {
        let id = "smithy.api#jsonName".to_owned();
        Self(BTreeMap::from([(id, Value::from(name))]))
    }

    pub fn has(&self, id: &str) -> bool {
        self.0.contains_key(id)
    }

    pub fn get(&self, id: &str) -> Option<&Value> {
        self.0.get(id)
    }

    pub fn text(&self, id: &str) -> Option<&str> {
        self.get(id)?.as_str()
    }

    /// A bound of `smithy.api#length` or `smithy.api#range`. Fractions do not occur in AWS's models.
    pub fn bound(&self, id: &str, which: &str) -> Result<Option<i64>> {
        let Some(bound) = self.get(id).and_then(|limits| limits.get(which)) else {
            return Ok(None);
        };
        let whole = bound.as_i64().or_else(|| {
            let number = bound.as_f64()?;
            (number.fract() == 0.0 && number.abs() < 9e15).then_some(number as i64)
        });
        match whole {
            Some(number) => Ok(Some(number)),
            None => bail!("{id}.{which} is {bound}, not a whole number"),
        }
    }
}

/// A JSON object in the order of the file.
#[derive(Clone, Debug)]
pub struct Ordered<T>(pub Vec<(String, T)>);

impl<T> Default for Ordered<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Ordered<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Entries<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Entries<T> {
            type Value = Ordered<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Ordered(entries))
            }
        }
        from.deserialize_map(Entries(PhantomData))
    }
}

impl Model {
    pub fn load(path: &Path) -> Result<Self> {
        let text =
            std::fs::read_to_string(path).with_context(|| format!("read {}", path.display()))?;
        serde_json::from_str(&text)
            .with_context(|| format!("{} is no Smithy JSON AST", path.display()))
    }

    /// The one service of the file, with its id.
    pub fn service(&self) -> Result<(&str, &Shape)> {
        let mut services = self
            .shapes
            .iter()
            .filter(|(_, shape)| shape.kind == "service");
        match (services.next(), services.next()) {
            (Some((id, shape)), None) => Ok((id, shape)),
            _ => bail!("a model has exactly one service"),
        }
    }
}
