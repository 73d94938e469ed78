//! One service as the emitters see it: its operations with resolved inputs and outputs, the shapes they reach, and
//! the overrides applied.
//!
//! Invariant: every collection is sorted or in model order, so that emitting it is deterministic.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, bail, ensure};

use crate::ast::{Member, Model, Shape, Traits};
use crate::config::{Lift, ServiceEntry, ServiceOverrides};
use crate::names;

pub const UNIT: &str = "smithy.api#Unit";
pub const LENGTH: &str = "smithy.api#length";
pub const RANGE: &str = "smithy.api#range";
pub const PATTERN: &str = "smithy.api#pattern";
pub const REQUIRED: &str = "smithy.api#required";
pub const SENSITIVE: &str = "smithy.api#sensitive";
pub const ERROR: &str = "smithy.api#error";
pub const HTTP_ERROR: &str = "smithy.api#httpError";
pub const QUERY_ERROR: &str = "aws.protocols#awsQueryError";
pub const ENUM_VALUE: &str = "smithy.api#enumValue";
pub const AWS_QUERY: &str = "aws.protocols#awsQuery";
pub const EC2_QUERY: &str = "aws.protocols#ec2Query";
pub const REST_JSON: &str = "aws.protocols#restJson1";
pub const HTTP: &str = "smithy.api#http";

pub struct Service<'m> {
    /// `codepipeline`: the key of services.toml, the model's file and the crate.
    pub key: String,
    pub entry: &'m ServiceEntry,
    pub model: &'m Model,
    pub namespace: String,
    /// `CodePipeline_20150709`.
    pub shape_name: String,
    pub version: Option<String>,
    pub xml_namespace: Option<String>,
    pub operations: Vec<Operation<'m>>,
    /// Names of all operations of the model.
    pub all_operations: Vec<String>,
    /// Where those of a REST service are.
    pub all_routes: Vec<(String, Http)>,
    /// Ids of structures and enums beside inputs, outputs and errors.
    pub models: BTreeSet<&'m str>,
    pub errors: BTreeSet<&'m str>,
    /// Ids of reachable lists and maps.
    pub containers: BTreeSet<&'m str>,
    /// Ids of reachable strings, numbers and blobs that carry constraints.
    pub simples: BTreeSet<&'m str>,
    pub overrides: ServiceOverrides<'m>,
}

pub struct Operation<'m> {
    pub name: String,
    /// Absent where the model says Unit.
    pub input: Option<&'m str>,
    pub output: Option<&'m str>,
    pub errors: Vec<&'m str>,
    /// Where a REST service has it.
    pub http: Option<Http>,
}

/// An operation's method, URI pattern and status.
#[derive(Clone, Debug, PartialEq)]
pub struct Http {
    pub method: String,
    pub uri: String,
    pub code: u16,
}

/// Limits of a shape after the overrides.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Limits {
    pub min: Option<i64>,
    pub max: Option<i64>,
    pub pattern: Option<String>,
}

impl<'m> Service<'m> {
    pub fn resolve(
        key: &str,
        entry: &'m ServiceEntry,
        model: &'m Model,
        overrides: ServiceOverrides<'m>,
    ) -> Result<Self> {
        let (id, shape) = model.service()?;
        let (namespace, shape_name) = split(id)?;
        let mut service = Self {
            key: key.to_owned(),
            entry,
            model,
            namespace: namespace.to_owned(),
            shape_name: shape_name.to_owned(),
            version: shape.version.clone(),
            xml_namespace: xml_namespace(&shape.traits),
            operations: Vec::new(),
            all_operations: Vec::new(),
            all_routes: Vec::new(),
            models: BTreeSet::new(),
            errors: BTreeSet::new(),
            containers: BTreeSet::new(),
            simples: BTreeSet::new(),
            overrides,
        };
        service.add_operations(shape)?;
        service.reach()?;
        service.check()?;
        Ok(service)
    }

    fn add_operations(&mut self, service: &'m Shape) -> Result<()> {
        let mut all: BTreeMap<&str, &'m Shape> = BTreeMap::new();
        for operation in &service.operations {
            all.insert(name_of(&operation.target), self.shape(&operation.target)?);
        }
        self.all_operations = all.keys().map(|name| (*name).to_owned()).collect();
        if self.is_rest() {
            for (name, shape) in &all {
                let http = http(shape).with_context(|| format!("{name} has no HTTP binding"))?;
                self.all_routes.push(((*name).to_owned(), http));
            }
        }
        let wanted: BTreeSet<&str> = match &self.entry.operations {
            Some(names) => names.iter().map(String::as_str).collect(),
            None => all.keys().copied().collect(),
        };
        for name in wanted {
            let shape = all
                .get(name)
                .with_context(|| format!("the model has no operation {name}"))?;
            self.operations.push(Operation {
                name: name.to_owned(),
                input: unless_unit(&shape.input),
                output: unless_unit(&shape.output),
                errors: shape
                    .errors
                    .iter()
                    .map(|error| error.target.as_str())
                    .collect(),
                http: http(shape).filter(|_| self.is_rest()),
            });
        }
        Ok(())
    }

    /// Collects the shapes that the operations' inputs, outputs and errors contain.
    fn reach(&mut self) -> Result<()> {
        let mut open: Vec<&'m str> = Vec::new();
        let mut errors = BTreeSet::new();
        for operation in &self.operations {
            let tops = operation
                .input
                .iter()
                .chain(&operation.output)
                .chain(&operation.errors);
            for id in tops {
                open.extend(self.targets(id)?);
            }
            errors.extend(operation.errors.iter().copied());
        }
        self.errors = errors;
        let mut seen = BTreeSet::new();
        while let Some(id) = open.pop() {
            if !id.starts_with("smithy.api#") && seen.insert(id) {
                self.sort_in(id)?;
                open.extend(self.targets(id)?);
            }
        }
        Ok(())
    }

    fn sort_in(&mut self, id: &'m str) -> Result<()> {
        match self.shape(id)?.kind.as_str() {
            "structure" | "union" | "enum" => self.models.insert(id),
            "list" | "map" => self.containers.insert(id),
            _ => self.simples.insert(id),
        };
        Ok(())
    }

    fn targets(&self, id: &str) -> Result<Vec<&'m str>> {
        let shape = self.shape(id)?;
        if shape.kind == "enum" {
            return Ok(Vec::new());
        }
        let members = shape.members.0.iter().map(|(_, member)| member);
        let all = members
            .chain(&shape.member)
            .chain(&shape.key)
            .chain(&shape.value);
        Ok(all.map(|member| member.target.as_str()).collect())
    }

    /// What would generate, but wrongly or not compile.
    fn check(&self) -> Result<()> {
        let overridden = (self.overrides.lift.iter().map(|e| &e.shape))
            .chain(self.overrides.answered.iter().map(|e| &e.shape))
            .chain(self.overrides.rename.iter().map(|e| &e.shape));
        for shape in overridden {
            self.shape(&self.id(shape)).context("overrides.toml")?;
        }
        for place in self
            .overrides
            .sensitive
            .iter()
            .flat_map(|entry| &entry.members)
        {
            self.has_member(place).context("overrides.toml")?;
        }
        for id in &self.models {
            let name = self.type_name(id);
            ensure!(
                !names::PRELUDE.contains(&name.as_str()),
                "{id} would hide Rust's {name}: rename it in overrides.toml"
            );
            ensure!(
                !self.contains_itself(id)?,
                "{id} contains itself without a list or map between"
            );
            // The reader notes members in a number of 128 bits; enums have as many values as they like.
            ensure!(
                !self.is_structure(id) || self.shape(id)?.members.0.len() <= 128,
                "{id} has more than 128 members"
            );
        }
        Ok(())
    }

    /// `Shape$member` names a member.
    fn has_member(&self, place: &str) -> Result<()> {
        let (shape, name) = place
            .split_once('$')
            .context("a member is written Shape$member")?;
        let shape = self.shape(&self.id(shape))?;
        let known = match shape.kind.as_str() {
            "list" => name == "member",
            "map" => name == "key" || name == "value",
            _ => shape.members.0.iter().any(|(member, _)| member == name),
        };
        ensure!(known, "the model has no {place}");
        Ok(())
    }

    fn contains_itself(&self, id: &str) -> Result<bool> {
        let mut open = vec![id];
        let mut seen = BTreeSet::new();
        while let Some(next) = open.pop() {
            for target in self.targets(next)? {
                if target == id {
                    return Ok(true);
                }
                if self.is_structure(target) && seen.insert(target) {
                    open.push(target);
                }
            }
        }
        Ok(false)
    }

    pub fn id(&self, name: &str) -> String {
        format!("{}#{name}", self.namespace)
    }

    pub fn shape(&self, id: &str) -> Result<&'m Shape> {
        self.model
            .shapes
            .get(id)
            .with_context(|| format!("the model has no shape {id}"))
    }

    /// The shape's kind, for prelude shapes too.
    pub fn kind(&self, id: &str) -> Result<&'m str> {
        Ok(match id {
            "smithy.api#String" => "string",
            "smithy.api#Boolean" | "smithy.api#PrimitiveBoolean" => "boolean",
            "smithy.api#Byte" | "smithy.api#PrimitiveByte" => "byte",
            "smithy.api#Short" | "smithy.api#PrimitiveShort" => "short",
            "smithy.api#Integer" | "smithy.api#PrimitiveInteger" => "integer",
            "smithy.api#Long" | "smithy.api#PrimitiveLong" => "long",
            "smithy.api#Float" | "smithy.api#PrimitiveFloat" => "float",
            "smithy.api#Double" | "smithy.api#PrimitiveDouble" => "double",
            "smithy.api#Blob" => "blob",
            "smithy.api#Timestamp" => "timestamp",
            "smithy.api#Document" => "document",
            other => &self.shape(other)?.kind,
        })
    }

    pub fn traits(&self, id: &str) -> Option<&'m Traits> {
        self.model.shapes.get(id).map(|shape| &shape.traits)
    }

    pub fn is_structure(&self, id: &str) -> bool {
        self.kind(id)
            .is_ok_and(|kind| kind == "structure" || kind == "union")
    }

    /// Whether a member's value must not print: by its own trait, its target's, or an override.
    pub fn is_sensitive(&self, shape: &str, name: &str, member: &Member) -> bool {
        let target = self.traits(&member.target);
        let place = format!("{}${name}", name_of(shape));
        let mut hidden = self
            .overrides
            .sensitive
            .iter()
            .flat_map(|entry| &entry.members);
        member.traits.has(SENSITIVE)
            || target.is_some_and(|traits| traits.has(SENSITIVE))
            || hidden.any(|other| *other == place)
    }

    pub fn is_query(&self) -> bool {
        self.entry
            .protocols
            .iter()
            .any(|protocol| protocol == AWS_QUERY || protocol == EC2_QUERY)
    }

    pub fn is_rest(&self) -> bool {
        self.entry
            .protocols
            .iter()
            .any(|protocol| protocol == REST_JSON)
    }

    /// The Rust name of a structure or enum.
    pub fn type_name(&self, id: &str) -> String {
        let name = name_of(id);
        let renamed = self
            .overrides
            .rename
            .iter()
            .find(|entry| entry.shape == name);
        renamed.map_or_else(|| names::type_name(name), |entry| entry.to.clone())
    }

    /// Required members after the overrides.
    pub fn is_required(&self, structure: &str, name: &str, member: &Member) -> bool {
        let lifted = format!("required:{name}");
        member.traits.has(REQUIRED) && !self.lifts(structure).any(|lift| lift.constraint == lifted)
    }

    fn lifts(&self, id: &str) -> impl Iterator<Item = &&'m Lift> {
        let name = name_of(id).to_owned();
        self.overrides
            .lift
            .iter()
            .filter(move |lift| lift.shape == name)
    }

    pub fn limits(&self, id: &str) -> Result<Limits> {
        let Some(traits) = self.traits(id) else {
            return Ok(Limits::default());
        };
        let both = |which| -> Result<Option<i64>> {
            Ok(traits.bound(LENGTH, which)?.or(traits.bound(RANGE, which)?))
        };
        let mut limits = Limits {
            min: both("min").context(id.to_owned())?,
            max: both("max").context(id.to_owned())?,
            pattern: traits.text(PATTERN).map(str::to_owned),
        };
        for lift in self.lifts(id) {
            match lift.constraint.as_str() {
                "min" => limits.min = None,
                "max" => limits.max = None,
                "pattern" => limits.pattern = None,
                other if other.starts_with("required:") => {}
                other => bail!("overrides.toml lifts an unknown constraint {other}"),
            }
        }
        // A length of at least zero is no constraint; everything matches `.*` but line ends.
        limits.min = limits.min.filter(|min| *min > 0 || !traits.has(LENGTH));
        Ok(limits)
    }

    /// An enum's values in model order, and those that only answers carry.
    pub fn enum_values(&self, id: &str) -> Result<(Vec<String>, Vec<String>)> {
        let members = &self.shape(id)?.members.0;
        let accepted = members
            .iter()
            .map(|(name, member)| member.traits.text(ENUM_VALUE).unwrap_or(name).to_owned());
        let added = self
            .overrides
            .answered
            .iter()
            .filter(|entry| entry.shape == name_of(id));
        Ok((
            accepted.collect(),
            added.flat_map(|entry| entry.values.clone()).collect(),
        ))
    }
}

fn unless_unit(reference: &Option<crate::ast::Reference>) -> Option<&str> {
    let target = reference.as_ref()?.target.as_str();
    (target != UNIT).then_some(target)
}

fn http(operation: &Shape) -> Option<Http> {
    let http = operation.traits.get(HTTP)?;
    let text = |key| http.get(key)?.as_str().map(str::to_owned);
    let code = http.get("code").and_then(serde_json::Value::as_u64);
    Some(Http {
        method: text("method")?,
        uri: text("uri")?,
        code: code
            .and_then(|code| u16::try_from(code).ok())
            .unwrap_or(200),
    })
}

fn xml_namespace(traits: &Traits) -> Option<String> {
    let uri = traits
        .get("smithy.api#xmlNamespace")?
        .get("uri")?
        .as_str()?;
    Some(uri.to_owned())
}

fn split(id: &str) -> Result<(&str, &str)> {
    id.split_once('#')
        .with_context(|| format!("{id} is no shape id"))
}

/// `com.amazonaws.x#Name` → `Name`.
pub fn name_of(id: &str) -> &str {
    id.split_once('#').map_or(id, |(_, name)| name)
}
