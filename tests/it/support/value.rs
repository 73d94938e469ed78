//! Values of shapes, and their two forms on the wire.
//!
//! Invariant: both forms are written and read here, by `serde_json` and `ciborium`, never by the code under test.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ciborium::Value as Cbor;
use serde_json::{Value as Json, json};

use super::model::Model;

/// A value of a shape. Members and entries are sent in their order.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Text(String),
    Integer(i64),
    Float(f64),
    Bool(bool),
    /// Milliseconds since the epoch.
    Time(i64),
    Blob(Vec<u8>),
    List(Vec<Value>),
    Map(Vec<(String, Value)>),
    Structure(Vec<(String, Value)>),
    /// Sent, and to be read as absent.
    Null,
}

impl Value {
    /// The body of an awsJson request: timestamps are seconds, blobs base64.
    pub fn to_json(&self) -> String {
        match self {
            Value::Text(text) => json!(text).to_string(),
            Value::Integer(number) => number.to_string(),
            Value::Float(number) => json!(number).to_string(),
            Value::Bool(value) => value.to_string(),
            Value::Null => "null".to_owned(),
            Value::Time(millis) => {
                format!("{}.{:03}", millis.div_euclid(1000), millis.rem_euclid(1000))
            }
            Value::Blob(bytes) => json!(STANDARD.encode(bytes)).to_string(),
            Value::List(items) => format!("[{}]", joined(items.iter().map(Value::to_json))),
            Value::Map(members) | Value::Structure(members) => {
                let member = |(name, value): &(String, Value)| {
                    format!("{}:{}", json!(name), value.to_json())
                };
                format!("{{{}}}", joined(members.iter().map(member)))
            }
        }
    }

    /// The body of an rpcv2Cbor request.
    pub fn to_cbor(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        ciborium::into_writer(&self.cbor(), &mut bytes).unwrap();
        bytes
    }

    fn cbor(&self) -> Cbor {
        match self {
            Value::Text(text) => Cbor::Text(text.clone()),
            Value::Integer(number) => Cbor::Integer((*number).into()),
            Value::Float(number) => Cbor::Float(*number),
            Value::Bool(value) => Cbor::Bool(*value),
            Value::Null => Cbor::Null,
            Value::Time(millis) => Cbor::Tag(1, Box::new(Cbor::Float(*millis as f64 / 1000.0))),
            Value::Blob(bytes) => Cbor::Bytes(bytes.clone()),
            Value::List(items) => Cbor::Array(items.iter().map(Value::cbor).collect()),
            Value::Map(members) | Value::Structure(members) => Cbor::Map(
                members
                    .iter()
                    .map(|(name, value)| (Cbor::Text(name.clone()), value.cbor()))
                    .collect(),
            ),
        }
    }
}

fn joined(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<_>>().join(",")
}

/// Reads a JSON value of the shape `id`. Panics where it is no value of the shape: an unknown member, a wrong type.
pub fn from_json(model: &Model, id: &str, json: &Json) -> Value {
    let shape = model.shape(id);
    let object = || {
        json.as_object()
            .unwrap_or_else(|| panic!("{id}: {json}"))
            .iter()
    };
    match shape.kind.as_str() {
        "string" | "enum" => Value::Text(
            json.as_str()
                .unwrap_or_else(|| panic!("{id}: {json}"))
                .to_owned(),
        ),
        "integer" | "long" => {
            Value::Integer(json.as_i64().unwrap_or_else(|| panic!("{id}: {json}")))
        }
        "float" | "double" => Value::Float(json.as_f64().unwrap_or_else(|| panic!("{id}: {json}"))),
        "boolean" => Value::Bool(json.as_bool().unwrap_or_else(|| panic!("{id}: {json}"))),
        "timestamp" => Value::Time(millis(
            json.as_f64().unwrap_or_else(|| panic!("{id}: {json}")),
        )),
        "blob" => Value::Blob(STANDARD.decode(json.as_str().unwrap()).unwrap()),
        "list" => {
            let target = &shape.member.as_ref().unwrap().target;
            let items = json.as_array().unwrap_or_else(|| panic!("{id}: {json}"));
            Value::List(
                items
                    .iter()
                    .map(|item| from_json(model, target, item))
                    .collect(),
            )
        }
        "map" => {
            let target = &shape.value.as_ref().unwrap().target;
            Value::Map(
                object()
                    .map(|(key, item)| (key.clone(), from_json(model, target, item)))
                    .collect(),
            )
        }
        "structure" => {
            let target = |name: &str| member_target(model, id, name);
            let member = |(name, item): (&String, &Json)| {
                (name.clone(), from_json(model, &target(name), item))
            };
            Value::Structure(object().map(member).collect())
        }
        other => panic!("{id}: {other}"),
    }
}

/// Reads a CBOR value of the shape `id`; panics like [`from_json`].
pub fn from_cbor(model: &Model, id: &str, cbor: &Cbor) -> Value {
    let shape = model.shape(id);
    let text = |value: &Cbor| {
        value
            .as_text()
            .unwrap_or_else(|| panic!("{id}: {value:?}"))
            .to_owned()
    };
    let entries = || {
        cbor.as_map()
            .unwrap_or_else(|| panic!("{id}: {cbor:?}"))
            .iter()
    };
    match shape.kind.as_str() {
        "string" | "enum" => Value::Text(text(cbor)),
        "integer" | "long" => Value::Integer(i64::try_from(cbor.as_integer().unwrap()).unwrap()),
        "float" | "double" => Value::Float(cbor.as_float().unwrap()),
        "boolean" => Value::Bool(cbor.as_bool().unwrap()),
        "timestamp" => match cbor {
            Cbor::Tag(1, seconds) => Value::Time(millis(number(seconds))),
            other => panic!("{id}: {other:?}"),
        },
        "blob" => Value::Blob(cbor.as_bytes().unwrap().clone()),
        "list" => {
            let target = &shape.member.as_ref().unwrap().target;
            Value::List(
                cbor.as_array()
                    .unwrap()
                    .iter()
                    .map(|item| from_cbor(model, target, item))
                    .collect(),
            )
        }
        "map" => {
            let target = &shape.value.as_ref().unwrap().target;
            Value::Map(
                entries()
                    .map(|(key, item)| (text(key), from_cbor(model, target, item)))
                    .collect(),
            )
        }
        "structure" => {
            let member = |(name, item): &(Cbor, Cbor)| {
                let name = text(name);
                let target = member_target(model, id, &name);
                (name, from_cbor(model, &target, item))
            };
            Value::Structure(entries().map(member).collect())
        }
        other => panic!("{id}: {other}"),
    }
}

fn member_target(model: &Model, id: &str, name: &str) -> String {
    let member = model
        .shape(id)
        .members
        .get(name)
        .unwrap_or_else(|| panic!("{id} has no member {name}"));
    member.target.clone()
}

fn number(cbor: &Cbor) -> f64 {
    match cbor {
        Cbor::Float(number) => *number,
        Cbor::Integer(number) => i128::from(*number) as f64,
        other => panic!("{other:?} is no number"),
    }
}

fn millis(seconds: f64) -> i64 {
    (seconds * 1000.0).round() as i64
}

/// The same value with members and entries sorted by name, for comparing.
pub fn sorted(value: Value) -> Value {
    let by_name = |members: Vec<(String, Value)>| {
        let mut members: Vec<_> = members
            .into_iter()
            .map(|(name, value)| (name, sorted(value)))
            .collect();
        members.sort_by(|a, b| a.0.cmp(&b.0));
        members
    };
    match value {
        Value::List(items) => Value::List(items.into_iter().map(sorted).collect()),
        Value::Map(members) => Value::Map(by_name(members)),
        Value::Structure(members) => Value::Structure(by_name(members)),
        simple => simple,
    }
}
