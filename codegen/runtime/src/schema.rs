//! The tables that describe a structure.
//!
//! Invariant: `members` of the schema, `rules` and the indexes in `required` all count members in model order.

use aws_smithy_schema::Schema;

use crate::rules::Rules;

/// What reading a structure needs.
#[derive(Debug)]
pub struct StructureShape {
    pub schema: &'static Schema<'static>,
    /// Rules of the members, by index; may be shorter than the members when the rest have none.
    pub rules: &'static [&'static Rules],
    /// Indexes of the members that must be present.
    pub required: &'static [usize],
}

impl StructureShape {
    pub fn rules_of(&self, index: usize) -> &'static Rules {
        self.rules.get(index).copied().unwrap_or(&Rules::NONE)
    }
}

/// References to the elements of a static array of schemas, as `Schema::new_struct` wants them.
pub const fn refs<const N: usize>(
    members: &'static [Schema<'static>; N],
) -> [&'static Schema<'static>; N] {
    let mut out = [&members[0]; N];
    let mut index = 0;
    while index < N {
        out[index] = &members[index];
        index += 1;
    }
    out
}
