//! `Debug` of generated structures, through their own schemas.
//!
//! Invariant: a member the model calls sensitive prints as [`REDACTED`], however deep it lies.

use std::fmt;

use aws_smithy_schema::Schema;
use aws_smithy_schema::serde::{SerdeError, SerializableStruct, ShapeSerializer};
use aws_smithy_types::{BigDecimal, BigInteger, Blob, DateTime, Document};

/// What stands for a sensitive value.
pub const REDACTED: &str = "***";

/// Prints `Name { member: value, … }`.
pub fn redacted(value: &dyn SerializableStruct, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let schema = value.schema();
    let name = schema.shape_id().shape_name();
    if schema.sensitive().is_some() {
        return write!(f, "{name}({REDACTED})");
    }
    let mut printer = Printer::default();
    value
        .serialize_members(&mut printer)
        .map_err(|_| fmt::Error)?;
    write!(f, "{name} {{{} }}", printer.out)
}

#[derive(Default)]
struct Printer {
    out: String,
    /// Something stands before the next item in this container.
    follows: bool,
    /// The container is a list: its elements have no names.
    unnamed: bool,
}

impl Printer {
    /// Writes the separator and the member's name, then the value unless it is sensitive.
    fn item(&mut self, schema: &Schema<'_>, value: fmt::Arguments<'_>) -> Result<(), SerdeError> {
        self.label(schema);
        if schema.sensitive().is_some() {
            self.out.push_str(REDACTED);
        } else {
            self.text(value);
        }
        Ok(())
    }

    fn label(&mut self, schema: &Schema<'_>) {
        self.out.push_str(if self.follows { ", " } else { " " });
        self.follows = true;
        if let Some(name) = schema.member_name().filter(|_| !self.unnamed) {
            self.text(format_args!("{name}: "));
        }
    }

    fn text(&mut self, text: fmt::Arguments<'_>) {
        // Writing into a String cannot fail.
        let _ = fmt::Write::write_fmt(&mut self.out, text);
    }

    fn container(
        &mut self,
        schema: &Schema<'_>,
        brackets: (&str, &str),
        body: &dyn Fn(&mut dyn ShapeSerializer) -> Result<(), SerdeError>,
    ) -> Result<(), SerdeError> {
        if schema.sensitive().is_some() {
            return self.item(schema, format_args!(""));
        }
        self.label(schema);
        self.out.push_str(brackets.0);
        let outer = std::mem::replace(&mut self.unnamed, brackets.0 == "[");
        self.follows = false;
        body(self)?;
        self.follows = true;
        self.unnamed = outer;
        self.out.push_str(brackets.1);
        Ok(())
    }
}

impl ShapeSerializer for Printer {
    fn write_struct(
        &mut self,
        schema: &Schema<'_>,
        value: &dyn SerializableStruct,
    ) -> Result<(), SerdeError> {
        let whole = value.schema().sensitive().is_some();
        if whole {
            self.label(schema);
            self.out.push_str(REDACTED);
            return Ok(());
        }
        self.container(schema, ("{", " }"), &|s| value.serialize_members(s))
    }

    fn write_list(
        &mut self,
        schema: &Schema<'_>,
        body: &dyn Fn(&mut dyn ShapeSerializer) -> Result<(), SerdeError>,
    ) -> Result<(), SerdeError> {
        self.container(schema, ("[", " ]"), body)
    }

    fn write_map(
        &mut self,
        schema: &Schema<'_>,
        body: &dyn Fn(&mut dyn ShapeSerializer) -> Result<(), SerdeError>,
    ) -> Result<(), SerdeError> {
        self.container(schema, ("{", " }"), body)
    }

    fn write_boolean(&mut self, schema: &Schema<'_>, v: bool) -> Result<(), SerdeError> {
        self.item(schema, format_args!("{v}"))
    }

    fn write_byte(&mut self, schema: &Schema<'_>, v: i8) -> Result<(), SerdeError> {
        self.item(schema, format_args!("{v}"))
    }

    fn write_short(&mut self, schema: &Schema<'_>, v: i16) -> Result<(), SerdeError> {
        self.item(schema, format_args!("{v}"))
    }

    fn write_integer(&mut self, schema: &Schema<'_>, v: i32) -> Result<(), SerdeError> {
        self.item(schema, format_args!("{v}"))
    }

    fn write_long(&mut self, schema: &Schema<'_>, v: i64) -> Result<(), SerdeError> {
        self.item(schema, format_args!("{v}"))
    }

    fn write_float(&mut self, schema: &Schema<'_>, v: f32) -> Result<(), SerdeError> {
        self.item(schema, format_args!("{v}"))
    }

    fn write_double(&mut self, schema: &Schema<'_>, v: f64) -> Result<(), SerdeError> {
        self.item(schema, format_args!("{v}"))
    }

    fn write_big_integer(&mut self, schema: &Schema<'_>, v: &BigInteger) -> Result<(), SerdeError> {
        self.item(schema, format_args!("{}", v.as_ref()))
    }

    fn write_big_decimal(&mut self, schema: &Schema<'_>, v: &BigDecimal) -> Result<(), SerdeError> {
        self.item(schema, format_args!("{}", v.as_ref()))
    }

    fn write_string(&mut self, schema: &Schema<'_>, v: &str) -> Result<(), SerdeError> {
        self.item(schema, format_args!("{v:?}"))
    }

    fn write_blob(&mut self, schema: &Schema<'_>, v: Blob) -> Result<(), SerdeError> {
        self.item(schema, format_args!("{} bytes", v.as_ref().len()))
    }

    fn write_timestamp(&mut self, schema: &Schema<'_>, v: &DateTime) -> Result<(), SerdeError> {
        self.item(schema, format_args!("{v}"))
    }

    fn write_document(&mut self, schema: &Schema<'_>, v: &Document) -> Result<(), SerdeError> {
        self.item(schema, format_args!("{v:?}"))
    }

    fn write_null(&mut self, schema: &Schema<'_>) -> Result<(), SerdeError> {
        self.item(schema, format_args!("null"))
    }
}
