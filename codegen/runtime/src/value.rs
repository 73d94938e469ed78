//! What can be read and written with a schema: the simple types, lists, maps, and every generated type.
//!
//! Invariant: reading and writing the same value give it back. Timestamps are kept to the millisecond, as AWS sends
//! them: a fraction that went through a float would otherwise come back changed in the last digits.

use std::collections::BTreeMap;

use aws_smithy_schema::serde::{
    SerdeError, SerializableStruct, ShapeDeserializer, ShapeSerializer,
};
use aws_smithy_schema::{Schema, prelude};
use aws_smithy_types::{Blob, DateTime, Document};

use crate::path::Step;
use crate::reader::{Reader, Target};
use crate::rules::Rules;
use crate::schema::StructureShape;
use crate::violation::Constraint;

/// A type with a shape in the model.
pub trait Value: Sized {
    /// Reads and checks. `None` when no value could be built; then a violation has been recorded.
    fn read(
        d: &mut dyn ShapeDeserializer,
        at: &mut Reader<'_>,
        of: Target<'_>,
    ) -> Result<Option<Self>, SerdeError>;

    fn write(&self, schema: &Schema<'_>, s: &mut dyn ShapeSerializer) -> Result<(), SerdeError>;

    /// For map values: whether a violation inside is reported at the map (`true` for simple types).
    const REPORTED_AT_MAP: bool = false;

    /// For map values that are texts: what the rules are checked against.
    fn text(&self) -> Option<&str> {
        None
    }
}

/// A generated structure.
pub trait Structure: Value + SerializableStruct {
    const SHAPE: &'static StructureShape;

    /// Reads and checks the members from where `at` stands.
    fn read_members(
        d: &mut dyn ShapeDeserializer,
        at: &mut Reader<'_>,
    ) -> Result<Option<Self>, SerdeError>;
}

impl Value for String {
    fn read(
        d: &mut dyn ShapeDeserializer,
        at: &mut Reader<'_>,
        of: Target<'_>,
    ) -> Result<Option<Self>, SerdeError> {
        let text = mistyped(d.read_string(of.schema), d, "a String")?;
        let shown = of.schema.sensitive().is_none().then_some(text.as_str());
        of.rules.check_text(&text, shown, at);
        Ok(Some(text))
    }

    fn write(&self, schema: &Schema<'_>, s: &mut dyn ShapeSerializer) -> Result<(), SerdeError> {
        s.write_string(schema, self)
    }

    const REPORTED_AT_MAP: bool = true;

    fn text(&self) -> Option<&str> {
        Some(self)
    }
}

macro_rules! simple {
    ($type:ty, $read:ident, $write:ident, $name:literal, $check:expr) => {
        impl Value for $type {
            fn read(
                d: &mut dyn ShapeDeserializer,
                at: &mut Reader<'_>,
                of: Target<'_>,
            ) -> Result<Option<Self>, SerdeError> {
                let value = mistyped(d.$read(of.schema), d, $name)?;
                let check: fn(&Rules, $type, &mut Reader<'_>) = $check;
                check(of.rules, value, at);
                Ok(Some(value))
            }

            fn write(
                &self,
                schema: &Schema<'_>,
                s: &mut dyn ShapeSerializer,
            ) -> Result<(), SerdeError> {
                s.$write(schema, *self)
            }
        }
    };
}

simple!(bool, read_boolean, write_boolean, "a Boolean", |_, _, _| ());
simple!(i8, read_byte, write_byte, "a Byte", |r, v, at| r
    .check_integer(v.into(), at));
simple!(i16, read_short, write_short, "a Short", |r, v, at| r
    .check_integer(v.into(), at));
simple!(
    i32,
    read_integer,
    write_integer,
    "an Integer",
    |r, v, at| r.check_integer(v.into(), at)
);
simple!(i64, read_long, write_long, "a Long", |r, v, at| r
    .check_integer(v, at));
simple!(f32, read_float, write_float, "a Float", |r, v, at| r
    .check_float(v.into(), at));
simple!(f64, read_double, write_double, "a Double", |r, v, at| r
    .check_float(v, at));

impl Value for Blob {
    fn read(
        d: &mut dyn ShapeDeserializer,
        at: &mut Reader<'_>,
        of: Target<'_>,
    ) -> Result<Option<Self>, SerdeError> {
        let blob = mistyped(d.read_blob(of.schema), d, "a Blob")?;
        of.rules.check_length(blob.as_ref().len(), at);
        Ok(Some(blob))
    }

    fn write(&self, schema: &Schema<'_>, s: &mut dyn ShapeSerializer) -> Result<(), SerdeError> {
        s.write_blob(schema, self.clone())
    }
}

impl Value for DateTime {
    fn read(
        d: &mut dyn ShapeDeserializer,
        _at: &mut Reader<'_>,
        of: Target<'_>,
    ) -> Result<Option<Self>, SerdeError> {
        let time = mistyped(d.read_timestamp(of.schema), d, "a Timestamp")?;
        Ok(Some(nearest_millisecond(time)))
    }

    fn write(&self, schema: &Schema<'_>, s: &mut dyn ShapeSerializer) -> Result<(), SerdeError> {
        let nanos = self.subsec_nanos() / 1_000_000 * 1_000_000;
        s.write_timestamp(schema, &DateTime::from_secs_and_nanos(self.secs(), nanos))
    }
}

fn nearest_millisecond(time: DateTime) -> DateTime {
    let millis = (time.subsec_nanos() + 500_000) / 1_000_000;
    let secs = time.secs().saturating_add(i64::from(millis / 1000));
    DateTime::from_secs_and_nanos(secs, millis % 1000 * 1_000_000)
}

impl Value for Document {
    fn read(
        d: &mut dyn ShapeDeserializer,
        _at: &mut Reader<'_>,
        of: Target<'_>,
    ) -> Result<Option<Self>, SerdeError> {
        d.read_document(of.schema).map(Some)
    }

    fn write(&self, schema: &Schema<'_>, s: &mut dyn ShapeSerializer) -> Result<(), SerdeError> {
        s.write_document(schema, self)
    }
}

/// For structures that contain themselves.
impl<T: Value> Value for Box<T> {
    fn read(
        d: &mut dyn ShapeDeserializer,
        at: &mut Reader<'_>,
        of: Target<'_>,
    ) -> Result<Option<Self>, SerdeError> {
        Ok(T::read(d, at, of)?.map(Box::new))
    }

    fn write(&self, schema: &Schema<'_>, s: &mut dyn ShapeSerializer) -> Result<(), SerdeError> {
        T::write(self, schema, s)
    }
}

impl<T: Value> Value for Vec<T> {
    fn read(
        d: &mut dyn ShapeDeserializer,
        at: &mut Reader<'_>,
        of: Target<'_>,
    ) -> Result<Option<Self>, SerdeError> {
        let mut out = Vec::new();
        let count = read_list(d, at, of, &mut |d, at, of| {
            out.extend(T::read(d, at, of)?);
            Ok(())
        })?;
        of.rules.check_length(count, at);
        Ok(Some(out))
    }

    fn write(&self, schema: &Schema<'_>, s: &mut dyn ShapeSerializer) -> Result<(), SerdeError> {
        let element = member_of(schema);
        s.write_list_with_length(schema, self.len(), &|s| {
            self.iter().try_for_each(|value| value.write(element, s))
        })
    }
}

impl<T: Value> Value for BTreeMap<String, T> {
    fn read(
        d: &mut dyn ShapeDeserializer,
        at: &mut Reader<'_>,
        of: Target<'_>,
    ) -> Result<Option<Self>, SerdeError> {
        let mut out = BTreeMap::new();
        // Simple values are checked below and reported once, at the map itself.
        let rules = if T::REPORTED_AT_MAP {
            &Rules::NONE
        } else {
            of.rules.of_member()
        };
        read_map(d, at, of.schema, rules, &mut |key, d, at, of| {
            if let Some(value) = T::read(d, at, of)? {
                out.insert(key, value);
            }
            Ok(())
        })?;
        if at.checks() {
            check_map(&out, of.rules, at);
        }
        Ok(Some(out))
    }

    fn write(&self, schema: &Schema<'_>, s: &mut dyn ShapeSerializer) -> Result<(), SerdeError> {
        let element = member_of(schema);
        let key_schema = schema.key().unwrap_or(&prelude::STRING);
        s.write_map_with_length(schema, self.len(), &|s| {
            self.iter().try_for_each(|(key, value)| {
                s.write_string(key_schema, key)?;
                value.write(element, s)
            })
        })
    }
}

fn check_map<T: Value>(map: &BTreeMap<String, T>, rules: &Rules, at: &mut Reader<'_>) {
    rules.check_length(map.len(), at);
    if let Some(keys) = rules.key
        && !map.keys().all(|key| keys.holds_for(key))
    {
        at.violated(None, Constraint::MapKeys(keys.constraints()));
    }
    let values = rules.of_member();
    if T::REPORTED_AT_MAP
        && !map
            .values()
            .filter_map(T::text)
            .all(|text| values.holds_for(text))
    {
        at.violated(None, Constraint::MapValues(values.constraints()));
    }
}

type OnElement<'c> = dyn FnMut(&mut dyn ShapeDeserializer, &mut Reader<'_>, Target<'_>) -> Result<(), SerdeError>
    + 'c;

/// Reads a list and returns how many elements were sent; a `null` element is a violation.
fn read_list(
    d: &mut dyn ShapeDeserializer,
    at: &mut Reader<'_>,
    of: Target<'_>,
    on: &mut OnElement<'_>,
) -> Result<usize, SerdeError> {
    let element = Target {
        schema: member_of(of.schema),
        rules: of.rules.of_member(),
    };
    let mut count = 0;
    let outcome = d.read_list(of.schema, &mut |d| {
        count += 1;
        let mut at = at.then(Step::Element(count));
        if d.is_null() {
            at.violated(None, Constraint::Required);
            return d.read_null();
        }
        on(d, &mut at, element)
    });
    mistyped_container(outcome, d, count > 0, "list")?;
    Ok(count)
}

type OnEntry<'c> = dyn FnMut(String, &mut dyn ShapeDeserializer, &mut Reader<'_>, Target<'_>) -> Result<(), SerdeError>
    + 'c;

fn read_map(
    d: &mut dyn ShapeDeserializer,
    at: &mut Reader<'_>,
    schema: &Schema<'_>,
    rules: &'static Rules,
    on: &mut OnEntry<'_>,
) -> Result<(), SerdeError> {
    let value = Target {
        schema: member_of(schema),
        rules,
    };
    let mut entered = false;
    let outcome = d.read_map(schema, &mut |key, d| {
        entered = true;
        let name = key.clone();
        let mut at = at.then(Step::Entry(&name));
        if d.is_null() {
            at.violated(None, Constraint::Required);
            return d.read_null();
        }
        on(key, d, &mut at, value)
    });
    mistyped_container(outcome, d, entered, "map")
}

/// The schema of a list's elements or a map's values.
fn member_of<'s>(schema: &'s Schema<'s>) -> &'s Schema<'s> {
    schema.member().unwrap_or(&prelude::DOCUMENT)
}

/// Words a wrong type as AWS does: `STRING_VALUE can not be converted to an Integer` (contract codepipeline §1.3).
fn mistyped<T>(
    outcome: Result<T, SerdeError>,
    d: &mut dyn ShapeDeserializer,
    wanted: &str,
) -> Result<T, SerdeError> {
    if !may_be_mistyped(&outcome) {
        return outcome;
    }
    // The deserializer stands before the value it refused; reading it as a document tells what it is.
    let Ok(found) = d.read_document(&prelude::DOCUMENT) else {
        return outcome;
    };
    Err(SerdeError::type_mismatch(match token(&found) {
        Err(start) => format!("Start of {start} found where not expected."),
        Ok(token) if token == natural(wanted) => return outcome,
        Ok(token) => format!("{token} can not be converted to {wanted}"),
    }))
}

/// The same for a list, map or structure; `entered` says that the refusal came from inside it.
pub(crate) fn mistyped_container(
    outcome: Result<(), SerdeError>,
    d: &mut dyn ShapeDeserializer,
    entered: bool,
    wanted: &str,
) -> Result<(), SerdeError> {
    if entered || !may_be_mistyped(&outcome) {
        return outcome;
    }
    let Ok(found) = d.read_document(&prelude::DOCUMENT) else {
        return outcome;
    };
    Err(SerdeError::type_mismatch(match token(&found) {
        Err(start) => format!("Start of {start} found where not expected."),
        Ok(_) => format!("Expected {wanted} or null"),
    }))
}

/// The codecs call a wrong type a mismatch or, where a number was wanted, invalid input.
fn may_be_mistyped<T>(outcome: &Result<T, SerdeError>) -> bool {
    use SerdeError::{InvalidInput, TypeMismatch};
    matches!(outcome, Err(TypeMismatch { .. } | InvalidInput { .. }))
}

/// The token of a right value, which was then refused for another reason.
fn natural(wanted: &str) -> &'static str {
    match wanted {
        "a String" | "a Blob" => "STRING_VALUE",
        "a Boolean" => "TRUE_VALUE",
        _ => "NUMBER_VALUE",
    }
}

fn token(found: &Document) -> Result<&'static str, &'static str> {
    Ok(match found {
        Document::String(_) => "STRING_VALUE",
        Document::Number(_) => "NUMBER_VALUE",
        Document::Bool(true) => "TRUE_VALUE",
        Document::Bool(false) => "FALSE_VALUE",
        Document::Null => "VALUE_NULL",
        Document::Object(_) => return Err("structure or map"),
        Document::Array(_) => return Err("list"),
    })
}
