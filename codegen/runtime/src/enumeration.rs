//! Closed enums: a fixed set of texts.
//!
//! Invariant: a request may only say a value of the model; answers and rows of the store may carry any of the enum.

use aws_smithy_schema::serde::{SerdeError, ShapeDeserializer};

use crate::reader::{Reader, Target};
use crate::violation::Constraint;

/// A generated enum.
pub trait Enumeration: Copy + Sized + 'static {
    /// The model's values, in model order: what a request may say, and what a violation prints.
    const VALUES: &'static [&'static str];

    /// The value with this text, also one that only answers carry.
    fn parse(text: &str) -> Option<Self>;

    fn text(self) -> &'static str;

    /// Whether a request may say it: AWS answers some values it does not accept.
    fn is_accepted(self) -> bool {
        Self::VALUES.contains(&self.text())
    }
}

/// A text that is none of an enum's values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownValue {
    pub text: String,
    pub values: &'static [&'static str],
}

impl std::fmt::Display for UnknownValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "'{}' is none of [{}]", self.text, self.values.join(", "))
    }
}

impl std::error::Error for UnknownValue {}

/// Reads an enum; an unknown value is a violation and `None`.
pub fn read_enum<E: Enumeration>(
    d: &mut dyn ShapeDeserializer,
    at: &mut Reader<'_>,
    of: Target<'_>,
) -> Result<Option<E>, SerdeError> {
    let Some(text) = <String as crate::Value>::read(d, at, of)? else {
        return Ok(None);
    };
    let value = E::parse(&text).filter(|value| !at.checks() || value.is_accepted());
    if value.is_none() {
        let shown = of.schema.sensitive().is_none().then_some(text);
        at.violated(shown, Constraint::Enum(E::VALUES));
    }
    Ok(value)
}
