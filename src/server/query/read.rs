//! A form's tree as a deserializer of the model's shapes.
//!
//! Invariant: reads nothing twice and panics on nothing; a text that is no value of the shape is a type mismatch that says what
//! was expected, in the words the other protocols use.

use super::envelope::Dialect;
use super::form::Form;
use aws_smithy_schema::Schema;
use aws_smithy_schema::serde::{SerdeError, ShapeDeserializer, capped_container_size};
use aws_smithy_schema::traits::TimestampFormat;
use aws_smithy_types::{BigDecimal, BigInteger, Blob, DateTime, Document, date_time::Format};
use base64::{Engine, engine::general_purpose::STANDARD};
use std::str::FromStr;

/// Reads one place of the tree.
#[derive(Debug)]
pub struct FormDeserializer<'a> {
    at: &'a Form,
    dialect: Dialect,
}

impl<'a> FormDeserializer<'a> {
    pub fn new(at: &'a Form, dialect: Dialect) -> Self {
        Self { at, dialect }
    }

    /// The same at another place.
    fn inner(&self, at: &'a Form) -> Self {
        Self { at, ..*self }
    }

    /// The place of a member.
    fn place(&self, member: &Schema<'_>) -> Option<&'a Form> {
        let name = wire_name(member)?;
        match self.dialect {
            Dialect::Aws => self.at.get(name),
            // Smithy 2.0, ec2Query protocol, "Query key resolution".
            Dialect::Ec2 => self.at.get(&capital(name)),
        }
    }

    fn is_flat(&self, schema: &Schema<'_>) -> bool {
        self.dialect == Dialect::Ec2 || schema.xml_flattened()
    }

    fn text(&self) -> Result<&'a str, SerdeError> {
        let text = self.at.text.as_deref();
        text.ok_or_else(|| {
            SerdeError::type_mismatch("Start of structure or map found where not expected.")
        })
    }

    fn parse<T: FromStr>(&self, wanted: &str) -> Result<T, SerdeError> {
        let text = self.text()?;
        text.trim().parse().map_err(|_| mismatch(wanted))
    }
}

fn mismatch(wanted: &str) -> SerdeError {
    SerdeError::type_mismatch(format!("STRING_VALUE can not be converted to {wanted}"))
}

fn capital(name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

/// The name of a member in fields and elements.
pub(super) fn wire_name<'s>(schema: &'s Schema<'_>) -> Option<&'s str> {
    schema
        .xml_name()
        .map(|name| name.value())
        .or_else(|| schema.member_name())
}

/// The name of a list's elements, or of a map's keys or values.
pub(super) fn inner_name<'s>(schema: Option<&'s Schema<'_>>, usual: &'s str) -> &'s str {
    schema
        .and_then(|schema| schema.xml_name())
        .map_or(usual, |name| name.value())
}

impl ShapeDeserializer for FormDeserializer<'_> {
    fn read_struct(
        &mut self,
        schema: &Schema<'_>,
        consumer: &mut dyn FnMut(&Schema<'_>, &mut dyn ShapeDeserializer) -> Result<(), SerdeError>,
    ) -> Result<(), SerdeError> {
        for member in schema.members() {
            if let Some(place) = self.place(member) {
                consumer(member, &mut self.inner(place))?;
            }
        }
        Ok(())
    }

    fn read_list(
        &mut self,
        schema: &Schema<'_>,
        consumer: &mut dyn FnMut(&mut dyn ShapeDeserializer) -> Result<(), SerdeError>,
    ) -> Result<(), SerdeError> {
        let elements = if self.is_flat(schema) {
            Some(self.at)
        } else {
            self.at.get(inner_name(schema.member(), "member"))
        };
        let mut elements = elements.map(Form::numbered).unwrap_or_default().into_iter();
        elements.try_for_each(|element| consumer(&mut self.inner(element)))
    }

    fn read_map(
        &mut self,
        schema: &Schema<'_>,
        consumer: &mut dyn FnMut(String, &mut dyn ShapeDeserializer) -> Result<(), SerdeError>,
    ) -> Result<(), SerdeError> {
        let entries = if self.is_flat(schema) {
            Some(self.at)
        } else {
            self.at.get("entry")
        };
        let (key_name, value_name) = (
            inner_name(schema.key(), "key"),
            inner_name(schema.member(), "value"),
        );
        for entry in entries.map(Form::numbered).unwrap_or_default() {
            let key = entry
                .field(key_name)
                .ok_or_else(|| SerdeError::invalid_input("A map entry has no key."))?;
            let value = entry
                .get(value_name)
                .ok_or_else(|| SerdeError::invalid_input("A map entry has no value."))?;
            consumer(key.to_owned(), &mut self.inner(value))?;
        }
        Ok(())
    }

    fn read_boolean(&mut self, _schema: &Schema<'_>) -> Result<bool, SerdeError> {
        match self.text()?.to_ascii_lowercase().as_str() {
            "true" => Ok(true),
            "false" => Ok(false),
            _ => Err(mismatch("a Boolean")),
        }
    }

    fn read_byte(&mut self, _schema: &Schema<'_>) -> Result<i8, SerdeError> {
        self.parse("a Byte")
    }

    fn read_short(&mut self, _schema: &Schema<'_>) -> Result<i16, SerdeError> {
        self.parse("a Short")
    }

    fn read_integer(&mut self, _schema: &Schema<'_>) -> Result<i32, SerdeError> {
        self.parse("an Integer")
    }

    fn read_long(&mut self, _schema: &Schema<'_>) -> Result<i64, SerdeError> {
        self.parse("a Long")
    }

    fn read_float(&mut self, _schema: &Schema<'_>) -> Result<f32, SerdeError> {
        self.parse("a Float")
    }

    fn read_double(&mut self, _schema: &Schema<'_>) -> Result<f64, SerdeError> {
        self.parse("a Double")
    }

    fn read_big_integer(&mut self, _schema: &Schema<'_>) -> Result<BigInteger, SerdeError> {
        self.parse("an Integer")
    }

    fn read_big_decimal(&mut self, _schema: &Schema<'_>) -> Result<BigDecimal, SerdeError> {
        self.parse("a Decimal")
    }

    fn read_string(&mut self, _schema: &Schema<'_>) -> Result<String, SerdeError> {
        self.text().map(str::to_owned)
    }

    fn read_blob(&mut self, _schema: &Schema<'_>) -> Result<Blob, SerdeError> {
        STANDARD
            .decode(self.text()?)
            .map(Blob::new)
            .map_err(|_| mismatch("a Blob"))
    }

    fn read_timestamp(&mut self, schema: &Schema<'_>) -> Result<DateTime, SerdeError> {
        let format = match schema.timestamp_format().map(|format| format.format()) {
            Some(TimestampFormat::EpochSeconds) => Format::EpochSeconds,
            Some(TimestampFormat::HttpDate) => Format::HttpDate,
            _ => Format::DateTimeWithOffset,
        };
        DateTime::from_str(self.text()?, format).map_err(|_| mismatch("a Timestamp"))
    }

    fn read_document(&mut self, _schema: &Schema<'_>) -> Result<Document, SerdeError> {
        Err(SerdeError::unsupported("documents in form fields"))
    }

    fn is_null(&self) -> bool {
        false
    }

    /// Places are apart from each other: there is nothing to step over.
    fn skip_value(&mut self) -> Result<(), SerdeError> {
        Ok(())
    }

    fn container_size(&self) -> Option<usize> {
        Some(capped_container_size(self.at.inner.len()))
    }
}

/// A list sent as an empty field (`Tags=`) has no elements; kept here as the place where that rule is tested.
#[cfg(test)]
mod tests {
    use super::super::write::tests::*;
    use super::*;

    fn read(fields: &str) -> Result<Sample, SerdeError> {
        let form = Form::parse(None, fields.as_bytes()).unwrap();
        Sample::read(&mut FormDeserializer::new(&form, Dialect::Aws))
    }

    #[test]
    fn every_kind_of_member_is_read() {
        let sample = read(
            "name=a%20b&Number=7&flag=true&when=2026-11-21T03%3A00%3A00Z&bytes=aGk%3D\
             &list.member.2=y&list.member.1=x&Flat.1=p&Flat.2=q\
             &map.entry.1.key=k&map.entry.1.value=v&inner.name=deep&unknown.thing=1",
        );
        assert_eq!(sample.unwrap(), full_sample());
    }

    // Witness: Smithy 2.0, ec2Query protocol: names begin with a capital, lists are flat.
    #[test]
    fn the_sibling_has_flat_lists_and_capitals() {
        let form = Form::parse(
            None,
            b"Name=a%20b&Number=7&Flag=true&When=2026-11-21T03%3A00%3A00Z&Bytes=aGk%3D&List.2=y&List.1=x&Flat.1=p&Flat.2=q\
              &Inner.Name=deep&name=other",
        );
        let form = form.unwrap();
        let sample = Sample::read(&mut FormDeserializer::new(&form, Dialect::Ec2));
        let expected = Sample {
            map: None,
            ..full_sample()
        };
        assert_eq!(sample.unwrap(), expected);
    }

    #[test]
    fn an_empty_field_is_an_empty_list() {
        assert_eq!(read("list=").unwrap().list, Some(Vec::new()));
    }

    #[test]
    fn a_wrong_type_names_the_conversion() {
        let error = read("Number=seven").unwrap_err().to_string();
        assert!(
            error.contains("STRING_VALUE can not be converted to an Integer"),
            "{error}"
        );
        let error = read("name.x=1").unwrap_err().to_string();
        assert!(error.contains("Start of structure or map"), "{error}");
        assert!(read("when=yesterday").is_err());
        assert!(read("bytes=***").is_err());
        assert!(read("map.entry.1.key=k").is_err());
    }
}
