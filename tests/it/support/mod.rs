//! What tests share.
//!
//! | file | noun |
//! |---|---|
//! | `server` | a server in this process, and raw calls to it in every protocol |
//! | `caller` | an account's calls of operations, in either protocol |
//! | `endpoint` | an HTTP endpoint that notes what it is sent |
//! | `normal` | answers as snapshots |
//! | `waiting` | waiting for a condition |
//! | `model` | the models in `model/` |
//! | `ordered` | JSON objects in the order of their text |
//! | `text` | texts that keep or break length and pattern |
//! | `value` | values of shapes, as JSON and CBOR |
//! | `make` | values made from the model |
//! | `expected` | which constraints a value breaks |

pub mod caller;
pub mod endpoint;
pub mod expected;
pub mod make;
pub mod model;
pub mod normal;
pub mod ordered;
pub mod server;
pub mod text;
pub mod value;
pub mod waiting;

pub use endpoint::Endpoint;
pub use server::{Answer, Server};
pub use waiting::wait_for;
