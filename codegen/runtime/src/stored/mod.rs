//! Generated shapes in rows of a store: serde's traits on top of the shapes' schemas.
//!
//! Rows read like the JSON protocol: members by their names, enums as texts, timestamps as seconds with up to three
//! decimals, blobs as base64. It works in any self-describing format and wherever serde may put a value (inside tagged
//! and flattened types too). Reading a row skips the constraints: it was checked when it came in.

mod reading;
mod writing;

pub use reading::{deserialize, deserialize_enum};
pub use writing::serialize;
