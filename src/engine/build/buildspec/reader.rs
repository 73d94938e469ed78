//! Takes nodes as what they are expected to be, or says what was found where.

use super::yaml::{Node, Value, YamlError};

pub type Read<T> = Result<T, YamlError>;

/// What a node is, for people.
fn kind(node: &Node) -> &'static str {
    match node.value {
        Value::Null => "nothing",
        Value::Text(_) => "a single value",
        Value::List(_) => "a list",
        Value::Map(_) => "subkeys",
    }
}

/// `<path>: expected <what>, found <kind> at line <n>`.
pub fn unexpected<T>(path: &str, expected: &str, node: &Node) -> Read<T> {
    Err(YamlError::new(
        format!("{path}: expected {expected}, found {}", kind(node)),
        node.line,
    ))
}

/// A scalar; nothing counts as the empty text.
pub fn text(node: &Node, path: &str) -> Read<String> {
    match &node.value {
        Value::Text(text) => Ok(text.clone()),
        Value::Null => Ok(String::new()),
        _ => unexpected(path, "a single value", node),
    }
}

/// A scalar with something in it; an empty or absent one is `None`.
pub fn optional_text(parent: &Node, key: &str, path: &str) -> Read<Option<String>> {
    let Some(node) = parent.get(key) else {
        return Ok(None);
    };
    let text = text(node, &format!("{path}{key}"))?;
    Ok((!text.is_empty()).then_some(text))
}

/// The entries of a mapping; nothing counts as the empty mapping.
pub fn entries<'a>(node: &'a Node, path: &str) -> Read<&'a [(String, Node)]> {
    match &node.value {
        Value::Map(entries) => Ok(entries),
        Value::Null => Ok(&[]),
        _ => unexpected(path, "subkeys", node),
    }
}

/// The items of a list; nothing counts as the empty list.
pub fn items<'a>(node: &'a Node, path: &str) -> Read<&'a [Node]> {
    match &node.value {
        Value::List(items) => Ok(items),
        Value::Null => Ok(&[]),
        _ => unexpected(path, "a list", node),
    }
}

/// A list of scalars; absent: empty.
pub fn texts(parent: &Node, key: &str, path: &str) -> Read<Vec<String>> {
    let Some(node) = parent.get(key) else {
        return Ok(Vec::new());
    };
    let path = format!("{path}{key}");
    items(node, &path)?
        .iter()
        .map(|item| text(item, &path))
        .collect()
}

/// A mapping of scalars; absent: empty.
pub fn pairs(parent: &Node, key: &str, path: &str) -> Read<Vec<(String, String)>> {
    let Some(node) = parent.get(key) else {
        return Ok(Vec::new());
    };
    let path = format!("{path}{key}");
    entries(node, &path)?
        .iter()
        .map(|(name, value)| Ok((name.clone(), text(value, &format!("{path}.{name}"))?)))
        .collect()
}

/// `yes`, `no`, `true`, `false`; absent or empty: no.
pub fn flag(parent: &Node, key: &str, path: &str) -> Read<bool> {
    let Some(node) = parent.get(key) else {
        return Ok(false);
    };
    let path = format!("{path}{key}");
    let text = text(node, &path)?;
    match text.to_ascii_lowercase().as_str() {
        "yes" | "true" | "on" => Ok(true),
        "no" | "false" | "off" | "" => Ok(false),
        _ => Err(YamlError::new(
            format!("{path}: expected yes or no, found {text}"),
            node.line,
        )),
    }
}
