//! Names: botocore's to Smithy's.
//!
//! Invariant: ids are unique without regard to case, as Smithy demands; equal sources give equal names.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, ensure};

/// The ids of one model's shapes.
#[derive(Debug)]
pub struct Names {
    namespace: String,
    shapes: BTreeMap<String, String>,
}

impl Names {
    /// Names for the model of `folder` (botocore's folder of the service). `taken` are names that operations and the
    /// service claim; `shapes` is walked in order, so shapes that must keep their name come first. A shape whose name differs
    /// from a claimed one only by case gets the suffix `Shape`.
    pub fn new<'a>(
        folder: &str,
        taken: impl IntoIterator<Item = &'a str>,
        shapes: impl IntoIterator<Item = &'a str>,
    ) -> Result<Names> {
        let mut claimed: BTreeSet<String> = taken.into_iter().map(str::to_lowercase).collect();
        let mut named = BTreeMap::new();
        for shape in shapes {
            let name = if claimed.contains(&shape.to_lowercase()) {
                format!("{shape}Shape")
            } else {
                shape.to_owned()
            };
            ensure!(
                claimed.insert(name.to_lowercase()),
                "shape {shape}: the name {name} is taken, too"
            );
            named.insert(shape.to_owned(), name);
        }
        Ok(Names {
            namespace: format!("com.amazonaws.{}", folder.replace('-', "")),
            shapes: named,
        })
    }

    /// The id of a botocore shape.
    pub fn shape(&self, name: &str) -> Result<String> {
        let name = self
            .shapes
            .get(name)
            .with_context(|| format!("shape {name}: is referred to but not described"))?;
        Ok(self.id(name))
    }

    /// The id of a name that is no botocore shape: the service, an operation.
    pub fn id(&self, name: &str) -> String {
        format!("{}#{name}", self.namespace)
    }

    /// Shapes whose name had to change, old and new.
    pub fn renamed(&self) -> impl Iterator<Item = (&str, &str)> {
        self.shapes
            .iter()
            .filter(|(old, new)| old != new)
            .map(|(old, new)| (old.as_str(), new.as_str()))
    }
}

/// Member names for the values of an enum, in their order: characters that cannot stand in an identifier become `_`, a
/// leading digit gets one before it, and a number tells apart names that would be equal without regard to case.
pub fn enum_members(values: &[String]) -> Vec<String> {
    let mut claimed = BTreeSet::new();
    values
        .iter()
        .map(|value| unused(identifier(value), &mut claimed))
        .collect()
}

fn identifier(value: &str) -> String {
    let name: String = value
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
        .collect();
    match name.trim_matches('_') {
        "" => "EMPTY".to_owned(),
        trimmed if trimmed.starts_with(|c: char| c.is_ascii_digit()) => format!("_{trimmed}"),
        trimmed => trimmed.to_owned(),
    }
}

fn unused(name: String, claimed: &mut BTreeSet<String>) -> String {
    let numbered = (2..).map(|n| format!("{name}_{n}"));
    let free = std::iter::once(name.clone())
        .chain(numbered)
        .find(|n| claimed.insert(n.to_lowercase()));
    free.expect("the numbers do not end")
}
