//! What is replaced and what replaces it, in AWS's colours.

use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Color {
    /// The original.
    Blue,
    /// The replacement.
    Green,
}

impl Color {
    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Blue => "Blue",
            Self::Green => "Green",
        }
    }
}
