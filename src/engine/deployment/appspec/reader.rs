//! An AppSpec as a tree, whichever way it is written, and nodes as what they are expected to be.
//!
//! Keys are found whatever their case is, since AWS's own pages write them both ways. JSON is tried first: all of YAML's rules of
//! indentation and tabs do not count there.

use crate::engine::build::buildspec::yaml::{self, Node, Value};
use std::fmt;

pub use crate::engine::build::buildspec::yaml::MAX_BYTES;

/// What is wrong, in one sentence without a dot, with the place where it is known.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct AppSpecError(pub String);

pub type Read<T> = Result<T, AppSpecError>;

/// Where JSON's nodes are: its lines are not known.
const NO_LINE: usize = 0;

impl AppSpecError {
    /// About a node; `path` leads to it.
    pub fn at(path: &str, what: impl fmt::Display, node: &Node) -> Self {
        match node.line {
            NO_LINE => Self(format!("{path}: {what}")),
            line => Self(format!("{path}: {what} at line {line}")),
        }
    }
}

/// The tree of a text that is JSON or YAML.
pub fn tree(bytes: &[u8]) -> Read<Node> {
    if bytes.len() > MAX_BYTES {
        return Err(AppSpecError(format!(
            "the file is larger than {MAX_BYTES} bytes"
        )));
    }
    if let Ok(json) = serde_json::from_slice::<serde_json::Value>(bytes) {
        return Ok(of_json(json));
    }
    yaml::parse(bytes).map_err(|error| AppSpecError(error.0))
}

/// As deep as the JSON reader goes, which bounds it.
fn of_json(json: serde_json::Value) -> Node {
    use serde_json::Value as Json;
    let plain = !json.is_string();
    let value = match json {
        Json::Null => Value::Null,
        Json::Bool(flag) => Value::Text(flag.to_string()),
        Json::Number(number) => Value::Text(number.to_string()),
        Json::String(text) => Value::Text(text),
        Json::Array(items) => Value::List(items.into_iter().map(of_json).collect()),
        Json::Object(members) => {
            let members = members.into_iter();
            Value::Map(members.map(|(name, of)| (name, of_json(of))).collect())
        }
    };
    Node {
        line: NO_LINE,
        value,
        plain,
    }
}

/// The value of a key, whatever its case; nothing counts as absent.
pub fn find<'a>(node: &'a Node, key: &str) -> Option<&'a Node> {
    let Value::Map(entries) = &node.value else {
        return None;
    };
    let mut found = entries
        .iter()
        .filter(|(name, of)| name.eq_ignore_ascii_case(key) && of.value != Value::Null);
    found.next().map(|(_, of)| of)
}

/// The value of a key that must be there.
pub fn required<'a>(parent: &'a Node, key: &str, path: &str) -> Read<&'a Node> {
    find(parent, key).ok_or_else(|| AppSpecError::at(path, format!("{key} is missing"), parent))
}

/// A single value with something in it.
pub fn text<'a>(node: &'a Node, path: &str) -> Read<&'a str> {
    match &node.value {
        Value::Text(text) if !text.trim().is_empty() => Ok(text.trim()),
        Value::Text(_) => Err(AppSpecError::at(path, "the value is empty", node)),
        _ => Err(unexpected(path, "a single value", node)),
    }
}

/// A value of a key that must be there and have something in it.
pub fn required_text<'a>(parent: &'a Node, key: &str, path: &str) -> Read<&'a str> {
    text(required(parent, key, path)?, &format!("{path}.{key}"))
}

pub fn items<'a>(node: &'a Node, path: &str) -> Read<&'a [Node]> {
    match &node.value {
        Value::List(items) => Ok(items),
        _ => Err(unexpected(path, "a list", node)),
    }
}

/// The key and value of a mapping that has exactly one.
pub fn single<'a>(node: &'a Node, path: &str) -> Read<(&'a str, &'a Node)> {
    match &node.value {
        Value::Map(entries) => match entries.as_slice() {
            [(name, of)] => Ok((name, of)),
            _ => Err(AppSpecError::at(
                path,
                format!("expected exactly one key, found {}", entries.len()),
                node,
            )),
        },
        _ => Err(unexpected(path, "a mapping of one key", node)),
    }
}

pub fn unexpected(path: &str, expected: &str, node: &Node) -> AppSpecError {
    let found = match node.value {
        Value::Null => "nothing",
        Value::Text(_) => "a single value",
        Value::List(_) => "a list",
        Value::Map(_) => "a mapping",
    };
    AppSpecError::at(path, format!("expected {expected}, found {found}"), node)
}

/// The root, which says that it is of the only version there is.
pub fn root(bytes: &[u8]) -> Read<Node> {
    let root = tree(bytes)?;
    if !matches!(root.value, Value::Map(_)) {
        return Err(unexpected("the file", "a mapping", &root));
    }
    let version = required(&root, "version", "the file")?;
    match text(version, "version")? {
        "0.0" => Ok(root),
        other => Err(AppSpecError::at(
            "version",
            format!("expected 0.0, found {other}"),
            version,
        )),
    }
}

/// Path and properties of the only resource, which is of the type `kind`.
pub fn resource<'a>(root: &'a Node, kind: &str) -> Read<(String, &'a Node)> {
    let list = required(root, "Resources", "the file")?;
    let [resource] = items(list, "Resources")? else {
        return Err(AppSpecError::at(
            "Resources",
            "expected exactly one resource",
            list,
        ));
    };
    let (name, resource) = single(resource, "Resources.0")?;
    let path = format!("Resources.0.{name}");
    let given = required(resource, "Type", &path)?;
    let found = text(given, &format!("{path}.Type"))?;
    if found != kind {
        return Err(AppSpecError::at(
            &format!("{path}.Type"),
            format!("expected {kind}, found {found}"),
            given,
        ));
    }
    let properties = required(resource, "Properties", &path)?;
    let path = format!("{path}.Properties");
    match properties.value {
        Value::Map(_) => Ok((path, properties)),
        _ => Err(unexpected(&path, "a mapping", properties)),
    }
}

/// The functions that hooks of these names call, in the order of the names.
pub fn hooks<const N: usize>(root: &Node, names: [&str; N]) -> Read<[Option<String>; N]> {
    let mut found = [const { None }; N];
    let Some(list) = find(root, "Hooks") else {
        return Ok(found);
    };
    for (place, item) in items(list, "Hooks")?.iter().enumerate() {
        let path = format!("Hooks.{place}");
        let (name, function) = single(item, &path)?;
        let known = names
            .iter()
            .position(|known| known.eq_ignore_ascii_case(name));
        let Some(known) = known else {
            return Err(AppSpecError::at(
                &path,
                format!("{name} is none of {}", names.join(", ")),
                item,
            ));
        };
        let path = format!("{path}.{name}");
        if found[known].is_some() {
            return Err(AppSpecError::at(&path, "the hook is given twice", item));
        }
        found[known] = Some(text(function, &path)?.to_owned());
    }
    Ok(found)
}
