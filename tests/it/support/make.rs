//! Values made from the model: minimal, maximal, and with one constraint broken.
//!
//! Invariant: equal models give equal values; a minimal or maximal value breaks nothing, which `expected` confirms.

use super::model::{Member, Model, Shape, plain};
use super::text;
use super::value::Value;

/// How much a value holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// Required members, smallest numbers, shortest texts and lists.
    Minimal,
    /// All members, largest numbers, long texts, lists and maps of two where that is allowed.
    Maximal,
}

/// Some moment with milliseconds.
const MOMENT: i64 = 1_446_137_358_328;

/// A value of the shape `id`.
pub fn make(model: &Model, id: &str, size: Size) -> Value {
    let shape = model.shape(id);
    match shape.kind.as_str() {
        "string" if size == Size::Minimal => Value::Text(text::minimal(shape)),
        "string" => Value::Text(text::maximal(shape)),
        "enum" => Value::Text(enum_value(shape, size).to_owned()),
        "integer" => Value::Integer(integer(shape, size, i64::from(i32::MAX))),
        // The largest whole number that every JSON reader keeps.
        "long" => Value::Integer(integer(shape, size, (1 << 53) - 1)),
        "float" | "double" => Value::Float(
            integer(shape, size, 100) as f64 - if size == Size::Maximal { 0.5 } else { 0.0 },
        ),
        "boolean" => Value::Bool(size == Size::Maximal),
        "timestamp" => Value::Time(MOMENT),
        "blob" => Value::Blob(vec![0xff; length(shape, size)]),
        "list" => Value::List(
            (0..length(shape, size))
                .map(|_| make(model, element(shape), size))
                .collect(),
        ),
        "map" => Value::Map(entries(model, shape, length(shape, size), size)),
        "structure" => structure(model, shape, size),
        other => panic!("{id}: a {other} cannot be made"),
    }
}

fn structure(model: &Model, shape: &Shape, size: Size) -> Value {
    let wanted = |member: &Member| size == Size::Maximal || member.is_required();
    let members = shape.members.iter().filter(|(_, member)| wanted(member));
    Value::Structure(
        members
            .map(|(name, member)| (name.clone(), make(model, &member.target, size)))
            .collect(),
    )
}

fn entries(model: &Model, shape: &Shape, count: usize, size: Size) -> Vec<(String, Value)> {
    let (key, value) = (shape.key.as_ref().unwrap(), shape.value.as_ref().unwrap());
    (0..count)
        .map(|number| {
            (
                key_text(model.shape(&key.target), number),
                make(model, &value.target, size),
            )
        })
        .collect()
}

fn key_text(shape: &Shape, number: usize) -> String {
    match shape.kind.as_str() {
        "enum" => shape.enum_values()[number].to_owned(),
        _ => text::distinct(shape, number),
    }
}

fn enum_value(shape: &Shape, size: Size) -> &str {
    let values = shape.enum_values();
    let value = if size == Size::Minimal {
        values.first()
    } else {
        values.last()
    };
    value.copied().expect("an enum has values")
}

fn integer(shape: &Shape, size: Size, largest: i64) -> i64 {
    match size {
        Size::Minimal => shape.bound("range", "min").unwrap_or(0),
        Size::Maximal => shape.bound("range", "max").unwrap_or(largest),
    }
}

fn length(shape: &Shape, size: Size) -> usize {
    let bound = |which| {
        shape
            .bound("length", which)
            .map(|bound| usize::try_from(bound).expect("a length"))
    };
    let least = bound("min").unwrap_or(0);
    match size {
        Size::Minimal => least,
        Size::Maximal => least.max(bound("max").unwrap_or(2).min(2)),
    }
}

fn element(shape: &Shape) -> &str {
    &shape.member.as_ref().expect("a list has a member").target
}

/// A value with one thing broken.
#[derive(Debug, Clone)]
pub struct Broken {
    pub value: Value,
    /// What was broken: shape and constraint, as `overrides.toml` names them.
    pub shape: String,
    pub constraint: String,
}

/// Values of the shape `id`, otherwise minimal: one for each constraint of it and of all it contains.
pub fn broken(model: &Model, id: &str) -> Vec<Broken> {
    let shape = model.shape(id);
    match shape.kind.as_str() {
        "string" => texts(id, shape),
        "enum" => {
            let unknown = "no-such-value".to_owned();
            texts(id, shape)
                .into_iter()
                .chain([own(id, "enum", Value::Text(unknown))])
                .collect()
        }
        "integer" | "long" => numbers(id, shape, Value::Integer),
        "float" | "double" => numbers(id, shape, |number| Value::Float(number as f64)),
        "list" => lists(model, id, shape),
        "map" => maps(model, id, shape),
        "structure" => structures(model, id, shape),
        _ => Vec::new(),
    }
}

fn own(id: &str, constraint: &str, value: Value) -> Broken {
    Broken {
        value,
        shape: plain(id).to_owned(),
        constraint: constraint.to_owned(),
    }
}

fn texts(id: &str, shape: &Shape) -> Vec<Broken> {
    let made = [
        ("min", text::too_short(shape)),
        ("max", text::too_long(shape)),
        ("pattern", text::mismatched(shape)),
    ];
    made.into_iter()
        .filter_map(|(what, text)| Some(own(id, what, Value::Text(text?))))
        .collect()
}

fn numbers(id: &str, shape: &Shape, value: impl Fn(i64) -> Value) -> Vec<Broken> {
    let bounds = [
        ("min", shape.bound("range", "min").map(|n| n - 1)),
        ("max", shape.bound("range", "max").map(|n| n + 1)),
    ];
    bounds
        .into_iter()
        .filter_map(|(what, number)| Some(own(id, what, value(number?))))
        .collect()
}

/// Lengths that break a list's or map's bounds.
fn lengths(shape: &Shape) -> impl Iterator<Item = (&'static str, usize)> {
    let below = shape
        .bound("length", "min")
        .filter(|min| *min > 0)
        .map(|min| ("min", min - 1));
    let above = shape.bound("length", "max").map(|max| ("max", max + 1));
    below
        .into_iter()
        .chain(above)
        .map(|(what, length)| (what, usize::try_from(length).expect("a length")))
}

fn lists(model: &Model, id: &str, shape: &Shape) -> Vec<Broken> {
    let element = element(shape);
    let good = || make(model, element, Size::Minimal);
    let own_bounds =
        lengths(shape).map(|(what, length)| own(id, what, Value::List(vec![good(); length])));
    let padding = length(shape, Size::Minimal).saturating_sub(1);
    let inside = broken(model, element).into_iter().map(|mut broken| {
        // Last, so that its number in the path is not always one.
        let mut items = vec![good(); padding];
        items.push(broken.value);
        broken.value = Value::List(items);
        broken
    });
    own_bounds.chain(inside).collect()
}

fn maps(model: &Model, id: &str, shape: &Shape) -> Vec<Broken> {
    let (key, value) = (
        &shape.key.as_ref().unwrap().target,
        &shape.value.as_ref().unwrap().target,
    );
    let own_bounds = lengths(shape).map(|(what, length)| {
        own(
            id,
            what,
            Value::Map(entries(model, shape, length, Size::Minimal)),
        )
    });
    let with_key = |mut broken: Broken| {
        let Value::Text(key) = broken.value else {
            panic!("{id}: keys are texts")
        };
        broken.value = Value::Map(vec![(key, make(model, value, Size::Minimal))]);
        broken
    };
    let with_value = |mut broken: Broken| {
        broken.value = Value::Map(vec![(key_text(model.shape(key), 0), broken.value)]);
        broken
    };
    let keys = broken(model, key).into_iter().map(with_key);
    own_bounds
        .chain(keys)
        .chain(broken(model, value).into_iter().map(with_value))
        .collect()
}

fn structures(model: &Model, id: &str, shape: &Shape) -> Vec<Broken> {
    let Value::Structure(minimal) = structure(model, shape, Size::Minimal) else {
        unreachable!("a structure is made")
    };
    let mut all = Vec::new();
    for (name, member) in shape.members.iter() {
        let others: Vec<_> = minimal
            .iter()
            .filter(|(other, _)| other != name)
            .cloned()
            .collect();
        if member.is_required() {
            all.push(own(
                id,
                &format!("required:{name}"),
                Value::Structure(others.clone()),
            ));
        }
        for mut broken in broken(model, &member.target) {
            let mut members = others.clone();
            members.push((name.clone(), broken.value));
            broken.value = Value::Structure(members);
            all.push(broken);
        }
    }
    all
}
