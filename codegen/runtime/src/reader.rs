//! Reading a request and checking it in one pass.
//!
//! Invariant: a broken constraint is recorded and reading goes on; only bytes that are no value of the shape's JSON
//! or CBOR type end it (`SerdeError`, answered as `SerializationException`). A value that cannot be built is `None`,
//! and then something has been recorded.

use aws_smithy_schema::Schema;
use aws_smithy_schema::serde::{SerdeError, ShapeDeserializer};

use crate::path::{Path, Step};
use crate::rules::Rules;
use crate::schema::StructureShape;
use crate::value::{Structure, Value};
use crate::violation::{Constraint, Violations};

/// Reads a request's input. `None` only with at least one violation; `Some` may come with violations as well.
pub fn read<T: Structure>(
    d: &mut dyn ShapeDeserializer,
    violations: &mut Violations,
) -> Result<Option<T>, SerdeError> {
    T::read_members(d, &mut violations.root())
}

/// A place in the request, and where to record what is broken there.
#[derive(Debug)]
pub struct Reader<'a> {
    found: &'a mut Violations,
    path: Path<'a>,
}

/// The schema and the rules of the value to be read.
#[derive(Clone, Copy, Debug)]
pub struct Target<'a> {
    pub schema: &'a Schema<'a>,
    pub rules: &'static Rules,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(found: &'a mut Violations) -> Self {
        Self {
            found,
            path: Path::ROOT,
        }
    }

    /// The reader for a value one step further.
    pub fn then<'b>(&'b mut self, step: Step<'b>) -> Reader<'b> {
        Reader {
            found: self.found,
            path: self.path.then(step),
        }
    }

    /// Records a broken constraint at this place.
    pub fn violated(&mut self, value: Option<String>, constraint: Constraint) {
        self.found.add(&self.path, value, constraint);
    }

    /// Where this reader stands.
    pub fn path(&self) -> &Path<'a> {
        &self.path
    }

    pub(crate) fn checks(&self) -> bool {
        self.found.checks()
    }

    /// Reads a structure: `on` gets the index of each member sent and the slot to read it with; missing required
    /// members are recorded. Members the model does not know and `null` members are skipped.
    pub fn structure(
        &mut self,
        d: &mut dyn ShapeDeserializer,
        shape: &'static StructureShape,
        on: &mut dyn FnMut(usize, Slot<'_, '_>) -> Result<(), SerdeError>,
    ) -> Result<(), SerdeError> {
        let mut seen = 0u128;
        read_struct(d, self, shape.schema, &mut |member, d, at| {
            let Some((index, name)) = member.member_index().zip(member.member_name()) else {
                // An unknown member: the deserializer steps over what is left unread.
                return Ok(());
            };
            if d.is_null() {
                return d.read_null();
            }
            seen |= 1 << index;
            on(
                index,
                Slot {
                    d,
                    at: at.then(Step::Member(name)),
                    of: Target {
                        schema: member,
                        rules: shape.rules_of(index),
                    },
                },
            )
        })?;
        self.require(shape, seen);
        Ok(())
    }

    fn require(&mut self, shape: &'static StructureShape, seen: u128) {
        for index in shape
            .required
            .iter()
            .filter(|index| seen & (1 << **index) == 0)
        {
            let member = shape.schema.member_schema_by_index(*index);
            let name = member.and_then(Schema::member_name).unwrap_or_default();
            self.then(Step::Member(name))
                .violated(None, Constraint::Required);
        }
    }
}

type OnMember<'c> = dyn FnMut(&Schema<'_>, &mut dyn ShapeDeserializer, &mut Reader<'_>) -> Result<(), SerdeError>
    + 'c;

fn read_struct(
    d: &mut dyn ShapeDeserializer,
    at: &mut Reader<'_>,
    schema: &Schema<'_>,
    on: &mut OnMember<'_>,
) -> Result<(), SerdeError> {
    let mut entered = false;
    let outcome = d.read_struct(schema, &mut |member, d| {
        entered = true;
        on(member, d, at)
    });
    crate::value::mistyped_container(outcome, d, entered, "map")
}

/// One member about to be read.
pub struct Slot<'d, 'a> {
    d: &'d mut dyn ShapeDeserializer,
    at: Reader<'a>,
    of: Target<'a>,
}

impl std::fmt::Debug for Slot<'_, '_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Slot({})", self.at.path)
    }
}

impl Slot<'_, '_> {
    /// Reads the member into its place.
    pub fn read<T: Value>(mut self, into: &mut Option<T>) -> Result<(), SerdeError> {
        *into = T::read(self.d, &mut self.at, self.of)?;
        Ok(())
    }
}
