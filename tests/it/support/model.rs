//! The models in `model/`, as the contract tests read them: on their own, without the generator.
//!
//! Invariant: members, enum values and errors keep the order of the file.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use super::ordered::Ordered;

/// Any value of a trait.
pub type Json = serde_json::Value;

/// One service's model.
#[derive(Debug)]
pub struct Model {
    /// Name of the file: `codebuild`.
    pub service: &'static str,
    /// Name of the service shape: `CodeBuild_20161006`.
    pub shape_name: String,
    shapes: BTreeMap<String, Shape>,
    /// Constraints that `codegen/overrides.toml` lifts: name of a shape, and `min`, `max`, `pattern` or `required:<member>`.
    lifted: Vec<(String, String)>,
}

/// A shape of the model; which fields are set depends on `kind`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Shape {
    #[serde(rename = "type")]
    pub kind: String,
    pub members: Ordered<Member>,
    pub member: Option<Member>,
    pub key: Option<Member>,
    pub value: Option<Member>,
    pub input: Option<Target>,
    pub output: Option<Target>,
    pub errors: Vec<Target>,
    pub traits: BTreeMap<String, Json>,
}

#[derive(Debug, Deserialize)]
pub struct Member {
    pub target: String,
    #[serde(default)]
    pub traits: BTreeMap<String, Json>,
}

#[derive(Debug, Deserialize)]
pub struct Target {
    pub target: String,
}

/// An operation by name.
#[derive(Debug, Clone, Copy)]
pub struct Operation<'m> {
    pub name: &'m str,
    pub shape: &'m Shape,
}

const UNIT: &str = "smithy.api#Unit";

#[derive(Deserialize)]
struct File {
    shapes: BTreeMap<String, Shape>,
}

#[derive(Deserialize)]
struct Overrides {
    lift: Vec<Lift>,
}

#[derive(Deserialize)]
struct Lift {
    service: String,
    shape: String,
    constraint: String,
}

fn repository(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

impl Model {
    /// Reads `model/<service>.json`.
    pub fn read(service: &'static str) -> Model {
        let file: File =
            serde_json::from_str(&repository(&format!("model/{service}.json"))).unwrap();
        let overrides: Overrides = toml::from_str(&repository("codegen/overrides.toml")).unwrap();
        let lifted = overrides
            .lift
            .into_iter()
            .filter(|lift| lift.service == service);
        let shape_name = file
            .shapes
            .iter()
            .find(|(_, shape)| shape.kind == "service")
            .unwrap()
            .0;
        Model {
            service,
            shape_name: plain(shape_name).to_owned(),
            lifted: lifted.map(|lift| (lift.shape, lift.constraint)).collect(),
            shapes: file.shapes,
        }
    }

    /// The operations in the order of their names.
    pub fn operations(&self) -> impl Iterator<Item = Operation<'_>> {
        let operations = self
            .shapes
            .iter()
            .filter(|(_, shape)| shape.kind == "operation");
        operations.map(|(id, shape)| Operation {
            name: plain(id),
            shape,
        })
    }

    /// A shape that the model has.
    pub fn shape(&self, id: &str) -> &Shape {
        self.shapes
            .get(id)
            .unwrap_or_else(|| panic!("{}: no shape {id}", self.service))
    }

    /// Whether the constraint does not hold for callers although the model states it.
    pub fn lifts(&self, id: &str, constraint: &str) -> bool {
        self.lifted
            .iter()
            .any(|(shape, what)| shape == plain(id) && what == constraint)
    }
}

impl Operation<'_> {
    /// The id of the input structure, if there is one.
    pub fn input(&self) -> Option<&str> {
        self.shape
            .input
            .as_ref()
            .map(|input| input.target.as_str())
            .filter(|id| *id != UNIT)
    }

    /// The id of the output structure, if there is one.
    pub fn output(&self) -> Option<&str> {
        self.shape
            .output
            .as_ref()
            .map(|output| output.target.as_str())
            .filter(|id| *id != UNIT)
    }

    /// The names of the errors that the model lists.
    pub fn errors(&self) -> impl Iterator<Item = &str> {
        self.shape.errors.iter().map(|error| plain(&error.target))
    }
}

impl Shape {
    /// A bound: `length` or `range`, `min` or `max`.
    pub fn bound(&self, what: &str, which: &str) -> Option<i64> {
        let bound = self.traits.get(&format!("smithy.api#{what}"))?.get(which)?;
        Some(
            bound
                .as_i64()
                .unwrap_or_else(|| bound.as_f64().expect("a number") as i64),
        )
    }

    /// The pattern as the model writes it.
    pub fn pattern(&self) -> Option<&str> {
        self.traits.get("smithy.api#pattern")?.as_str()
    }

    /// The values of an enum, in the order of the model.
    pub fn enum_values(&self) -> Vec<&str> {
        assert_eq!(self.kind, "enum");
        self.members
            .iter()
            .map(|(_, member)| member.traits["smithy.api#enumValue"].as_str().unwrap())
            .collect()
    }

    pub fn is_sensitive(&self) -> bool {
        self.traits.contains_key("smithy.api#sensitive")
    }
}

impl Member {
    pub fn is_required(&self) -> bool {
        self.traits.contains_key("smithy.api#required")
    }
}

/// A shape's name without its namespace.
pub fn plain(id: &str) -> &str {
    id.rsplit('#')
        .next()
        .expect("rsplit yields at least one part")
}
