//! Single values as the language of AWS's agent takes them: YAML 1.1.
//!
//! Invariant: quotes make a text of anything; without them, `0644` is the octal number 420 and `no` is false.

use crate::agent::errors::{self, Done};
use crate::engine::build::buildspec::yaml::{Node, Value};

/// The value of a key, when there is anything.
pub fn find<'a>(node: &'a Node, key: &str) -> Option<&'a Node> {
    node.get(key).filter(|of| of.value != Value::Null)
}

/// A whole number: decimal, octal with a leading 0, hexadecimal or binary; digits may be grouped by `_` and `,`.
pub fn integer(node: &Node) -> Option<i64> {
    let Value::Text(text) = &node.value else {
        return None;
    };
    if !node.plain {
        return None;
    }
    let (sign, digits) = match text.strip_prefix(['-', '+']) {
        Some(rest) if text.starts_with('-') => (-1, rest),
        Some(rest) => (1, rest),
        None => (1, text.as_str()),
    };
    if !digits.starts_with(|first: char| first.is_ascii_digit()) {
        return None;
    }
    let digits = digits.replace(['_', ','], "");
    let number = match (digits.get(..2), digits.as_str()) {
        (_, "0") => Some(0),
        (Some("0x"), _) => i64::from_str_radix(&digits[2..], 16).ok(),
        (Some("0b"), _) => i64::from_str_radix(&digits[2..], 2).ok(),
        (_, digits) if digits.starts_with('0') => i64::from_str_radix(digits, 8).ok(),
        (_, digits) => digits.parse().ok(),
    };
    number.and_then(|number: i64| number.checked_mul(sign))
}

/// Whether this is the number nothing, and no text.
pub fn is_zero(node: &Node) -> bool {
    let Value::Text(text) = &node.value else {
        return false;
    };
    let fraction = || node.plain && text.contains('.') && text.parse::<f64>() == Ok(0.0);
    integer(node) == Some(0) || fraction()
}

/// What a condition makes of a value.
pub fn is_true(node: &Node) -> bool {
    match &node.value {
        Value::Null => false,
        Value::Text(text) if node.plain => {
            !["false", "no", "off"].contains(&text.to_ascii_lowercase().as_str())
        }
        _ => true,
    }
}

/// A value as it is printed: numbers in decimal.
pub fn printed(node: &Node) -> Option<String> {
    match (&node.value, integer(node)) {
        (Value::Text(_), Some(number)) => Some(number.to_string()),
        (Value::Text(text), None) => Some(text.clone()),
        _ => None,
    }
}

/// A value that has to be a single one.
pub fn text(node: &Node, what: &str) -> Done<String> {
    match &node.value {
        Value::Text(text) => Ok(text.clone()),
        _ => Err(errors::appspec_shape(what, "a single value", node.line)),
    }
}

/// What has to be a list.
pub fn items<'a>(node: &'a Node, what: &str) -> Done<&'a [Node]> {
    match &node.value {
        Value::List(items) => Ok(items),
        _ => Err(errors::appspec_shape(what, "a list", node.line)),
    }
}

/// What has to be a mapping.
pub fn entries<'a>(node: &'a Node, what: &str) -> Done<&'a [(String, Node)]> {
    match &node.value {
        Value::Map(entries) => Ok(entries),
        _ => Err(errors::appspec_shape(what, "a mapping", node.line)),
    }
}
