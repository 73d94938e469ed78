//! A constraint of the model that a request breaks, and the collection of all that one request breaks.
//!
//! Invariant: a violation never carries the text of a sensitive value, and one request never yields more than
//! [`MAX_VIOLATIONS`] of them.

use std::fmt;

use aws_smithy_schema::Schema;

use crate::path::{Path, Step};
use crate::reader::Reader;

/// How many violations one request may collect; the rest go unreported.
pub const MAX_VIOLATIONS: usize = 100;

/// A broken constraint. `Display` prints AWS's wording (`Member must not be null`, …).
#[derive(Clone, Debug, PartialEq)]
pub enum Constraint {
    /// A required member is absent.
    Required,
    /// Characters of a string, bytes of a blob, elements of a list or map.
    LengthMin(i64),
    LengthMax(i64),
    RangeMin(i64),
    RangeMax(i64),
    /// The pattern as the model writes it; the whole string has to match.
    Pattern(&'static str),
    /// The values the model allows, in model order.
    Enum(&'static [&'static str]),
    /// All constraints of the map's keys; reported at the map.
    MapKeys(Vec<Constraint>),
    /// All constraints of the map's values; reported at the map.
    MapValues(Vec<Constraint>),
}

impl fmt::Display for Constraint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Required => f.write_str("Member must not be null"),
            Self::LengthMin(n) => write!(f, "Member must have length greater than or equal to {n}"),
            Self::LengthMax(n) => write!(f, "Member must have length less than or equal to {n}"),
            Self::RangeMin(n) => {
                write!(f, "Member must have value greater than or equal to {n}")
            }
            Self::RangeMax(n) => write!(f, "Member must have value less than or equal to {n}"),
            Self::Pattern(text) => {
                write!(f, "Member must satisfy regular expression pattern: {text}")
            }
            Self::Enum(values) => {
                write!(
                    f,
                    "Member must satisfy enum value set: [{}]",
                    values.join(", ")
                )
            }
            Self::MapKeys(all) => write!(f, "Map keys must satisfy constraint: {}", Listed(all)),
            Self::MapValues(all) => write!(f, "Map value must satisfy constraint: {}", Listed(all)),
        }
    }
}

struct Listed<'a>(&'a [Constraint]);

impl fmt::Display for Listed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let texts: Vec<String> = self.0.iter().map(Constraint::to_string).collect();
        write!(f, "[{}]", texts.join(", "))
    }
}

/// One broken constraint and where.
#[derive(Clone, Debug, PartialEq)]
pub struct Violation {
    /// AWS's form of the place: `pipeline.stages.1.member.name`. Starts at a member of the request.
    pub path: String,
    /// The request's member under which the place lies (`pipeline`).
    pub member: String,
    /// How many members deep the place lies: 1 for a member of the request itself and the elements of its lists.
    pub depth: usize,
    /// What was sent, for texts that echo it. Absent for missing, sensitive, list and map values.
    pub value: Option<String>,
    pub constraint: Constraint,
}

impl Violation {
    /// Whether the place lies in a structure below the request.
    pub fn is_nested(&self) -> bool {
        self.depth > 1
    }
}

/// `'pipeline.name' failed to satisfy constraint: Member must not be null`, without any service's head.
impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "'{}' failed to satisfy constraint: {}",
            self.path, self.constraint
        )
    }
}

/// Everything one request breaks, in the order it was read: members of a structure as they were sent, its missing
/// required members (model order) after them.
#[derive(Debug, Default)]
pub struct Violations {
    found: Vec<Violation>,
    /// Set for rows of a store: those are read back as they were written.
    unchecked: bool,
}

impl Violations {
    pub fn new() -> Self {
        Self::default()
    }

    /// Collects only what makes a value impossible to build (a missing required member, an unknown enum value).
    pub fn unchecked() -> Self {
        Self {
            found: Vec::new(),
            unchecked: true,
        }
    }

    /// The reader that starts at the request itself.
    pub fn root(&mut self) -> Reader<'_> {
        Reader::new(self)
    }

    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    pub fn len(&self) -> usize {
        self.found.len()
    }

    pub fn iter(&self) -> std::slice::Iter<'_, Violation> {
        self.found.iter()
    }

    pub fn into_vec(self) -> Vec<Violation> {
        self.found
    }

    /// Brings them into the order of the request's members in the model, whatever order they were sent in.
    pub fn sort_by_member(&mut self, input: &Schema<'_>) {
        let place = |found: &Violation| {
            let mut members = input.members().iter();
            members.position(|member| member.member_name() == Some(&found.member))
        };
        self.found.sort_by_key(place);
    }

    /// Violations at members of the request itself, and those in structures below, each in their order.
    pub fn split_nested(self) -> (Vec<Violation>, Vec<Violation>) {
        self.found.into_iter().partition(|found| !found.is_nested())
    }

    pub(crate) fn checks(&self) -> bool {
        !self.unchecked
    }

    pub(crate) fn add(&mut self, path: &Path<'_>, value: Option<String>, constraint: Constraint) {
        if self.found.len() >= MAX_VIOLATIONS {
            return;
        }
        self.found.push(Violation {
            path: path.to_string(),
            member: first_member(path),
            depth: path.depth(),
            value,
            constraint,
        });
    }
}

impl<'a> IntoIterator for &'a Violations {
    type Item = &'a Violation;
    type IntoIter = std::slice::Iter<'a, Violation>;

    fn into_iter(self) -> Self::IntoIter {
        self.found.iter()
    }
}

fn first_member(path: &Path<'_>) -> String {
    match path.first() {
        Some(Step::Member(name)) => name.to_owned(),
        _ => String::new(),
    }
}
