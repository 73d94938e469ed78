//! Writing a structure's members in model order.
//!
//! Invariant: an absent optional member writes nothing, never `null`.

use aws_smithy_schema::Schema;
use aws_smithy_schema::serde::{SerdeError, ShapeSerializer};

use crate::value::Value;

/// Writes member after member; each call is for the next one of the schema.
pub struct Writer<'a> {
    to: &'a mut dyn ShapeSerializer,
    members: &'a [&'a Schema<'a>],
}

impl std::fmt::Debug for Writer<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Writer({} members to go)", self.members.len())
    }
}

impl<'a> Writer<'a> {
    pub fn new(to: &'a mut dyn ShapeSerializer, schema: &'a Schema<'a>) -> Self {
        Self {
            to,
            members: schema.members(),
        }
    }

    /// Writes the next member.
    pub fn put<T: Value>(&mut self, value: &T) -> Result<&mut Self, SerdeError> {
        if let Some(schema) = self.next() {
            value.write(schema, self.to)?;
        }
        Ok(self)
    }

    /// Writes the next member, if it has a value.
    pub fn maybe<T: Value>(&mut self, value: &Option<T>) -> Result<&mut Self, SerdeError> {
        if let (Some(schema), Some(value)) = (self.next(), value) {
            value.write(schema, self.to)?;
        }
        Ok(self)
    }

    fn next(&mut self) -> Option<&'a Schema<'a>> {
        let (first, rest) = self.members.split_first()?;
        self.members = rest;
        Some(first)
    }
}
