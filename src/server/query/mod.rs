//! awsQuery and its sibling ec2Query: requests as form fields, answers as XML, both driven by the schemas of the model.
//!
//! `form.rs` turns fields into a tree, `read.rs` presents the tree as a deserializer, `write.rs` renders values as XML,
//! `envelope.rs` puts answers and errors into their frames.

mod envelope;
mod form;
mod read;
mod write;

pub use envelope::{Dialect, Query};
pub use form::Form;
pub use read::FormDeserializer;
