//! Values of the model's shapes as XML elements.
//!
//! Invariant: the text is well-formed whatever the values contain.

use super::read::{inner_name, wire_name};
use aws_smithy_schema::Schema;
use aws_smithy_schema::serde::{SerdeError, SerializableStruct, ShapeSerializer};
use aws_smithy_schema::traits::TimestampFormat;
use aws_smithy_types::{BigDecimal, BigInteger, Blob, DateTime, Document, date_time::Format};
use base64::{Engine, engine::general_purpose::STANDARD};
use std::fmt::Write;

/// Writes elements one after the other.
#[derive(Debug, Default)]
pub struct XmlSerializer {
    out: String,
    places: Vec<Place>,
}

/// Where the next value stands, which decides its element's name.
#[derive(Clone, Debug)]
enum Place {
    Elements { name: String },
    Key(Entry),
    Value(Entry),
}

/// The names inside a map; `wrapper` stands around each key and value.
#[derive(Clone, Debug)]
struct Entry {
    wrapper: String,
    key: String,
    value: String,
}

type Written = Result<(), SerdeError>;

impl XmlSerializer {
    /// The members of a structure, without an element around them.
    pub fn members(value: &dyn SerializableStruct) -> Result<String, SerdeError> {
        let mut serializer = Self::default();
        value.serialize_members(&mut serializer)?;
        Ok(serializer.out)
    }

    fn text(&mut self, schema: &Schema<'_>, text: &str) -> Written {
        self.element(schema, |this| {
            escape(text, &mut this.out);
            Ok(())
        })
    }

    fn shown(&mut self, schema: &Schema<'_>, value: impl std::fmt::Display) -> Written {
        self.text(schema, &value.to_string())
    }

    /// One element of the name that its place gives it.
    fn element(
        &mut self,
        schema: &Schema<'_>,
        content: impl FnOnce(&mut Self) -> Written,
    ) -> Written {
        match self.places.last().cloned() {
            None => self.tag(name_of(schema)?, content),
            Some(Place::Elements { name }) => self.tag(&name, content),
            Some(Place::Key(entry)) => {
                self.open(&entry.wrapper);
                self.tag(&entry.key, content)?;
                self.replace(Place::Value(entry));
                Ok(())
            }
            Some(Place::Value(entry)) => {
                self.tag(&entry.value, content)?;
                self.close(&entry.wrapper);
                self.replace(Place::Key(entry));
                Ok(())
            }
        }
    }

    fn tag(&mut self, name: &str, content: impl FnOnce(&mut Self) -> Written) -> Written {
        self.open(name);
        content(self)?;
        self.close(name);
        Ok(())
    }

    fn open(&mut self, name: &str) {
        // Writing to a String cannot fail.
        let _ = write!(self.out, "<{name}>");
    }

    fn close(&mut self, name: &str) {
        let _ = write!(self.out, "</{name}>");
    }

    fn replace(&mut self, place: Place) {
        self.places.pop();
        self.places.push(place);
    }

    /// Content whose values stand at `place`.
    fn at(
        &mut self,
        place: Place,
        content: &dyn Fn(&mut dyn ShapeSerializer) -> Written,
    ) -> Written {
        self.places.push(place);
        content(self)?;
        self.places.pop();
        Ok(())
    }
}

fn name_of<'s>(schema: &'s Schema<'_>) -> Result<&'s str, SerdeError> {
    wire_name(schema)
        .ok_or_else(|| SerdeError::custom(format!("{} has no name here", schema.shape_id())))
}

/// Appends text as XML character data; characters that XML cannot hold become the replacement character.
pub(super) fn escape(text: &str, out: &mut String) {
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\r' => out.push_str("&#xD;"),
            '\n' | '\t' => out.push(character),
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            _ => out.push(character),
        }
    }
}

impl ShapeSerializer for XmlSerializer {
    fn write_struct(&mut self, schema: &Schema<'_>, value: &dyn SerializableStruct) -> Written {
        self.element(schema, |this| {
            let outer = std::mem::take(&mut this.places);
            let written = value.serialize_members(this);
            this.places = outer;
            written
        })
    }

    fn write_list(
        &mut self,
        schema: &Schema<'_>,
        write_elements: &dyn Fn(&mut dyn ShapeSerializer) -> Written,
    ) -> Written {
        if schema.xml_flattened() {
            let name = name_of(schema)?.to_owned();
            return self.at(Place::Elements { name }, write_elements);
        }
        let name = inner_name(schema.member(), "member").to_owned();
        self.element(schema, |this| {
            this.at(Place::Elements { name }, write_elements)
        })
    }

    fn write_map(
        &mut self,
        schema: &Schema<'_>,
        write_entries: &dyn Fn(&mut dyn ShapeSerializer) -> Written,
    ) -> Written {
        let entry = |wrapper: &str| {
            Place::Key(Entry {
                wrapper: wrapper.to_owned(),
                key: inner_name(schema.key(), "key").to_owned(),
                value: inner_name(schema.member(), "value").to_owned(),
            })
        };
        if schema.xml_flattened() {
            return self.at(entry(name_of(schema)?), write_entries);
        }
        self.element(schema, |this| this.at(entry("entry"), write_entries))
    }

    fn write_boolean(&mut self, schema: &Schema<'_>, value: bool) -> Written {
        self.shown(schema, value)
    }

    fn write_byte(&mut self, schema: &Schema<'_>, value: i8) -> Written {
        self.shown(schema, value)
    }

    fn write_short(&mut self, schema: &Schema<'_>, value: i16) -> Written {
        self.shown(schema, value)
    }

    fn write_integer(&mut self, schema: &Schema<'_>, value: i32) -> Written {
        self.shown(schema, value)
    }

    fn write_long(&mut self, schema: &Schema<'_>, value: i64) -> Written {
        self.shown(schema, value)
    }

    fn write_float(&mut self, schema: &Schema<'_>, value: f32) -> Written {
        self.shown(schema, value)
    }

    fn write_double(&mut self, schema: &Schema<'_>, value: f64) -> Written {
        self.shown(schema, value)
    }

    fn write_big_integer(&mut self, schema: &Schema<'_>, value: &BigInteger) -> Written {
        self.text(schema, value.as_ref())
    }

    fn write_big_decimal(&mut self, schema: &Schema<'_>, value: &BigDecimal) -> Written {
        self.text(schema, value.as_ref())
    }

    fn write_string(&mut self, schema: &Schema<'_>, value: &str) -> Written {
        self.text(schema, value)
    }

    fn write_blob(&mut self, schema: &Schema<'_>, value: Blob) -> Written {
        self.text(schema, &STANDARD.encode(value.as_ref()))
    }

    fn write_timestamp(&mut self, schema: &Schema<'_>, value: &DateTime) -> Written {
        let format = match schema.timestamp_format().map(|format| format.format()) {
            Some(TimestampFormat::EpochSeconds) => Format::EpochSeconds,
            Some(TimestampFormat::HttpDate) => Format::HttpDate,
            _ => Format::DateTime,
        };
        let text = value
            .fmt(format)
            .map_err(|error| SerdeError::custom(error.to_string()))?;
        self.text(schema, &text)
    }

    fn write_document(&mut self, _schema: &Schema<'_>, _value: &Document) -> Written {
        Err(SerdeError::unsupported("documents in XML"))
    }

    /// An absent value has no element.
    fn write_null(&mut self, _schema: &Schema<'_>) -> Written {
        Ok(())
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use aws_smithy_schema::serde::ShapeDeserializer;
    use aws_smithy_schema::{ShapeType, prelude, shape_id};
    use std::collections::BTreeMap;

    /// One member of every kind.
    #[derive(Clone, Debug, Default, PartialEq)]
    pub struct Sample {
        pub name: Option<String>,
        pub number: Option<i32>,
        pub flag: Option<bool>,
        pub when: Option<DateTime>,
        pub bytes: Option<Blob>,
        pub list: Option<Vec<String>>,
        pub flat: Option<Vec<String>>,
        pub map: Option<BTreeMap<String, String>>,
        pub inner: Option<Box<Sample>>,
    }

    macro_rules! member {
        ($name:literal, $kind:ident, $index:literal) => {
            Schema::new_member(
                shape_id!("test", "Sample", $name),
                ShapeType::$kind,
                $name,
                $index,
            )
        };
    }

    static NAME: Schema<'static> = member!("name", String, 0);
    static NUMBER: Schema<'static> = member!("number", Integer, 1).with_xml_name("Number");
    static FLAG: Schema<'static> = member!("flag", Boolean, 2);
    static WHEN: Schema<'static> = member!("when", Timestamp, 3);
    static BYTES: Schema<'static> = member!("bytes", Blob, 4);
    static LIST: Schema<'static> = member!("list", List, 5).with_list_member(&prelude::STRING);
    static FLAT: Schema<'static> = member!("flat", List, 6)
        .with_list_member(&prelude::STRING)
        .with_xml_name("Flat")
        .with_xml_flattened();
    static MAP: Schema<'static> =
        member!("map", Map, 7).with_map_members(&prelude::STRING, &prelude::STRING);
    static INNER: Schema<'static> = member!("inner", Structure, 8);
    pub static SAMPLE: Schema<'static> = Schema::new_struct(
        shape_id!("test", "Sample"),
        ShapeType::Structure,
        &[
            &NAME, &NUMBER, &FLAG, &WHEN, &BYTES, &LIST, &FLAT, &MAP, &INNER,
        ],
    );

    impl Sample {
        pub fn read(from: &mut dyn ShapeDeserializer) -> Result<Self, SerdeError> {
            let mut sample = Self::default();
            from.read_struct(&SAMPLE, &mut |member, from| {
                match member.member_index() {
                    Some(0) => sample.name = Some(from.read_string(member)?),
                    Some(1) => sample.number = Some(from.read_integer(member)?),
                    Some(2) => sample.flag = Some(from.read_boolean(member)?),
                    Some(3) => sample.when = Some(from.read_timestamp(member)?),
                    Some(4) => sample.bytes = Some(from.read_blob(member)?),
                    Some(5) => sample.list = Some(from.read_string_list(member)?),
                    Some(6) => sample.flat = Some(from.read_string_list(member)?),
                    Some(7) => {
                        sample.map =
                            Some(from.read_string_string_map(member)?.into_iter().collect())
                    }
                    _ => sample.inner = Some(Box::new(Sample::read(from)?)),
                }
                Ok(())
            })?;
            Ok(sample)
        }
    }

    impl SerializableStruct for Sample {
        fn schema(&self) -> &Schema<'_> {
            &SAMPLE
        }

        fn serialize_members(&self, to: &mut dyn ShapeSerializer) -> Written {
            self.name
                .iter()
                .try_for_each(|value| to.write_string(&NAME, value))?;
            self.number
                .iter()
                .try_for_each(|value| to.write_integer(&NUMBER, *value))?;
            self.flag
                .iter()
                .try_for_each(|value| to.write_boolean(&FLAG, *value))?;
            self.when
                .iter()
                .try_for_each(|value| to.write_timestamp(&WHEN, value))?;
            self.bytes
                .iter()
                .try_for_each(|value| to.write_blob(&BYTES, value.clone()))?;
            self.list
                .iter()
                .try_for_each(|value| to.write_string_list(&LIST, value))?;
            self.flat
                .iter()
                .try_for_each(|value| to.write_string_list(&FLAT, value))?;
            self.map.iter().try_for_each(|map| {
                to.write_map(&MAP, &|to| {
                    map.iter().try_for_each(|(key, value)| {
                        to.write_string(&prelude::STRING, key)?;
                        to.write_string(&prelude::STRING, value)
                    })
                })
            })?;
            self.inner
                .iter()
                .try_for_each(|value| to.write_struct(&INNER, value.as_ref()))
        }
    }

    pub fn full_sample() -> Sample {
        Sample {
            name: Some("a b".into()),
            number: Some(7),
            flag: Some(true),
            when: Some(DateTime::from_secs(1_795_230_000)),
            bytes: Some(Blob::new("hi")),
            list: Some(vec!["x".into(), "y".into()]),
            flat: Some(vec!["p".into(), "q".into()]),
            map: Some(BTreeMap::from([("k".into(), "v".into())])),
            inner: Some(Box::new(Sample {
                name: Some("deep".into()),
                ..Sample::default()
            })),
        }
    }

    #[test]
    fn every_kind_of_member_is_written() {
        // Smithy 2.0, awsQuery protocol, "XML shape serialization"
        let expected = "<name>a b</name><Number>7</Number><flag>true</flag><when>2026-11-21T03:00:00Z</when><bytes>aGk=</bytes>\
            <list><member>x</member><member>y</member></list><Flat>p</Flat><Flat>q</Flat>\
            <map><entry><key>k</key><value>v</value></entry></map><inner><name>deep</name></inner>";
        assert_eq!(XmlSerializer::members(&full_sample()).unwrap(), expected);
    }

    #[test]
    fn text_is_escaped_and_what_xml_cannot_hold_is_replaced() {
        let sample = Sample {
            name: Some("<a href=\"x\">&\r\u{1}".into()),
            ..Sample::default()
        };
        let expected = "<name>&lt;a href=&quot;x&quot;&gt;&amp;&#xD;\u{fffd}</name>";
        assert_eq!(XmlSerializer::members(&sample).unwrap(), expected);
    }
}
