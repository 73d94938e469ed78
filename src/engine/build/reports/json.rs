//! JSON report files: trees of bounded depth, and takers that say what was expected where.

use super::encoding::decode;
use super::parse::{Read, ReportError};
use serde_json::{Map, Value};

/// The value of a file; deep nesting is refused by the parser.
pub fn value(bytes: &[u8]) -> Read<Value> {
    let text = decode(bytes)?;
    serde_json::from_str(&text).map_err(|error| {
        let whole = error.to_string();
        let message = whole.split(" at line ").next().unwrap_or(&whole);
        ReportError::at(error.line(), message)
    })
}

/// The items of a list; nothing counts as the empty list.
pub fn list<'a>(value: &'a Value, path: &str) -> Read<&'a [Value]> {
    match value {
        Value::Array(items) => Ok(items),
        Value::Null => Ok(&[]),
        _ => Err(unexpected(path, "a list")),
    }
}

pub fn object<'a>(value: &'a Value, path: &str) -> Read<&'a Map<String, Value>> {
    value
        .as_object()
        .ok_or_else(|| unexpected(path, "an object"))
}

/// A text, empty if there is none.
pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn unexpected(path: &str, what: &str) -> ReportError {
    ReportError::somewhere(format!("{path}: expected {what}"))
}
