//! What is stored: functions with their newest state, published versions, aliases, and events that wait for their function.
//!
//! Invariant: a version never changes once it is published, and its number is never given twice for a function.

use super::settings::Settings;
use crate::aws::{Scope, Time};
use crate::store::{Builder, Direction, Table, Txn};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::sync::Arc;

pub type FunctionKey = (Scope, String);
/// Function, then the version's number.
pub type VersionKey = (Scope, String, u64);
/// Function, then the alias's name.
pub type AliasKey = (Scope, String, String);

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Function {
    /// `$LATEST`.
    pub latest: Version,
    /// The number of the version published last; 0 before the first.
    pub published: u64,
    pub tags: BTreeMap<String, String>,
    /// By qualifier; that of the function itself is empty.
    pub policies: BTreeMap<String, Policy>,
    /// Calls at a time that are kept for this function, and its limit.
    pub reserved: Option<u32>,
}

/// A function as it is at one time: its settings and its code.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Version {
    pub settings: Settings,
    pub code: Code,
    pub modified: Time,
    /// A new one with each change.
    pub revision: String,
}

/// A zip archive, kept in a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Code {
    pub file: String,
    pub size: u64,
    /// In base64, as clients are shown it.
    pub sha256: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Alias {
    /// `$LATEST` or a number.
    pub version: String,
    pub description: String,
    /// A share of the calls from 0 to 1, by version beside `version`.
    pub weights: BTreeMap<String, f64>,
    pub revision: String,
}

/// Who may call, in IAM's words.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Policy {
    pub statements: Vec<serde_json::Value>,
    pub revision: String,
}

/// An invocation that nobody waits for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    pub function: FunctionKey,
    pub qualifier: Option<String>,
    /// In base64.
    pub payload: String,
    pub request_id: String,
    pub since: Time,
    /// Attempts that failed.
    pub failed: u32,
}

/// Clones share their rows.
#[derive(Clone)]
pub struct Tables {
    pub functions: Table<FunctionKey, Function>,
    pub versions: Table<VersionKey, Version>,
    pub aliases: Table<AliasKey, Alias>,
    pub events: Table<u64, Event>,
    counters: Table<u64, u64>,
}

const LAST_EVENT: u64 = 0;

impl Tables {
    pub fn declare(builder: &mut Builder) -> Self {
        Self {
            functions: builder.table("lambda.functions"),
            versions: builder.table("lambda.versions"),
            aliases: builder.table("lambda.aliases"),
            events: builder.table("lambda.events"),
            counters: builder.table("lambda.counters"),
        }
    }

    /// Notes an event and gives its number.
    pub fn add_event(&self, tx: &mut Txn, event: Event) -> u64 {
        let last = tx.get(&self.counters, &LAST_EVENT);
        let number = last.map_or(0, |last| *last) + 1;
        tx.put(&self.counters, LAST_EVENT, number);
        tx.put(&self.events, number, event);
        number
    }

    /// The published versions of a function as a write sees them.
    pub fn versions_in(&self, tx: &Txn, of: &FunctionKey) -> Vec<(VersionKey, Arc<Version>)> {
        tx.range(
            &self.versions,
            versions_of(of),
            Direction::Forward,
            usize::MAX,
        )
    }

    /// The aliases of a function as a write sees them.
    pub fn aliases_in(&self, tx: &Txn, of: &FunctionKey) -> Vec<(AliasKey, Arc<Alias>)> {
        tx.range(
            &self.aliases,
            aliases_of(of),
            Direction::Forward,
            usize::MAX,
        )
    }

    /// Whether a version of the function still has this file.
    pub fn names_file(&self, tx: &Txn, of: &FunctionKey, file: &str) -> bool {
        let latest = tx.get(&self.functions, of);
        let mut versions = self.versions_in(tx, of).into_iter();
        latest.is_some_and(|function| function.latest.code.file == file)
            || versions.any(|(_, version)| version.code.file == file)
    }

    /// Every file that a row names.
    pub fn files(&self) -> std::collections::HashSet<String> {
        let latest = self.functions.range(.., Direction::Forward, usize::MAX);
        let versions = self.versions.range(.., Direction::Forward, usize::MAX);
        let latest = latest
            .into_iter()
            .map(|(_, row)| row.latest.code.file.clone());
        latest
            .chain(versions.into_iter().map(|(_, row)| row.code.file.clone()))
            .collect()
    }
}

/// Keys of all functions of a scope: names are ASCII.
pub fn functions_of(scope: &Scope) -> RangeInclusive<FunctionKey> {
    (scope.clone(), String::new())..=(scope.clone(), "~".to_owned())
}

/// Keys of a function's published versions.
pub fn versions_of(function: &FunctionKey) -> RangeInclusive<VersionKey> {
    let at = |number| (function.0.clone(), function.1.clone(), number);
    at(0)..=at(u64::MAX)
}

/// Keys of a function's aliases.
pub fn aliases_of(function: &FunctionKey) -> RangeInclusive<AliasKey> {
    let at = |name: &str| (function.0.clone(), function.1.clone(), name.to_owned());
    at("")..=at("~")
}
