//! Which constraints a value breaks, by the model and contract codepipeline §1.4, as an oracle beside the server's own reader.
//!
//! Invariant: shares no code with the runtime or the generator.

use super::model::{Model, Shape};
use super::text;
use super::value::Value;

/// A broken constraint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// `pipeline.stages.1.member.name`
    pub path: String,
    /// What AWS says after `failed to satisfy constraint: `.
    pub text: String,
    /// The offending text or number, unless it is sensitive.
    pub value: Option<String>,
}

impl Violation {
    /// The request's member under which the path lies.
    pub fn member(&self) -> &str {
        self.path
            .split('.')
            .next()
            .expect("split yields at least one part")
    }

    /// Whether the path leads into a structure below the request, not only to an element of one of its lists.
    pub fn is_nested(&self) -> bool {
        let mut steps = self.path.split('.').skip(1).peekable();
        while let Some(_step) = steps.next() {
            // `1.member`: an element or an entry, not a member.
            if steps.next_if_eq(&"member").is_none() {
                return true;
            }
        }
        false
    }
}

/// Everything that `value` breaks, a value of the shape `id`.
pub fn violations(model: &Model, id: &str, value: &Value) -> Vec<Violation> {
    let mut found = Vec::new();
    check(model, id, value, "", &mut found);
    found
}

fn check(model: &Model, id: &str, value: &Value, path: &str, found: &mut Vec<Violation>) {
    let shape = model.shape(id);
    let mut say = |value: Option<String>, text: String| {
        found.push(Violation {
            path: path.to_owned(),
            text,
            value,
        })
    };
    match value {
        Value::Text(text) => {
            let shown = (!shape.is_sensitive()).then(|| text.clone());
            of_text(model, id, shape, text)
                .into_iter()
                .for_each(|broken| say(shown.clone(), broken));
        }
        Value::Integer(number) => {
            of_number(shape, *number as f64)
                .into_iter()
                .for_each(|broken| say(Some(number.to_string()), broken));
        }
        Value::Float(number) => {
            of_number(shape, *number)
                .into_iter()
                .for_each(|broken| say(Some(number.to_string()), broken));
        }
        Value::Blob(bytes) => of_length(model, id, shape, bytes.len())
            .into_iter()
            .for_each(|broken| say(None, broken)),
        Value::List(items) => {
            of_length(model, id, shape, items.len())
                .into_iter()
                .for_each(|broken| say(None, broken));
            let target = &shape.member.as_ref().unwrap().target;
            for (index, item) in items.iter().enumerate() {
                check(
                    model,
                    target,
                    item,
                    &format!("{path}.{}.member", index + 1),
                    found,
                );
            }
        }
        Value::Map(entries) => {
            of_length(model, id, shape, entries.len())
                .into_iter()
                .for_each(|broken| say(None, broken));
            map_entries(model, shape, entries, path, found);
        }
        Value::Structure(members) => structure(model, id, members, path, found),
        Value::Bool(_) | Value::Time(_) | Value::Null => {}
    }
}

fn structure(
    model: &Model,
    id: &str,
    members: &[(String, Value)],
    path: &str,
    found: &mut Vec<Violation>,
) {
    let shape = model.shape(id);
    let below = |name: &str| {
        if path.is_empty() {
            name.to_owned()
        } else {
            format!("{path}.{name}")
        }
    };
    for (name, value) in members {
        check(
            model,
            &shape.members.get(name).unwrap().target,
            value,
            &below(name),
            found,
        );
    }
    for (name, member) in shape.members.iter() {
        let sent = members
            .iter()
            .any(|(sent, value)| sent == name && *value != Value::Null);
        if member.is_required() && !sent && !model.lifts(id, &format!("required:{name}")) {
            let text = "Member must not be null".to_owned();
            found.push(Violation {
                path: below(name),
                text,
                value: None,
            });
        }
    }
}

/// Keys, and values that are texts, are reported at the map, with all that the shape demands.
fn map_entries(
    model: &Model,
    shape: &Shape,
    entries: &[(String, Value)],
    path: &str,
    found: &mut Vec<Violation>,
) {
    let (key_id, value_id) = (
        &shape.key.as_ref().unwrap().target,
        &shape.value.as_ref().unwrap().target,
    );
    let (key_shape, value_shape) = (model.shape(key_id), model.shape(value_id));
    let broken = |id: &str, shape: &Shape, text: &str| !of_text(model, id, shape, text).is_empty();
    let mut say = |what: &str, id: &str, shape: &Shape| {
        let text = format!(
            "{what} must satisfy constraint: [{}]",
            demands(model, id, shape).join(", ")
        );
        found.push(Violation {
            path: path.to_owned(),
            text,
            value: None,
        });
    };
    if entries
        .iter()
        .any(|(key, _)| broken(key_id, key_shape, key))
    {
        say("Map keys", key_id, key_shape);
    }
    let bad_text =
        |value: &Value| matches!(value, Value::Text(text) if broken(value_id, value_shape, text));
    if entries.iter().any(|(_, value)| bad_text(value)) {
        say("Map value", value_id, value_shape);
    }
    for (key, value) in entries
        .iter()
        .filter(|(_, value)| !matches!(value, Value::Text(_)))
    {
        check(
            model,
            value_id,
            value,
            &format!("{path}.{key}.member"),
            found,
        );
    }
}

fn at_least(bound: i64, what: &str) -> String {
    format!("Member must have {what} greater than or equal to {bound}")
}

fn at_most(bound: i64, what: &str) -> String {
    format!("Member must have {what} less than or equal to {bound}")
}

fn of_length(model: &Model, id: &str, shape: &Shape, length: usize) -> Vec<String> {
    let length = i64::try_from(length).unwrap();
    let bound = |which| {
        shape
            .bound("length", which)
            .filter(|_| !model.lifts(id, which))
    };
    let below = bound("min")
        .filter(|min| length < *min)
        .map(|min| at_least(min, "length"));
    let above = bound("max")
        .filter(|max| length > *max)
        .map(|max| at_most(max, "length"));
    below.into_iter().chain(above).collect()
}

fn of_number(shape: &Shape, number: f64) -> Vec<String> {
    let below = shape
        .bound("range", "min")
        .filter(|min| number < *min as f64)
        .map(|min| at_least(min, "value"));
    let above = shape
        .bound("range", "max")
        .filter(|max| number > *max as f64)
        .map(|max| at_most(max, "value"));
    below.into_iter().chain(above).collect()
}

fn of_text(model: &Model, id: &str, shape: &Shape, text: &str) -> Vec<String> {
    let mut broken = of_length(model, id, shape, text.chars().count());
    if !model.lifts(id, "pattern") && !text::matches(shape, text) {
        broken.extend(pattern(shape));
    }
    if shape.kind == "enum" && !shape.enum_values().contains(&text) {
        broken.push(enum_set(shape));
    }
    broken
}

/// All constraints of a text, in the order that §1.4 shows for maps: largest length, smallest, then the rest.
fn demands(model: &Model, id: &str, shape: &Shape) -> Vec<String> {
    let bound = |which| {
        shape
            .bound("length", which)
            .filter(|_| !model.lifts(id, which))
    };
    let lengths = [
        bound("max").map(|max| at_most(max, "length")),
        bound("min").map(|min| at_least(min, "length")),
    ];
    let set = (shape.kind == "enum").then(|| enum_set(shape));
    lengths
        .into_iter()
        .flatten()
        .chain(pattern(shape))
        .chain(set)
        .collect()
}

fn pattern(shape: &Shape) -> Option<String> {
    shape
        .pattern()
        .map(|pattern| format!("Member must satisfy regular expression pattern: {pattern}"))
}

fn enum_set(shape: &Shape) -> String {
    format!(
        "Member must satisfy enum value set: [{}]",
        shape.enum_values().join(", ")
    )
}
