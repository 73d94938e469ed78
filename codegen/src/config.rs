//! The generator's two tables: which services and operations (`services.toml`), and where AWS differs from its own
//! models (`overrides.toml`).
//!
//! Invariant: an entry that names something the model does not have stops generation, and every override names the
//! section of the contract that justifies it.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use crate::ast::{Member, Model, Traits};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Services {
    pub services: BTreeMap<String, ServiceEntry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceEntry {
    /// Start of the builder's name: `CodePipeline` → `CodePipelineBuilder`.
    pub name: String,
    /// Shape ids of the protocols to serve.
    pub protocols: Vec<String>,
    /// The operations to generate; all of the model when absent.
    pub operations: Option<Vec<String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Overrides {
    #[serde(default)]
    pub lift: Vec<Lift>,
    #[serde(default)]
    pub answered: Vec<Answered>,
    #[serde(default)]
    pub member: Vec<AnsweredMember>,
    #[serde(default)]
    pub defer: Vec<Defer>,
    #[serde(default)]
    pub status: Vec<Status>,
    #[serde(default)]
    pub rename: Vec<Rename>,
    #[serde(default)]
    pub sensitive: Vec<Sensitive>,
}

/// A constraint AWS does not enforce.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lift {
    pub service: String,
    pub shape: String,
    /// `min`, `max`, `pattern`, or `required:<member>`.
    pub constraint: String,
    pub section: String,
}

/// Enum values AWS answers and no request may say.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answered {
    pub service: String,
    pub shape: String,
    pub values: Vec<String>,
    pub section: String,
}

/// Members AWS answers although its model does not have them; each is a text that may be absent.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnsweredMember {
    pub service: String,
    /// A structure that only answers have.
    pub shape: String,
    pub members: Vec<String>,
    pub section: String,
}

/// Violations below the request's own members reach the handler instead of being answered at once.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Defer {
    pub service: String,
    pub section: String,
}

/// All modelled errors of a service have one HTTP status, whatever the model says.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Status {
    pub service: String,
    pub status: u16,
    pub section: String,
}

/// A shape whose name would hide one of Rust's.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rename {
    pub service: String,
    pub shape: String,
    pub to: String,
    pub section: String,
}

/// Members that must not print although the model does not say so.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sensitive {
    pub service: String,
    /// `Shape$member`; `List$member`, `Map$key` and `Map$value` for what those contain.
    pub members: Vec<String>,
    pub section: String,
}

pub fn load<T: for<'de> Deserialize<'de>>(path: &Path) -> Result<T> {
    let text = std::fs::read_to_string(path).with_context(|| format!("read {}", path.display()))?;
    toml::from_str(&text).with_context(|| path.display().to_string())
}

impl Overrides {
    /// Gives the structures of one service the members that only AWS's answers have.
    pub fn add_members(&self, service: &str, model: &mut Model) -> Result<()> {
        for entry in self.member.iter().filter(|entry| entry.service == service) {
            ensure!(
                !entry.section.trim().is_empty(),
                "an override without its section"
            );
            let name = format!("#{}", entry.shape);
            let shape = model.shapes.iter_mut().find(|(id, _)| id.ends_with(&name));
            let (_, shape) = shape.with_context(|| {
                format!("overrides.toml: the model has no shape {}", entry.shape)
            })?;
            for name in &entry.members {
                ensure!(
                    shape.members.0.iter().all(|(known, _)| known != name),
                    "overrides.toml: the model has {}${name} now",
                    entry.shape
                );
                let member = Member {
                    target: "smithy.api#String".to_owned(),
                    traits: Traits::default(),
                };
                shape.members.0.push((name.clone(), member));
            }
        }
        Ok(())
    }

    /// The entries of one service, each checked to name a section.
    pub fn of(&self, service: &str) -> Result<ServiceOverrides<'_>> {
        let all = ServiceOverrides {
            lift: self.lift.iter().filter(|e| e.service == service).collect(),
            answered: self
                .answered
                .iter()
                .filter(|e| e.service == service)
                .collect(),
            defer: self.defer.iter().find(|e| e.service == service),
            status: self.status.iter().find(|e| e.service == service),
            rename: self
                .rename
                .iter()
                .filter(|e| e.service == service)
                .collect(),
            sensitive: self
                .sensitive
                .iter()
                .filter(|e| e.service == service)
                .collect(),
        };
        all.check_sections()?;
        Ok(all)
    }
}

#[derive(Debug, Default)]
pub struct ServiceOverrides<'a> {
    pub lift: Vec<&'a Lift>,
    pub answered: Vec<&'a Answered>,
    pub defer: Option<&'a Defer>,
    pub status: Option<&'a Status>,
    pub rename: Vec<&'a Rename>,
    pub sensitive: Vec<&'a Sensitive>,
}

impl ServiceOverrides<'_> {
    fn check_sections(&self) -> Result<()> {
        let sections = (self.lift.iter().map(|e| &e.section))
            .chain(self.answered.iter().map(|e| &e.section))
            .chain(self.defer.iter().map(|e| &e.section))
            .chain(self.status.iter().map(|e| &e.section))
            .chain(self.rename.iter().map(|e| &e.section))
            .chain(self.sensitive.iter().map(|e| &e.section));
        for section in sections {
            anyhow::ensure!(
                !section.trim().is_empty(),
                "an override without its section"
            );
        }
        Ok(())
    }
}
