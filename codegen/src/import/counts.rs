//! Constraints and shapes, counted in a description and in the model made of it.
//!
//! Invariant: both counts are taken by walking the bare JSON, without the translation's own code.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, ensure};

use super::json::Json;

/// How many of each.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts(BTreeMap<&'static str, usize>);

impl Counts {
    /// Counts botocore's `service-2.json`.
    pub fn of_description(service: &Json) -> Counts {
        let mut counts = Counts::default();
        for (_, operation) in members(service, "operations") {
            counts.add("operations", 1);
            counts.add("errors of operations", items(operation.get("errors")));
            counts.add("deprecated", flag(operation, "deprecated"));
        }
        for (_, shape) in members(service, "shapes") {
            counts.described_shape(shape);
        }
        counts
    }

    /// Counts a Smithy model.
    pub fn of_model(model: &Json) -> Counts {
        let mut counts = Counts::default();
        for (_, shape) in members(model, "shapes") {
            match kind(shape) {
                "service" => {}
                "operation" => {
                    counts.add("operations", 1);
                    counts.add("errors of operations", items(shape.get("errors")));
                    counts.add("deprecated", traits(shape, "smithy.api#deprecated"));
                }
                _ => counts.modelled_shape(shape),
            }
        }
        counts
    }

    /// The number of `what`.
    pub fn get(&self, what: &str) -> usize {
        self.0.get(what).copied().unwrap_or_default()
    }

    /// Fails, naming each figure that differs.
    pub fn expect_equal(&self, other: &Counts) -> Result<()> {
        let all: BTreeSet<_> = self.0.keys().chain(other.0.keys()).collect();
        let differ: Vec<_> = all
            .into_iter()
            .filter(|what| self.get(what) != other.get(what))
            .collect();
        let tell = |what: &&&'static str| {
            format!(
                "{what}: {} described, {} translated",
                self.get(what),
                other.get(what)
            )
        };
        let text: Vec<_> = differ.iter().map(tell).collect();
        ensure!(
            differ.is_empty(),
            "the translation lost something: {}",
            text.join("; ")
        );
        Ok(())
    }

    fn add(&mut self, what: &'static str, number: usize) {
        if number > 0 {
            *self.0.entry(what).or_default() += number;
        }
    }

    fn described_shape(&mut self, shape: &Json) {
        let number = matches!(kind(shape), "integer" | "long" | "float" | "double");
        let bounds =
            usize::from(shape.get("min").is_some()) + usize::from(shape.get("max").is_some());
        self.add("shapes", 1);
        self.add(
            if number {
                "range bounds"
            } else {
                "length bounds"
            },
            bounds,
        );
        self.add("patterns", usize::from(shape.get("pattern").is_some()));
        self.add("enums", usize::from(shape.get("enum").is_some()));
        self.add("enum values", items(shape.get("enum")));
        self.add("required members", items(shape.get("required")));
        self.add("sensitive", flag(shape, "sensitive"));
        self.add("errors", flag(shape, "exception"));
        self.add("unions", flag(shape, "union") + flag(shape, "eventstream"));
        self.add("deprecated", flag(shape, "deprecated"));
        for (_, member) in members(shape, "members") {
            self.add("members", 1);
            self.add("deprecated", flag(member, "deprecated"));
            self.add("idempotency tokens", flag(member, "idempotencyToken"));
        }
        self.add(
            "members",
            ["member", "key", "value"]
                .iter()
                .filter(|key| shape.get(key).is_some())
                .count(),
        );
    }

    fn modelled_shape(&mut self, shape: &Json) {
        let bounds = |id| trait_value(shape, id).map_or(0, |value| value.members().len());
        self.add("shapes", 1);
        self.add("range bounds", bounds("smithy.api#range"));
        self.add("length bounds", bounds("smithy.api#length"));
        self.add("patterns", traits(shape, "smithy.api#pattern"));
        self.add("sensitive", traits(shape, "smithy.api#sensitive"));
        self.add("errors", traits(shape, "smithy.api#error"));
        self.add("deprecated", traits(shape, "smithy.api#deprecated"));
        self.add("unions", usize::from(kind(shape) == "union"));
        self.add(
            "members",
            ["member", "key", "value"]
                .iter()
                .filter(|key| shape.get(key).is_some())
                .count(),
        );
        if kind(shape) == "enum" {
            self.add("enums", 1);
            self.add("enum values", members(shape, "members").len());
            return;
        }
        for (_, member) in members(shape, "members") {
            self.add("members", 1);
            self.add("required members", traits(member, "smithy.api#required"));
            self.add("deprecated", traits(member, "smithy.api#deprecated"));
            self.add(
                "idempotency tokens",
                traits(member, "smithy.api#idempotencyToken"),
            );
        }
    }
}

impl std::fmt::Display for Counts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let parts: Vec<_> = self
            .0
            .iter()
            .map(|(what, number)| format!("{number} {what}"))
            .collect();
        f.write_str(&parts.join(", "))
    }
}

fn kind(shape: &Json) -> &str {
    shape.get("type").and_then(Json::as_str).unwrap_or_default()
}

fn members<'a>(value: &'a Json, key: &str) -> &'a [(String, Json)] {
    value.get(key).map(Json::members).unwrap_or_default()
}

fn items(value: Option<&Json>) -> usize {
    match value {
        Some(Json::Array(items)) => items.len(),
        _ => 0,
    }
}

fn flag(value: &Json, key: &str) -> usize {
    usize::from(value.get(key) == Some(&Json::Bool(true)))
}

fn trait_value<'a>(shape: &'a Json, id: &str) -> Option<&'a Json> {
    shape.get("traits")?.get(id)
}

fn traits(shape: &Json, id: &str) -> usize {
    usize::from(trait_value(shape, id).is_some())
}
