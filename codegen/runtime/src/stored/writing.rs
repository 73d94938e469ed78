//! A shape into a serde serializer.
//!
//! Invariant: absent members are left out.

use std::cell::RefCell;

use aws_smithy_schema::Schema;
use aws_smithy_schema::serde::{SerdeError, SerializableStruct, ShapeSerializer};
use aws_smithy_types::{BigDecimal, BigInteger, Blob, DateTime, Document, base64};
use serde::ser::{Error as _, Serialize, SerializeMap, SerializeSeq, Serializer};

/// Writes a structure as a map of its members.
pub fn serialize<S: Serializer>(value: &dyn SerializableStruct, to: S) -> Result<S::Ok, S::Error> {
    Members(value).serialize(to)
}

type Body<'a> = &'a dyn Fn(&mut dyn ShapeSerializer) -> Result<(), SerdeError>;

struct Members<'a>(&'a dyn SerializableStruct);
struct Elements<'a>(Body<'a>);
struct Entries<'a>(Body<'a>);

impl Serialize for Members<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(None)?;
        let mut sink = Sink::new(|name: &str, value: &Item<'_>| map.serialize_entry(name, value));
        let outcome = self.0.serialize_members(&mut sink);
        sink.finish(outcome)?;
        map.end()
    }
}

impl Serialize for Elements<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut seq = to.serialize_seq(None)?;
        let mut sink = Sink::new(|_: &str, value: &Item<'_>| seq.serialize_element(value));
        let outcome = (self.0)(&mut sink);
        sink.finish(outcome)?;
        seq.end()
    }
}

impl Serialize for Entries<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(None)?;
        let mut key: Option<String> = None;
        // Keys and values come in turns.
        let mut sink = Sink::new(|_: &str, value: &Item<'_>| match (key.take(), value) {
            (Some(key), value) => map.serialize_entry(&key, value),
            (None, Item::Text(text)) => {
                key = Some((*text).to_owned());
                Ok(())
            }
            (None, _) => Err(S::Error::custom("a map key that is no string")),
        });
        let outcome = (self.0)(&mut sink);
        sink.finish(outcome)?;
        map.end()
    }
}

/// One value as serde sees it.
enum Item<'a> {
    Bool(bool),
    Integer(i64),
    Single(f32),
    Double(f64),
    Text(&'a str),
    Time(&'a DateTime),
    Structure(&'a dyn SerializableStruct),
    List(Body<'a>),
    Map(Body<'a>),
    Null,
}

impl Serialize for Item<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match *self {
            Self::Bool(value) => to.serialize_bool(value),
            Self::Integer(value) => to.serialize_i64(value),
            Self::Single(value) => to.serialize_f32(value),
            Self::Double(value) => to.serialize_f64(value),
            Self::Text(value) => to.serialize_str(value),
            Self::Time(value) => serialize_time(value, to),
            Self::Structure(value) => Members(value).serialize(to),
            Self::List(body) => Elements(body).serialize(to),
            Self::Map(body) => Entries(body).serialize(to),
            Self::Null => to.serialize_unit(),
        }
    }
}

/// Whole seconds as an integer, others with their fraction.
fn serialize_time<S: Serializer>(time: &DateTime, to: S) -> Result<S::Ok, S::Error> {
    if time.subsec_nanos() == 0 {
        return to.serialize_i64(time.secs());
    }
    to.serialize_f64(time.as_secs_f64())
}

/// Hands each value to serde under its member's name and keeps serde's error, which a `SerdeError` cannot carry.
struct Sink<F, E> {
    put: F,
    failed: RefCell<Option<E>>,
}

impl<E: serde::ser::Error, F: FnMut(&str, &Item<'_>) -> Result<(), E>> Sink<F, E> {
    fn new(put: F) -> Self {
        Self {
            put,
            failed: RefCell::new(None),
        }
    }

    fn put(&mut self, schema: &Schema<'_>, item: &Item<'_>) -> Result<(), SerdeError> {
        (self.put)(schema.member_name().unwrap_or_default(), item).map_err(|error| {
            self.failed.replace(Some(error));
            SerdeError::write_failed("serde")
        })
    }

    fn finish(self, outcome: Result<(), SerdeError>) -> Result<(), E> {
        outcome.map_err(|error| {
            let kept = self.failed.into_inner();
            kept.unwrap_or_else(|| E::custom(error))
        })
    }
}

impl<E: serde::ser::Error, F: FnMut(&str, &Item<'_>) -> Result<(), E>> ShapeSerializer
    for Sink<F, E>
{
    fn write_struct(
        &mut self,
        schema: &Schema<'_>,
        value: &dyn SerializableStruct,
    ) -> Result<(), SerdeError> {
        self.put(schema, &Item::Structure(value))
    }

    fn write_list(&mut self, schema: &Schema<'_>, body: Body<'_>) -> Result<(), SerdeError> {
        self.put(schema, &Item::List(body))
    }

    fn write_map(&mut self, schema: &Schema<'_>, body: Body<'_>) -> Result<(), SerdeError> {
        self.put(schema, &Item::Map(body))
    }

    fn write_boolean(&mut self, schema: &Schema<'_>, value: bool) -> Result<(), SerdeError> {
        self.put(schema, &Item::Bool(value))
    }

    fn write_byte(&mut self, schema: &Schema<'_>, value: i8) -> Result<(), SerdeError> {
        self.put(schema, &Item::Integer(value.into()))
    }

    fn write_short(&mut self, schema: &Schema<'_>, value: i16) -> Result<(), SerdeError> {
        self.put(schema, &Item::Integer(value.into()))
    }

    fn write_integer(&mut self, schema: &Schema<'_>, value: i32) -> Result<(), SerdeError> {
        self.put(schema, &Item::Integer(value.into()))
    }

    fn write_long(&mut self, schema: &Schema<'_>, value: i64) -> Result<(), SerdeError> {
        self.put(schema, &Item::Integer(value))
    }

    fn write_float(&mut self, schema: &Schema<'_>, value: f32) -> Result<(), SerdeError> {
        self.put(schema, &Item::Single(value))
    }

    fn write_double(&mut self, schema: &Schema<'_>, value: f64) -> Result<(), SerdeError> {
        self.put(schema, &Item::Double(value))
    }

    fn write_big_integer(
        &mut self,
        schema: &Schema<'_>,
        value: &BigInteger,
    ) -> Result<(), SerdeError> {
        self.put(schema, &Item::Text(value.as_ref()))
    }

    fn write_big_decimal(
        &mut self,
        schema: &Schema<'_>,
        value: &BigDecimal,
    ) -> Result<(), SerdeError> {
        self.put(schema, &Item::Text(value.as_ref()))
    }

    fn write_string(&mut self, schema: &Schema<'_>, value: &str) -> Result<(), SerdeError> {
        self.put(schema, &Item::Text(value))
    }

    fn write_blob(&mut self, schema: &Schema<'_>, value: Blob) -> Result<(), SerdeError> {
        self.put(schema, &Item::Text(&base64::encode(value.as_ref())))
    }

    fn write_timestamp(&mut self, schema: &Schema<'_>, value: &DateTime) -> Result<(), SerdeError> {
        self.put(schema, &Item::Time(value))
    }

    fn write_document(&mut self, _: &Schema<'_>, _: &Document) -> Result<(), SerdeError> {
        Err(SerdeError::unsupported("documents in rows"))
    }

    fn write_null(&mut self, schema: &Schema<'_>) -> Result<(), SerdeError> {
        self.put(schema, &Item::Null)
    }
}
