//! A shape out of a serde deserializer.
//!
//! Invariant: constraints are not checked; a row whose required member is missing or whose enum value is unknown is an
//! error that names the place.

use std::fmt;

use aws_smithy_schema::Schema;
use aws_smithy_schema::serde::{SerdeError, ShapeDeserializer};
use aws_smithy_types::{BigDecimal, BigInteger, Blob, DateTime, Document, base64};
use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess,
    Visitor,
};

use crate::enumeration::Enumeration;
use crate::value::Structure;
use crate::violation::Violations;

/// Reads a structure from a map of its members.
pub fn deserialize<'de, T: Structure, D: Deserializer<'de>>(from: D) -> Result<T, D::Error> {
    let mut violations = Violations::unchecked();
    let mut one = One(Some(from));
    let read = T::read_members(&mut one, &mut violations.root()).map_err(D::Error::custom)?;
    match (read, violations.iter().next()) {
        (Some(value), None) => Ok(value),
        (_, found) => Err(D::Error::custom(format_args!(
            "{}: {}",
            T::SHAPE.schema.shape_id().shape_name(),
            found.map(ToString::to_string).unwrap_or_default()
        ))),
    }
}

/// Reads an enum from its text.
pub fn deserialize_enum<'de, E: Enumeration, D: Deserializer<'de>>(from: D) -> Result<E, D::Error> {
    let text = std::borrow::Cow::<str>::deserialize(from)?;
    E::parse(&text).ok_or_else(|| {
        D::Error::custom(format_args!(
            "'{text}' is none of [{}]",
            E::VALUES.join(", ")
        ))
    })
}

/// One value not yet read.
struct One<D>(Option<D>);

fn custom(error: impl fmt::Display) -> SerdeError {
    SerdeError::custom(error.to_string())
}

impl<'de, D: Deserializer<'de>> One<D> {
    fn take(&mut self) -> Result<D, SerdeError> {
        self.0
            .take()
            .ok_or_else(|| SerdeError::custom("value read twice"))
    }

    fn get<T: Deserialize<'de>>(&mut self) -> Result<T, SerdeError> {
        T::deserialize(self.take()?).map_err(custom)
    }

    fn number<T: TryFrom<i64>>(&mut self) -> Result<T, SerdeError> {
        let number: i64 = self.get()?;
        T::try_from(number).map_err(|_| SerdeError::custom(format!("{number} is out of range")))
    }

    fn parsed<T: std::str::FromStr>(&mut self) -> Result<T, SerdeError>
    where
        T::Err: fmt::Display,
    {
        self.get::<String>()?.parse().map_err(custom)
    }
}

type OnMember<'c> =
    dyn FnMut(&Schema<'_>, &mut dyn ShapeDeserializer) -> Result<(), SerdeError> + 'c;
type OnElement<'c> = dyn FnMut(&mut dyn ShapeDeserializer) -> Result<(), SerdeError> + 'c;
type OnEntry<'c> = dyn FnMut(String, &mut dyn ShapeDeserializer) -> Result<(), SerdeError> + 'c;

impl<'de, D: Deserializer<'de>> ShapeDeserializer for One<D> {
    fn read_struct(
        &mut self,
        schema: &Schema<'_>,
        on: &mut OnMember<'_>,
    ) -> Result<(), SerdeError> {
        let members = Members { schema, on };
        self.take()?.deserialize_map(members).map_err(custom)
    }

    fn read_list(&mut self, _: &Schema<'_>, on: &mut OnElement<'_>) -> Result<(), SerdeError> {
        self.take()?.deserialize_seq(Elements(on)).map_err(custom)
    }

    fn read_map(&mut self, _: &Schema<'_>, on: &mut OnEntry<'_>) -> Result<(), SerdeError> {
        self.take()?.deserialize_map(Entries(on)).map_err(custom)
    }

    fn read_boolean(&mut self, _: &Schema<'_>) -> Result<bool, SerdeError> {
        self.get()
    }

    fn read_byte(&mut self, _: &Schema<'_>) -> Result<i8, SerdeError> {
        self.number()
    }

    fn read_short(&mut self, _: &Schema<'_>) -> Result<i16, SerdeError> {
        self.number()
    }

    fn read_integer(&mut self, _: &Schema<'_>) -> Result<i32, SerdeError> {
        self.number()
    }

    fn read_long(&mut self, _: &Schema<'_>) -> Result<i64, SerdeError> {
        self.get()
    }

    fn read_float(&mut self, _: &Schema<'_>) -> Result<f32, SerdeError> {
        self.get()
    }

    fn read_double(&mut self, _: &Schema<'_>) -> Result<f64, SerdeError> {
        self.get()
    }

    fn read_big_integer(&mut self, _: &Schema<'_>) -> Result<BigInteger, SerdeError> {
        self.parsed()
    }

    fn read_big_decimal(&mut self, _: &Schema<'_>) -> Result<BigDecimal, SerdeError> {
        self.parsed()
    }

    fn read_string(&mut self, _: &Schema<'_>) -> Result<String, SerdeError> {
        self.get()
    }

    fn read_blob(&mut self, _: &Schema<'_>) -> Result<Blob, SerdeError> {
        base64::decode(self.get::<String>()?)
            .map(Blob::new)
            .map_err(custom)
    }

    fn read_timestamp(&mut self, _: &Schema<'_>) -> Result<DateTime, SerdeError> {
        let seconds: f64 = self.get()?;
        if !seconds.is_finite() {
            return Err(SerdeError::custom("a time that is no number"));
        }
        Ok(DateTime::from_secs_f64(seconds))
    }

    fn read_document(&mut self, _: &Schema<'_>) -> Result<Document, SerdeError> {
        Err(SerdeError::unsupported("documents in rows"))
    }

    /// Rows are written without nulls; one put there by hand is skipped before it becomes a value (`Present`).
    fn is_null(&self) -> bool {
        false
    }

    fn container_size(&self) -> Option<usize> {
        None
    }
}

struct Members<'s, 'c> {
    schema: &'s Schema<'s>,
    on: &'c mut OnMember<'c>,
}

impl<'de> Visitor<'de> for Members<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the members of {}", self.schema.shape_id().shape_name())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key::<std::borrow::Cow<'de, str>>()? {
            let Some(member) = self.schema.member_schema(&name) else {
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            map.next_value_seed(Present(&mut |d| (self.on)(member, d)))?;
        }
        Ok(())
    }
}

struct Elements<'c>(&'c mut OnElement<'c>);

impl<'de> Visitor<'de> for Elements<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while seq.next_element_seed(Present(self.0))?.is_some() {}
        Ok(())
    }
}

struct Entries<'c>(&'c mut OnEntry<'c>);

impl<'de> Visitor<'de> for Entries<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            let mut key = Some(key);
            map.next_value_seed(Present(&mut |d| {
                (self.0)(key.take().unwrap_or_default(), d)
            }))?;
        }
        Ok(())
    }
}

/// A value that may be null, which counts as absent.
struct Present<'a, 'c>(&'a mut OnElement<'c>);

impl<'de> DeserializeSeed<'de> for Present<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_option(self)
    }
}

impl<'de> Visitor<'de> for Present<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_none<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_some<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        (self.0)(&mut One(Some(from))).map_err(D::Error::custom)
    }
}
