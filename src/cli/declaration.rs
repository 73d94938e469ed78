//! A pipeline's declaration in a file: JSON or YAML, bare or as `aws codepipeline get-pipeline` prints it.
//!
//! Invariant: what is wrong is told as `FILE:LINE:COLUMN: what`; nothing of the file is passed over in silence. Scalars take the
//! type of the member they stand for, so `Extract: true` is the text that a configuration wants.

use crate::engine::build::buildspec::yaml;
use anyhow::Context;
use codepipeline_api::model::{PipelineDeclaration, Tag};
use serde::Deserialize;
use serde_json::Value;
use std::io::Read;

/// What a file declares.
#[derive(Clone, Debug, PartialEq)]
pub struct Declared {
    pub pipeline: PipelineDeclaration,
    /// Used when the pipeline is created.
    pub tags: Option<Vec<Tag>>,
}

/// As get-pipeline prints it, and as create-pipeline takes it.
#[derive(Deserialize)]
struct Wrapped {
    pipeline: PipelineDeclaration,
    tags: Option<Vec<Tag>>,
}

/// Bytes of a file.
const LONGEST: u64 = 1024 * 1024;

/// Reads a file; `-` is standard input.
pub fn read(path: &str) -> anyhow::Result<Declared> {
    let mut bytes = Vec::new();
    let read = match path {
        "-" => std::io::stdin()
            .lock()
            .take(LONGEST + 1)
            .read_to_end(&mut bytes),
        path => std::fs::File::open(path)
            .and_then(|file| file.take(LONGEST + 1).read_to_end(&mut bytes)),
    };
    read.with_context(|| format!("cannot read {path}"))?;
    anyhow::ensure!(
        bytes.len() as u64 <= LONGEST,
        "{path} is longer than {LONGEST} bytes"
    );
    let text = String::from_utf8(bytes)
        .ok()
        .with_context(|| format!("{path} is not UTF-8"))?;
    parse(&text).map_err(|problem| anyhow::anyhow!("{path}{problem}"))
}

/// The problem begins with its place: `:3:5: …`, or `: …` where it has none.
pub fn parse(text: &str) -> Result<Declared, String> {
    let format = match text.trim_start().starts_with('{') {
        true => Format::Json,
        false => Format::Yaml,
    };
    let outline: Value = format.parse(text)?;
    let Value::Object(members) = &outline else {
        return Err(
            ": expected a pipeline's declaration: a map with name, roleArn and stages".into(),
        );
    };
    let declared = match members.contains_key("pipeline") {
        true => {
            let wrapped: Wrapped = format.parse(text)?;
            Declared {
                pipeline: wrapped.pipeline,
                tags: wrapped.tags,
            }
        }
        false => Declared {
            pipeline: format.parse(text)?,
            tags: None,
        },
    };
    let understood =
        serde_json::to_value(&declared.pipeline).map_err(|error| format!(": {error}"))?;
    let unknown = match members.get("pipeline") {
        Some(pipeline) => stranger(members).or_else(|| unknown(pipeline, &understood, "pipeline")),
        None => unknown(&outline, &understood, ""),
    };
    match unknown {
        Some(path) => Err(unknown_member(text, &path)),
        None => Ok(declared),
    }
}

#[derive(Clone, Copy)]
enum Format {
    Json,
    Yaml,
}

impl Format {
    fn parse<T: for<'de> Deserialize<'de>>(self, text: &str) -> Result<T, String> {
        match self {
            Self::Json => serde_json::from_str(text).map_err(|error| {
                of_the_model(text, &error.to_string()).unwrap_or_else(|| json_problem(&error))
            }),
            Self::Yaml => {
                let options = serde_saphyr::options! { with_snippet: false };
                serde_saphyr::from_str_with_options(text, options).map_err(|error| {
                    of_the_model(text, &error.to_string()).unwrap_or_else(|| yaml_problem(&error))
                })
            }
        }
    }
}

fn json_problem(error: &serde_json::Error) -> String {
    let (line, column) = (error.line(), error.column());
    let text = error.to_string();
    let place = format!(" at line {line} column {column}");
    let what = text.strip_suffix(&place).unwrap_or(&text);
    match line {
        0 => format!(": {what}"),
        line => format!(":{line}:{column}: {what}"),
    }
}

/// A constraint of the model that is broken: the model knows the member, the text where it stands.
fn of_the_model(text: &str, problem: &str) -> Option<String> {
    let (before, after) = problem.split_once("' failed to satisfy constraint: ")?;
    let (_, path) = before.rsplit_once('\'')?;
    let what = after.split(" at line ").next().unwrap_or(after);
    let place = member_at(text, path).map(|(line, column)| format!(":{line}:{column}"));
    Some(format!("{}: '{path}': {what}", place.unwrap_or_default()))
}

/// Where a member of the declaration begins, or what should hold it. JSON is read as the YAML that it is.
fn member_at(text: &str, path: &str) -> Option<(usize, usize)> {
    let root = yaml::parse(text.as_bytes()).ok()?;
    let mut node = root.get("pipeline").unwrap_or(&root);
    let mut name = None;
    // Elements of lists are counted from 1 and followed by `member`.
    for step in path.split('.').filter(|step| *step != "member") {
        let next = match &node.value {
            yaml::Value::List(items) => step
                .parse()
                .ok()
                .and_then(|number: usize| items.get(number.checked_sub(1)?)),
            _ => node.get(step),
        };
        let Some(next) = next else { break };
        (node, name) = (next, Some(step));
    }
    let line = text.lines().nth(node.line.checked_sub(1)?)?;
    let mut keys = line.match_indices(name.unwrap_or_default());
    let at = keys
        .find(|(at, key)| !key.is_empty() && is_key(line, *at, key))
        .map(|(at, _)| at);
    let at = at.unwrap_or(line.len() - line.trim_start().len());
    Some((node.line, line[..at].chars().count() + 1))
}

/// The innermost place comes first in the text; those around it say no more.
fn yaml_problem(error: &serde_saphyr::Error) -> String {
    let text = error.to_string();
    let inner = text.split_once(" at line ").and_then(|(what, rest)| {
        let (line, rest) = rest.split_once(", column ")?;
        let column: String = rest.chars().take_while(char::is_ascii_digit).collect();
        (line.bytes().all(|byte| byte.is_ascii_digit()))
            .then(|| format!(":{line}:{column}: {what}"))
    });
    let inner = inner.map(|text| text.replace(": invalid i64", ": expected a whole number"));
    inner.unwrap_or_else(|| match error.location() {
        Some(at) if at.line() > 0 => format!(":{}:{}: {text}", at.line(), at.column()),
        _ => format!(": {text}"),
    })
}

/// A member beside `pipeline` that no command prints or takes there.
fn stranger(members: &serde_json::Map<String, Value>) -> Option<String> {
    let known = ["pipeline", "metadata", "tags"];
    members
        .keys()
        .find(|name| !known.contains(&name.as_str()))
        .cloned()
}

/// The path of the first member that was given and not understood. A null counts as not given.
fn unknown(given: &Value, understood: &Value, path: &str) -> Option<String> {
    match (given, understood) {
        (Value::Object(given), Value::Object(understood)) => {
            given.iter().find_map(|(name, value)| {
                let path = match path {
                    "" => name.clone(),
                    path => format!("{path}.{name}"),
                };
                match understood.get(name) {
                    Some(understood) => unknown(value, understood, &path),
                    None if value.is_null() => None,
                    None => Some(path),
                }
            })
        }
        (Value::Array(given), Value::Array(understood)) => {
            let mut pairs = given.iter().zip(understood).enumerate();
            pairs.find_map(|(index, (given, understood))| {
                unknown(given, understood, &format!("{path}[{index}]"))
            })
        }
        _ => None,
    }
}

fn unknown_member(text: &str, path: &str) -> String {
    let name = path.rsplit('.').next().unwrap_or(path);
    let place = place_of(text, name)
        .map(|(line, column)| format!(":{line}:{column}"))
        .unwrap_or_default();
    format!("{place}: '{path}' is no member of a pipeline's declaration")
}

/// Where a key stands, when it stands in one place only.
fn place_of(text: &str, name: &str) -> Option<(usize, usize)> {
    let mut found = text.lines().enumerate().flat_map(|(index, line)| {
        let places = line
            .match_indices(name)
            .filter(|(at, _)| is_key(line, *at, name));
        places
            .map(move |(at, _)| (index + 1, line[..at].chars().count() + 1))
            .collect::<Vec<_>>()
    });
    match (found.next(), found.next()) {
        (Some(place), None) => Some(place),
        _ => None,
    }
}

fn is_key(line: &str, at: usize, name: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    let before = line[..at].chars().next_back();
    let after = line[at + name.len()..]
        .trim_start_matches(['"', '\''])
        .trim_start();
    !before.is_some_and(part) && after.starts_with(':')
}

#[cfg(test)]
mod tests;
