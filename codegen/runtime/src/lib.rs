//! What generated servers call: reading a shape and checking it in one pass, writing it, keeping it in a store,
//! naming its errors, and binding handlers to its operations.
//!
//! Invariant: nothing in here knows a service. Everything a shape needs is a table that the generator wrote
//! (`StructureShape`, `Rules`, `Schema`), so generated code stays small and every protocol takes the same path.

mod builder;
mod debug;
mod enumeration;
mod error;
mod macros;
mod operation;
mod path;
mod pattern;
mod query;
mod reader;
mod rules;
mod schema;
mod stored;
mod value;
mod violation;
mod writer;

pub use builder::{Adapter, MissingHandlers, Routes};
pub use debug::{REDACTED, redacted};
pub use enumeration::{Enumeration, UnknownValue, read_enum};
pub use error::{
    CLIENT_ERROR, CommonError, ModeledError, SERVER_ERROR, error_code, serialization_message,
};
pub use operation::{HttpRoute, Operation};
pub use path::{Path, Step};
pub use pattern::{Pattern, PatternError, validate};
pub use query::{error_traits, operation_name, output_traits, service_traits, xml_namespace};
pub use reader::{Reader, Slot, Target, read};
pub use rules::Rules;
pub use schema::{StructureShape, refs};
pub use stored::{deserialize, deserialize_enum, serialize};
pub use value::{Structure, Value};
pub use violation::{Constraint, MAX_VIOLATIONS, Violation, Violations};
pub use writer::Writer;

/// The runtime crates generated code names, so that a generated crate depends on this one alone.
pub mod smithy {
    pub use aws_smithy_http_server::schema::{HttpModeledError, OperationSchema, ServiceSchema};
    pub use aws_smithy_schema::serde::{
        SerdeError, SerializableStruct, ShapeDeserializer, ShapeSerializer,
    };
    pub use aws_smithy_schema::traits::{HttpTrait, TimestampFormat};
    pub use aws_smithy_schema::{Schema, ShapeId, ShapeType, TraitMap, shape_id};
    pub use aws_smithy_types::{Blob, DateTime, Document};
    pub use serde;
}
